/**
 * A model as evaluation sees it, whatever computes it: contexts and continuations in, how likely they are out. Each context begins with an
 * empty state, and its first token is given, not predicted.
 */
import { type CheckpointOptions, openCheckpoint } from '../model/checkpoint/checkpoint.js';
import { float32Math } from '../model/float/float32.js';
import { FloatModel } from '../model/float/model.js';
import { copyModelState, type ModelState } from '../model/float/state.js';
import { openArtifact } from '../quant/artifact/artifact.js';
import { FastModel } from '../quant/fast/model.js';
import { GoldenModel } from '../quant/golden/model.js';
import { copyGoldenState, createGoldenState, type GoldenState } from '../quant/golden/state.js';
import { modelOfParts, type QuantizedParts } from '../quant/quantize/in-memory.js';
import type { QuantizedModel } from '../quant/types.js';
import {
  type ContinuationRequest,
  type ContinuationScore,
  type StatefulModel,
  scoreContinuations,
} from './score.js';

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
  /** How likely each continuation is after its context. Neighbours with equal contexts cost one context. */
  score(requests: readonly ContinuationRequest[]): Promise<ContinuationScore[]>;
}

/** Loads the whole model into memory. Throws UserError as opening a checkpoint or an artifact does. */
export async function loadWindowModel(source: EvalSource): Promise<WindowModel> {
  if (source.engine === 'float') return windowModel(await loadFloat(source));
  const model = 'parts' in source ? modelOfParts(source.parts) : await openArtifact(source.artifact);
  return windowModel(await integers(source.engine, model));
}

function windowModel<State>(model: StatefulModel<State>): WindowModel {
  return { score: (requests) => scoreContinuations(model, requests) };
}

async function loadFloat(source: EvalSource & { engine: 'float' }): Promise<StatefulModel<ModelState>> {
  const checkpoint = await openCheckpoint(source.checkpoint, source);
  const model = await FloatModel.load(checkpoint, source.single ? float32Math(checkpoint.config) : undefined);
  await checkpoint.close();
  const { vocabSize, paddedVocabSize } = model.config;
  return {
    ...{ vocabSize, paddedVocabSize },
    newState: () => model.newState(),
    copyState: copyModelState,
    skip: async (parts) => void model.residualParts(parts),
    logits: async (parts) => model.forwardParts(parts),
  };
}

async function integers(name: IntegerEngine, model: QuantizedModel): Promise<StatefulModel<GoldenState>> {
  const { config } = model;
  const unit = 2 ** -(await model.head()).logitFracBits;
  const engine = new { fast: FastModel, golden: GoldenModel }[name](model, { resident: true });
  return {
    vocabSize: config.vocabSize,
    paddedVocabSize: config.paddedVocabSize,
    newState: () => createGoldenState(config),
    copyState: copyGoldenState,
    skip: async (parts) => void (await engine.feed(parts, 'none')),
    logits: async (parts) => Float64Array.from(await engine.feed(parts, 'all'), (value) => value * unit),
  };
}
