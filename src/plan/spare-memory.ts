/** What block RAM that a plan leaves over is good for: deeper FIFOs where one side of the layer waits for the other. */
import { slotWords } from '../units/layer/ports.js';
import { type AcceleratorShape, rowWords } from '../units/shape.js';

/** Tokens of y that may wait for their z, which comes last of a chunk. */
const SPARE_Y_TOKENS = 12;
/** Parts of a whole state that may come ahead of the state space, and go after it while it works for the next layer. */
const STATE_PARTS = [1, 1 / 2, 1 / 4, 1 / 8];

/** Depths by channel name. */
export type Depths = Readonly<Record<string, number>>;

/** Wishes in order of what they are worth for their memory; of each its choices, best first. */
export function spareDepths(shape: AcceleratorShape): Depths[][] {
  const yWords = rowWords(shape.dims, shape.ssm);
  const { state } = slotWords(shape);
  return [
    [{ y: SPARE_Y_TOKENS * yWords }],
    STATE_PARTS.map((part) => Math.ceil(state * part)).map((words) => ({
      state_in_bytes: words,
      state_out_bytes: words,
    })),
  ];
}
