/**
 * A model as evaluation sees it, whatever computes it: tokens of a window in, their surprise out. Every window starts from
 * an empty state and its first token is given, not predicted.
 */
import { type CheckpointOptions, openCheckpoint } from '../model/checkpoint/checkpoint.js';
import { crossEntropySum } from '../model/float/cross-entropy.js';
import { float32Math } from '../model/float/float32.js';
import { FloatModel } from '../model/float/model.js';
import { openArtifact } from '../quant/artifact/artifact.js';
import { FastModel } from '../quant/fast/model.js';
import { GoldenModel } from '../quant/golden/model.js';
import { modelOfParts, type QuantizedParts } from '../quant/quantize/in-memory.js';
import type { QuantizedModel } from '../quant/types.js';

/** What computes the integers: the golden model, or the engine `fast`, which has the same. */
export const INTEGER_ENGINES = ['fast', 'golden'] as const;
export type IntegerEngine = (typeof INTEGER_ENGINES)[number];

/** What to evaluate: the float model of a checkpoint folder, or the integers of an artifact folder or of parts in memory. */
export type EvalSource =
  | ({
      readonly engine: 'float';
      readonly checkpoint: string;
      /** Products and scan in float32, several times as fast; float64 when left out. */
      readonly single?: boolean;
    } & CheckpointOptions)
  | { readonly engine: IntegerEngine; readonly artifact: string }
  | { readonly engine: IntegerEngine; readonly parts: QuantizedParts };

/** A loaded model. */
export interface WindowModel {
  /** Sum over t >= 1 of -log p(tokens[t] | tokens[0..t)), in nats. */
  nats(tokens: Int32Array): Promise<number>;
}

/** Loads the whole model into memory. Throws UserError as opening a checkpoint or an artifact does. */
export async function loadWindowModel(source: EvalSource): Promise<WindowModel> {
  if (source.engine === 'float') return loadFloat(source.checkpoint, source.single === true, source);
  const model = 'parts' in source ? modelOfParts(source.parts) : await openArtifact(source.artifact);
  return integerWindowModel(source.engine, model);
}

async function loadFloat(path: string, single: boolean, options: CheckpointOptions): Promise<WindowModel> {
  const checkpoint = await openCheckpoint(path, options);
  const model = await FloatModel.load(checkpoint, single ? float32Math(checkpoint.config) : undefined);
  await checkpoint.close();
  const { vocabSize, paddedVocabSize } = model.config;
  return {
    nats: async (tokens) => {
      const logits = model.forward(tokens.subarray(0, -1));
      return crossEntropySum(logits, paddedVocabSize, tokens.subarray(1), vocabSize);
    },
  };
}

async function integerWindowModel(engine: IntegerEngine, model: QuantizedModel): Promise<WindowModel> {
  const { vocabSize, paddedVocabSize } = model.config;
  const unit = 2 ** -(await model.head()).logitFracBits;
  const integers = new { fast: FastModel, golden: GoldenModel }[engine](model, { resident: true });
  return {
    nats: async (tokens) => {
      integers.reset();
      const logits = Float64Array.from(await integers.prefill(tokens.subarray(0, -1)), (v) => v * unit);
      return crossEntropySum(logits, paddedVocabSize, tokens.subarray(1), vocabSize);
    },
  };
}
