/** Token ids for a random model. */
import type { RandomModel } from '../../src/quant/synthetic/random-model.js';
import { Random } from '../../src/util/random.js';

/** `count` ids of the model's vocabulary, the same for the same seed. */
export function randomTokens(model: RandomModel, seed: number, count: number): number[] {
  const random = new Random(seed, 'tokens');
  return Array.from({ length: count }, () => random.integer(0, model.config.vocabSize - 1));
}
