/** The golden integer model as an engine: its int16 logits over 2^logitFracBits. */
import { checkCall } from '../../model/call.js';
import { GoldenModel } from '../../quant/golden/model.js';
import type { QuantizedModel } from '../../quant/types.js';
import type { Engine } from './engine.js';

/** Tokens of a call: memory for the values between layers grows with them, and nothing else is done meanwhile. */
const MAX_TOKENS = 256;

/** How to run it. */
export interface GoldenEngineOptions {
  /** Sequences that have a state each; 1 when absent. */
  readonly slots?: number;
  /** Keeps all layers in memory: for generating text, where each token needs them all. */
  readonly resident?: boolean;
}

export async function goldenEngine(
  model: QuantizedModel,
  options: GoldenEngineOptions = {},
): Promise<Engine> {
  const { slots = 1, resident = false } = options;
  const { vocabSize, paddedVocabSize } = model.config;
  const golden = new GoldenModel(model, { resident, slots });
  const scale = 2 ** -(await model.head()).logitFracBits;
  const limits = { slots, maxTokens: MAX_TOKENS };
  return {
    ...limits,
    ...{ vocabSize, paddedVocabSize, takesDrafts: true },
    async call(parts, wanted) {
      checkCall(parts, wanted, limits);
      return Float64Array.from(await golden.call(parts, wanted), (value) => value * scale);
    },
    async clear(slot) {
      golden.reset(slot);
    },
    async close() {},
  };
}
