/** What block RAM that a plan leaves over is good for: deeper FIFOs where one side of the layer waits for the other. */
import { weightDepth } from '../units/layer/mat-array.js';
import { slotWords } from '../units/layer/ports.js';
import { type AcceleratorShape, rowWords } from '../units/shape.js';
import { BLOCK_WORDS } from './area/memory.js';

/** Tokens of y that may wait for their z, which comes last of a chunk. */
const SPARE_Y_TOKENS = 12;
/** Parts of a whole state that may go while the state space works for the next layer, and come ahead of it. */
const STATE_PARTS = [1, 1 / 2, 1 / 4, 1 / 8];
/** So many words of weights more may lie ahead of in_proj, whose stream is the wider one: it rides out the rows of a chunk, which come all at once. */
const SPARE_WEIGHT_WORDS = BLOCK_WORDS;

/** Depths by channel name. */
export type Depths = Readonly<Record<string, number>>;

/** Wishes in order of what they are worth for their memory; of each its choices, best first. */
export function spareDepths(shape: AcceleratorShape): Depths[][] {
  const yWords = rowWords(shape.dims, shape.ssm);
  const { state } = slotWords(shape);
  const stripes = Array.from({ length: shape.weightPorts }, (_, i) => i);
  const ahead = weightDepth(shape, 'in') + SPARE_WEIGHT_WORDS;
  return [
    [{ y: SPARE_Y_TOKENS * yWords }],
    STATE_PARTS.map((part) => ({ state_out_bytes: Math.ceil(state * part) })),
    [Object.fromEntries(stripes.map((i) => [`weights_in_${i}_words`, ahead]))],
    STATE_PARTS.map((part) => ({ state_in_bytes: Math.ceil(state * part) })),
  ];
}
