/**
 * The test cases every emitted accelerator comes with. `model`: a prefill of 64 tokens, then decode token by token; `lengths`: calls
 * around the chunk length, 1 included. Tokens are seeded. Where the taps of every channel would be too many to write (full-size models),
 * fewer tokens are compared at the channels, and all of them in the memories.
 */
import { Random } from '../../model/random.js';
import type { AcceleratorShape } from '../../units/shape.js';
import type { CaseDetail } from './model-case.js';

/** A case: ids of each call. */
export interface StandardCase {
  readonly name: 'model' | 'lengths';
  readonly detail: CaseDetail;
  readonly calls: readonly (readonly number[])[];
}

const PREFILL_TOKENS = 64;
const DECODE_TOKENS = 8;
/** State entries, the largest tap, that a case may write at every token and layer together. */
const CHANNEL_BUDGET = 16e6;

/** Both cases for a model of `layers` layers with `vocabSize` tokens. */
export function standardCases(shape: AcceleratorShape, layers: number, vocabSize: number): StandardCase[] {
  const random = new Random(1, 'csim cases');
  const ids = (count: number) =>
    Array.from({ length: count }, () => Math.floor(random.uniform() * vocabSize));
  const affordable = Math.floor(CHANNEL_BUDGET / (layers * shape.dims.dInner * shape.dims.dState));
  const t = shape.chunkTokens;
  const model = [PREFILL_TOKENS, ...new Array<number>(DECODE_TOKENS).fill(1)];
  const total = PREFILL_TOKENS + DECODE_TOKENS;
  const lengths: number[] = [];
  let left = affordable;
  for (const length of [1, t + 1, t - 1, t, 2 * t + 3]) {
    if (length > left && lengths.length > 0) continue;
    lengths.push(length);
    left -= length;
  }
  return [
    { name: 'model', detail: total <= affordable ? 'channels' : 'memory', calls: model.map(ids) },
    { name: 'lengths', detail: 'channels', calls: lengths.map(ids) },
  ];
}
