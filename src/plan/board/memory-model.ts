/** What the plan's account of the board's memory (memory.ts) and the emitted hardware must agree on: buffers of ports, and their channels. */
import type { Port } from '../../kernel/ir.js';

/** What a call does, as far as memory cares. */
export type CallKind = { readonly kind: 'layer' | 'head'; readonly tokens: number };

/** Words that a port may have asked for and not got: enough to cover the latency at a word a cycle, with as much again for pauses. */
export function outstandingWords(latencyCycles: number): number {
  return 2 ** Math.ceil(Math.log2(2 * latencyCycles));
}

/**
 * Channels (of two) of the layer's ports beside the weights: what is read and written at the same time uses different channels (the state, and the residual rows
 * after the adder), and so do the first residual rows and the state, which a call wants both at its start.
 */
const CHANNELS: Readonly<Record<string, number>> = {
  residual_in: 0,
  residual_again: 1,
  residual_out: 0,
  rescale_in_params: 1,
  rescale_out_params: 0,
  layer_params: 1,
  state_in: 1,
  state_out: 0,
  conv_state_in: 0,
  conv_state_out: 1,
  logits: 0,
};

/** The memory channel of each port: weight stripes by their number, the layer's other ports as above, any others in turn. */
export function portChannels(ports: readonly Port[], channels: number): Map<string, number> {
  let others = 0;
  return new Map(
    ports.map(({ name }) => {
      const stripe = /^weights.*_(\d+)$/.exec(name);
      return [name, (stripe ? Number(stripe[1]) : (CHANNELS[name] ?? others++)) % channels];
    }),
  );
}
