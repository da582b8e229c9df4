/** The integers as an engine, from the golden model or from `fast`, which computes the same: int16 logits over 2^logitFracBits. */
import { checkCall } from '../../model/call.js';
import { FastModel } from '../../quant/fast/model.js';
import { GoldenModel } from '../../quant/golden/model.js';
import type { QuantizedModel } from '../../quant/types.js';
import type { Engine } from './engine.js';

/** Tokens of a call: memory for the values between layers grows with them, and nothing else is done meanwhile. */
const MAX_TOKENS = 256;

/** How to run it. */
export interface IntegerEngineOptions {
  /** `golden` when absent. */
  readonly name?: 'golden' | 'fast';
  /** Sequences that have a state each; 1 when absent. */
  readonly slots?: number;
  /** Keeps all layers in memory: for generating text, where each token needs them all. */
  readonly resident?: boolean;
}

export async function integerEngine(
  model: QuantizedModel,
  options: IntegerEngineOptions = {},
): Promise<Engine> {
  const { name = 'golden', slots = 1, resident = false } = options;
  const { vocabSize, paddedVocabSize } = model.config;
  const integers = new { golden: GoldenModel, fast: FastModel }[name](model, { resident, slots });
  const scale = 2 ** -(await model.head()).logitFracBits;
  const limits = { slots, maxTokens: MAX_TOKENS };
  return {
    ...limits,
    ...{ vocabSize, paddedVocabSize },
    async call(parts, wanted) {
      checkCall(parts, wanted, limits);
      return Float64Array.from(await integers.call(parts, wanted), (value) => value * scale);
    },
    async clear(slot) {
      integers.reset(slot);
    },
    async close() {},
  };
}
