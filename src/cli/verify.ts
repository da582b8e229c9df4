/** `fastmamba verify`: random networks by seed, emitted and simulated against the interpreter; shards of a campaign, and what they are together. */
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { CheckFailed, UserError } from '../errors.js';
import { loadDevice } from '../plan/board/device.js';
import { CAMPAIGN_FORMAT, type Campaign, type CampaignHead, campaignSchema } from '../schema/campaign.js';
import { chooseEngine } from '../tools/cosim/cosim.js';
import { packageVersion } from '../util/package-path.js';
import type { Shard } from '../util/shards.js';
import { readJson } from '../util/text-file.js';
import { writeWhole } from '../util/write-whole.js';
import { mergeCampaigns, runCampaign } from '../verify/campaign/campaign.js';
import { addJsonOption, type CommonOptions, integer, shard } from './support/options.js';
import { printResult } from './support/output.js';
import { stepRunner } from './support/progress.js';

const MAX_BYTES = 256 << 20;

interface Options extends CommonOptions {
  readonly campaign?: CampaignHead['seeds'];
  readonly engine: 'auto' | CampaignHead['engine'];
  readonly processes: number;
  readonly operations: number;
  readonly shard: Shard;
  readonly merge?: readonly string[];
  readonly output: string;
}

export function addVerify(program: Command): void {
  const command = program
    .command('verify')
    .description('simulate random networks, emitted as C++ or RTL, against the interpreter')
    .option('--campaign <first..last>', 'the seeds, each of which draws a network', seeds)
    .addOption(
      new Option('--engine <name>', 'what simulates; auto: Verilator if it is installed, else CXXRTL')
        .choices(['auto', 'verilator', 'cxxrtl', 'csim'])
        .default('auto'),
    )
    .option('--processes <n>', 'processes of a network', integer(1, 64), 6)
    .option('--operations <n>', 'operations of a process', integer(1, 1000), 40)
    .addOption(
      new Option('--shard <i/n>', 'only the i-th of n parts of the seeds')
        .argParser(shard)
        .default({ index: 1, count: 1 }, '1/1'),
    )
    .addOption(
      new Option('--merge <files...>', 'join the files of all shards, and nothing else').conflicts([
        ...['campaign', 'engine', 'processes', 'operations', 'shard'],
      ]),
    )
    .option('-o, --output <path>', 'folder of results', join('build', 'campaign'));
  addJsonOption(command).option('--quiet', 'show no progress').action(verify);
}

/** Parser of first..last. */
function seeds(text: string): CampaignHead['seeds'] {
  const [, first, last] = /^(\d{1,9})\.\.(\d{1,9})$/.exec(text)?.map(Number) ?? [];
  if (first === undefined || first > last) {
    throw new InvalidArgumentError('Expected seeds as 1..100, the smaller first.');
  }
  return { first, last };
}

/** Exit code 1 where a network differs. */
async function verify(options: Options): Promise<void> {
  const campaign = options.merge ? await merged(options.merge) : await run(options);
  const file = pathOf(options.output, campaign.head);
  await writeWhole(file, `${JSON.stringify(campaign)}\n`);
  const wrong = campaign.networks.filter(({ problem }) => problem !== null);
  printResult(options, campaign, () => report(file, campaign));
  if (wrong.length > 0) {
    const [{ seed, problem }] = wrong;
    throw new CheckFailed(`${wrong.length} networks are wrong; the first, seed ${seed}: ${problem}`);
  }
}

async function run({ campaign, engine, processes, operations, shard, quiet }: Options): Promise<Campaign> {
  if (campaign === undefined) throw new UserError('verify: expected --campaign FIRST..LAST or --merge FILES');
  const networks = campaign.last - campaign.first + 1;
  if (shard.count > networks) {
    throw new UserError(`--shard: found ${shard.count} shards, expected at most one a seed (${networks})`);
  }
  const head: CampaignHead = {
    ...{ format: CAMPAIGN_FORMAT, version: 1, generator: packageVersion() },
    engine: engine === 'auto' ? await chooseEngine() : engine,
    ...{ seeds: campaign, processes, operations, shard },
  };
  const device = await loadDevice('vc709');
  return stepRunner({ quiet: quiet ?? false })(
    `Simulate random networks, seeds ${campaign.first} to ${campaign.last}`,
    (tell) => runCampaign(head, device, (done, total) => tell(`${done} of ${total}`)),
  );
}

async function merged(files: readonly string[]): Promise<Campaign> {
  const parts = [];
  for (const file of files) {
    const parsed = campaignSchema.safeParse(await readJson(file, MAX_BYTES));
    if (!parsed.success) throw new UserError(`${file}: ${z.prettifyError(parsed.error).split('\n')[0]}`);
    parts.push({ file, ...parsed.data });
  }
  return mergeCampaigns(parts);
}

function pathOf(output: string, { seeds: { first, last }, shard: { index, count } }: CampaignHead): string {
  const part = count === 1 ? '' : `-${index}-of-${count}`;
  return join(output, `campaign-${first}-${last}${part}.json`);
}

function report(file: string, { head, networks }: Campaign): string {
  const sum = (of: (one: Campaign['networks'][number]) => number) =>
    networks.reduce((total, one) => total + of(one), 0).toLocaleString('en-US');
  const right = networks.filter(({ problem }) => problem === null).length;
  return `${file}: ${right} of ${networks.length} random networks right in ${head.engine}, ${sum(({ words }) => words)} words compared, ${sum(({ mismatches }) => mismatches)} different`;
}
