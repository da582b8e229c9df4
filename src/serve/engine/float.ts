/** The float reference model as an engine. The whole model is read at the first call. */
import { checkCall } from '../../model/call.js';
import type { Checkpoint } from '../../model/checkpoint/checkpoint.js';
import { linear } from '../../model/float/linear.js';
import { FloatModel } from '../../model/float/model.js';
import { copyModelState, type ModelState } from '../../model/float/state.js';
import { streamLayers } from '../../model/float/stream.js';
import type { Engine } from './engine.js';

/** Tokens of a call: a row of logits is made for each. */
const MAX_TOKENS = 64;
const HEAD_ROWS_AT_ONCE = 4096;

/** Takes over the checkpoint and closes it with the engine. Parts run one after the other. */
export function floatEngine(checkpoint: Checkpoint, slots = 1): Engine {
  const { vocabSize, paddedVocabSize } = checkpoint.config;
  const limits = { slots, maxTokens: MAX_TOKENS };
  const states = new Map<number, ModelState>();
  let model: FloatModel | undefined;
  return {
    ...limits,
    ...{ vocabSize, paddedVocabSize },
    async call(parts, wanted) {
      checkCall(parts, wanted, limits);
      model ??= await FloatModel.load(checkpoint);
      const rows: Float64Array[] = [];
      for (const { slot, tokens, gives } of parts) {
        let state = states.get(slot) ?? model.newState();
        states.set(slot, state);
        for (let t = 0; t < tokens.length; t++) {
          // Tokens that come after the state was given must not move it.
          if (t === gives) state = copyModelState(state);
          rows.push(model.step(state, tokens[t]));
        }
      }
      const logits = new Float64Array(wanted.length * paddedVocabSize);
      for (const [i, row] of wanted.entries()) logits.set(rows[row], i * paddedVocabSize);
      return logits;
    },
    async clear(slot) {
      states.delete(slot);
    },
    close: () => checkpoint.close(),
  };
}

/** Logits of all tokens of one sequence, [tokens][paddedVocabSize], with a layer in memory at a time. */
export async function floatLogits(checkpoint: Checkpoint, tokens: readonly number[]): Promise<Float64Array> {
  const { dModel, paddedVocabSize } = checkpoint.config;
  const [normed] = await streamLayers(checkpoint, [tokens]);
  const logits = new Float64Array(tokens.length * paddedVocabSize);
  for (let first = 0; first < paddedVocabSize; first += HEAD_ROWS_AT_ONCE) {
    const rows = Math.min(HEAD_ROWS_AT_ONCE, paddedVocabSize - first);
    const { data } = await checkpoint.readRows('lmHead', first, rows);
    const part = linear(normed, data, dModel);
    for (let t = 0; t < tokens.length; t++) {
      logits.set(part.subarray(t * rows, (t + 1) * rows), t * paddedVocabSize + first);
    }
  }
  return logits;
}
