/**
 * Rates: for given scalars, how many words each channel gets from its producer and gives to its consumer, counted on the control slice. Equal
 * counts for every call that is accepted are what makes a network of this kind end; a difference means words missing or left over.
 */
import { CheckFailed } from '../../errors.js';
import { checkedScalars } from '../interpret/interpret.js';
import type { Channel, Network } from '../ir.js';
import { accessesOf, compileSlices, type NestTrace } from '../simulate/control-slice.js';

export interface ChannelRate {
  readonly channel: string;
  /** Null where no process is at that end: a boundary. */
  readonly written: number | null;
  readonly read: number | null;
}

/** Words written to and read from every channel in one call. Throws KernelError for scalars that are not accepted. */
export function countRates(
  network: Network,
  scalars: Readonly<Record<string, number | bigint>>,
): ChannelRate[] {
  const traces = compileSlices(network).trace(checkedScalars(network, scalars));
  const written = new Map<Channel, number>();
  const read = new Map<Channel, number>();
  network.processes.forEach((process, p) => {
    process.nests.forEach((nest, n) => {
      const accesses = accessesOf(nest);
      const counts = bitCounts(traces[p][n], accesses.length);
      accesses.forEach(({ kind, target }, i) => {
        const ends = kind === 'read' ? read : kind === 'write' ? written : null;
        ends?.set(target as Channel, (ends.get(target as Channel) ?? 0) + counts[i]);
      });
    });
  });
  return network.channels.map((channel) => ({
    channel: channel.name,
    written: written.get(channel) ?? null,
    read: read.get(channel) ?? null,
  }));
}

/** Checks that every inner channel is read as often as it is written, for each set of scalars. Throws CheckFailed otherwise. */
export function checkRates(
  network: Network,
  scalarSets: readonly Readonly<Record<string, number | bigint>>[],
): void {
  for (const scalars of scalarSets)
    for (const { channel, written, read } of countRates(network, scalars)) {
      if (written === null || read === null || written === read) continue;
      const call = Object.entries(scalars)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ');
      throw new CheckFailed(
        `channel ${channel}: ${written} words written, ${read} read; expected as many (${call || 'no scalars'})`,
      );
    }
}

/** How many iterations have each bit. */
function bitCounts({ iterations, masks }: NestTrace, bits: number): number[] {
  if (typeof masks === 'number')
    return Array.from({ length: bits }, (_, i) => ((masks >> i) & 1) * iterations);
  const counts = new Array<number>(bits).fill(0);
  for (const mask of masks) {
    for (let rest = mask; rest !== 0; rest &= rest - 1) counts[31 - Math.clz32(rest & -rest)]++;
  }
  return counts;
}
