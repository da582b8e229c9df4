/** What the plan's account of the board's memory (board.ts) and the emitted hardware must agree on: buffers of ports, and their channels. */
import type { Port } from '../kernel/ir.js';

/** What a call does, as far as memory cares. */
export type CallKind = { readonly kind: 'layer' | 'head'; readonly tokens: number };

/** Words that a port may have asked for and not got: enough to cover the latency at a word a cycle, with as much again for pauses. */
export function outstandingWords(latencyCycles: number): number {
  return 2 ** Math.ceil(Math.log2(2 * latencyCycles));
}

/** The memory channel of each port: weight stripes by their number, the others in turn. */
export function portChannels(ports: readonly Port[], channels: number): Map<string, number> {
  let others = 0;
  return new Map(
    ports.map(({ name }) => {
      const stripe = /^weights.*_(\d+)$/.exec(name);
      return [name, (stripe ? Number(stripe[1]) : others++) % channels];
    }),
  );
}
