/** What is around processes and FIFOs: AXI masters of the ports, the region, its control registers, and the top with the descriptors' master. */

import { usedBy } from '../../kernel/alone.js';
import { followingPorts } from '../../kernel/following-ports.js';
import type { Network, Port } from '../../kernel/ir.js';
import { totalBits } from '../../kernel/type.js';
import {
  DESCRIPTOR_MASTER_WORDS,
  fifoStorage,
  masterWords,
  WRITE_BURSTS,
} from '../../schedule/memory-choice.js';
import { fifoBody } from './fifo.js';
import type { UnitStructure } from './structure.js';

/** Bits of a descriptor's words. */
const DESCRIPTOR_BITS = 512;
/** Bits of the length of a burst. */
const LENGTH_BITS = 9;

/** Masters: their buffer's counted parts by prefix, and the master itself. */
export const masterFeatures = ['master', 'size'] as const;

export function masterStructure(port: Port): UnitStructure {
  const { name, type, direction } = port;
  return master(name, direction, totalBits(type), masterWords(port));
}

/** The buffer is a FIFO; its features go by its own coefficients. */
export function master(
  name: string,
  direction: 'read' | 'write',
  width: number,
  words: number,
): UnitStructure {
  const storage = fifoStorage(words);
  const buffer = fifoBody(width, words, storage);
  const lengths = fifoBody(LENGTH_BITS, WRITE_BURSTS, 'lutram');
  const parts = [
    { storage, ...buffer },
    ...(direction === 'write' ? [{ storage: 'lutram' as const, ...lengths }] : []),
  ];
  const features: Record<string, number> = { master: 1, size: Math.log2(width / 8) };
  for (const part of parts)
    for (const [feature, count] of Object.entries(part.features)) {
      const key = `${part.storage} ${feature}`;
      features[key] = (features[key] ?? 0) + count;
    }
  return {
    name: `axi_${name}`,
    kind: direction === 'read' ? 'read master' : 'write master',
    unit: 'memory port',
    features,
    exact: {
      tables: parts.reduce((sum, { exact }) => sum + exact.tables, 0),
      dsp: 0,
      bram36: buffer.exact.bram36,
    },
  };
}

const exact = { tables: 0, dsp: 0, bram36: 0 };

/** Region, and where no channel crosses the border also control registers, top and the master for descriptors. */
export function frameStructures(network: Network): UnitStructure[] {
  const ports = network.ports.length;
  const own = {
    ...{ processes: network.processes.length, ports, one: 1 },
    copiedBits: copiedBits(network),
    follows: followingPorts(network).length,
  };
  const top = `fastmamba_${network.name}`;
  const unit = 'frame';
  if (hasBorder(network)) return [{ name: top, kind: 'region', unit, features: own, exact }];
  const scalarBits = network.scalars.reduce((sum, { element }) => sum + element.bits, 0);
  return [
    { name: top, kind: 'top', unit, features: { scalarBits, one: 1 }, exact },
    {
      name: `${top}_control`,
      kind: 'control',
      unit,
      features: { pointers: ports + 1, one: 1 },
      exact,
    },
    { name: `${network.name}_region`, kind: 'region', unit, features: own, exact },
    master('descriptors', 'read', DESCRIPTOR_BITS, DESCRIPTOR_MASTER_WORDS),
  ];
}

/** Bits of the copies that processes have of their scalars. */
function copiedBits({ processes, scalars }: Network): number {
  return processes
    .map(usedBy)
    .flatMap((used) => scalars.filter((scalar) => used.has(scalar)))
    .reduce((sum, { element }) => sum + element.bits, 0);
}

function hasBorder(network: Network): boolean {
  const uses = { read: new Set<unknown>(), write: new Set<unknown>() };
  for (const { operation: o } of network.processes.flatMap(({ nests }) => nests).flatMap(({ body }) => body))
    if (o.kind === 'read' || o.kind === 'write') uses[o.kind].add(o.channel);
  return network.channels.some((channel) => uses.read.has(channel) !== uses.write.has(channel));
}
