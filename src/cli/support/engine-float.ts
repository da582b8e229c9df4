/**
 * The float reference model as an engine. For the logits of many tokens a layer is in memory at a time; for generating
 * text, which needs them all for each token, the whole model is read at the first token.
 */
import type { Checkpoint } from '../../model/checkpoint/checkpoint.js';
import { linear } from '../../model/float/linear.js';
import { FloatModel } from '../../model/float/model.js';
import type { ModelState } from '../../model/float/state.js';
import { streamLayers } from '../../model/float/stream.js';
import type { Engine } from './engine.js';

const HEAD_ROWS_AT_ONCE = 4096;

/** Takes over the checkpoint and closes it with the engine. `all` always starts from an empty state. */
export function floatEngine(checkpoint: Checkpoint): Engine {
  const { vocabSize, paddedVocabSize } = checkpoint.config;
  let model: FloatModel | undefined;
  let state: ModelState | undefined;
  return {
    vocabSize,
    paddedVocabSize,
    async last(tokens) {
      model ??= await FloatModel.load(checkpoint);
      state ??= model.newState();
      // All logits of a long prompt would be larger than the model: one row at a time is kept.
      let logits: Float64Array = new Float64Array(0);
      for (const token of tokens) logits = model.step(state, token);
      return logits;
    },
    all: (tokens) => allLogits(checkpoint, tokens),
    close: () => checkpoint.close(),
  };
}

async function allLogits(checkpoint: Checkpoint, tokens: readonly number[]): Promise<Float64Array> {
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
