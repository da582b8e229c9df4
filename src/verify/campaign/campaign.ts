/**
 * A campaign: random networks by seed, each emitted and simulated as C++ or as RTL, every word of every channel compared with the interpreter.
 * Networks of even seeds have the scheduler's own schedule, those of odd seeds a random legal one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { type Device, targetOf } from '../../plan/board/device.js';
import { scheduleNetwork } from '../../schedule/asap.js';
import { randomSchedule } from '../../schedule/random-schedule.js';
import type { Campaign, CampaignHead, CampaignNetwork } from '../../schema/campaign.js';
import { runCosim } from '../../tools/cosim/cosim.js';
import { runCsim } from '../../tools/csim/csim.js';
import { isInShard, requireAllShards } from '../../util/shards.js';
import { addTemporary, dropTemporary } from '../../util/temporary.js';
import { emitUnit, writeUnitCalls } from '../unit-project.js';
import { randomCase } from './random-network.js';

/** Cycles an iteration, since random loop-carried paths are long. */
const INTERVAL = 64;

/** The seeds of the head's shard. */
export function seedsOf({ seeds: { first, last }, shard }: CampaignHead): number[] {
  return Array.from({ length: last - first + 1 }, (_, k) => k)
    .filter((k) => isInShard(shard, k))
    .map((k) => first + k);
}

/** Runs the networks of a shard. A difference is a result; throws ToolMissing and CheckFailed as the engine does. */
export async function runCampaign(
  head: CampaignHead,
  device: Device,
  progress: (done: number, total: number) => void,
): Promise<Campaign> {
  const networks: CampaignNetwork[] = [];
  const seeds = seedsOf(head);
  for (const seed of seeds) {
    networks.push(await runNetwork(seed, head, device));
    progress(networks.length, seeds.length);
  }
  return { head, networks };
}

async function runNetwork(
  seed: number,
  { engine, processes, operations }: CampaignHead,
  device: Device,
): Promise<CampaignNetwork> {
  const folder = addTemporary(await mkdtemp(join(tmpdir(), 'fastmamba-campaign-')));
  try {
    const { network, calls } = randomCase(seed, processes, operations, INTERVAL);
    const target = targetOf(device);
    const schedule =
      seed % 2 === 0 ? scheduleNetwork(network, target) : randomSchedule(network, target, seed);
    const unit = await emitUnit(network, join(folder, 'project'), device, { schedule });
    const script = writeUnitCalls(unit, calls);
    const { words, mismatches, failure, channels } =
      engine === 'csim'
        ? await runCsim(unit.folder, { script, mode: 'region', optimize: 1 })
        : await runCosim(unit.folder, { script, engine, optimize: 1 });
    const wrong = channels.find((channel) => channel.mismatches > 0);
    return { seed, words, mismatches, problem: failure ?? (wrong ? `channel ${wrong.name} differs` : null) };
  } finally {
    await rm(folder, { recursive: true, force: true });
    dropTemporary(folder);
  }
}

/** The campaign that some shards are. Throws UserError for a mixture, a shard twice and a shard missing. */
export function mergeCampaigns(parts: readonly (Campaign & { readonly file: string })[]): Campaign {
  requireAllShards(parts);
  const head: CampaignHead = { ...parts[0].head, shard: { index: 1, count: 1 } };
  const networks = parts.flatMap((part) => part.networks).sort((a, b) => a.seed - b.seed);
  const seeds = seedsOf(head);
  const wrong = seeds.findIndex((seed, i) => networks[i]?.seed !== seed);
  if (wrong >= 0 || networks.length > seeds.length) {
    throw new UserError(
      `${parts[0].file} and others: found seed ${networks[wrong]?.seed}, expected ${seeds[wrong]}`,
    );
  }
  return { head, networks };
}
