/**
 * The quantizer: checkpoint and calibration in, quantized model out, a layer at a time, into a sink that writes it to disk
 * (artifact/write.ts) or keeps it in memory (in-memory.ts). The same input gives the same integers.
 */
import { UserError } from '../../errors.js';
import type { Checkpoint } from '../../model/checkpoint/checkpoint.js';
import type { Mamba2Config } from '../../model/config/mamba2-config.js';
import { FloatLayer } from '../../model/float/layer.js';
import type { QuantProgress } from '../calibrate/calibrate.js';
import type { Calibration, NormCalibration } from '../calibrate/types.js';
import { type Deviation, DeviationProbe } from '../deviation.js';
import type { GoldenContext } from '../golden/layer.js';
import { InputStream } from '../gptq/input-stream.js';
import { THIS_THREAD, type Workers } from '../gptq/workers.js';
import { blockHadamard, identityRotation, type Rotation } from '../rotate/rotate.js';
import { fracBitsFor } from '../scale/choose.js';
import type { QuantizedHead, QuantizedLayer, QuantizedScalars, QuantOptions, WeightBits } from '../types.js';
import { quantizeEmbedding, quantizeHead } from './head.js';
import { quantizeLayer } from './layer.js';
import type { LayerContext } from './residual-input.js';

/** The choices unless told otherwise. */
export const DEFAULT_QUANT_OPTIONS: QuantOptions = {
  hadamard: 'folded',
  nau: 'ours',
  stateBits: 24,
  weightBits: 8,
  headBits: 8,
  weightGroup: 0,
  rounding: 'nearest',
};
/** Columns of a group unless told otherwise, where weights are narrower than 8 bits. */
export const DEFAULT_WEIGHT_GROUP = 128;
const WIDTHS: readonly WeightBits[] = [8, 4, 2];
/** Powers of two that a group's columns may be, so that no word of weights lies in two groups. */
const GROUPS = { least: 16, most: 4096 };

/** The residual stream may grow so many times over the largest value of the calibration before it saturates. */
const RESIDUAL_HEADROOM = 16;
const RESIDUAL_BITS = 32;
/** dt in U4.20 of base-2 units. */
const DT_SCALE = Math.LOG2E * 2 ** 20;
const DT_LIMIT = 2 ** 24 - 1;
/** Embedding rows quantized at once. */
export const EMBEDDING_BLOCK_ROWS = 128;

/** Takes the parts of a quantized model as they are made: first `begin`, then the embedding, layers in order, the head. */
export interface QuantizedSink {
  begin(config: Mamba2Config, options: QuantOptions, scalars: QuantizedScalars): Promise<void> | void;
  /** Rows from `firstRow` on, in order; all blocks but the last have EMBEDDING_BLOCK_ROWS rows. */
  embedding(firstRow: number, rows: Int32Array): Promise<void> | void;
  layer(layer: QuantizedLayer): Promise<void> | void;
  head(head: QuantizedHead): Promise<void> | void;
  /** How far a layer is from float, then the logits; where there is no such method the comparison is left out. */
  deviations?(found: readonly Deviation[]): void;
}

/**
 * Fills in defaults and checks ranges; throws UserError naming the option. Weights narrower than 8 bits are rounded by GPTQ in groups of 128 unless
 * told otherwise; where all have 8 bits there are neither.
 */
export function completeOptions(options: Partial<QuantOptions>): QuantOptions {
  const { weightBits = 8, headBits = 8 } = options;
  const narrow: Partial<QuantOptions> =
    weightBits < 8 || headBits < 8 ? { weightGroup: DEFAULT_WEIGHT_GROUP, rounding: 'gptq' } : {};
  const complete = { ...DEFAULT_QUANT_OPTIONS, ...narrow, ...options };
  const { stateBits, weightGroup, rounding } = complete;
  const expect = (holds: boolean, name: keyof QuantOptions, expected: string) => {
    if (!holds) throw new UserError(`${name}: found ${complete[name]}, expected ${expected}`);
  };
  expect(
    Number.isInteger(stateBits) && stateBits >= 16 && stateBits <= 24,
    'stateBits',
    'an integer from 16 to 24',
  );
  for (const name of ['weightBits', 'headBits'] as const)
    expect(WIDTHS.includes(complete[name]), name, '8, 4 or 2');
  const { least, most } = GROUPS;
  const isGroup = Number.isInteger(Math.log2(weightGroup)) && weightGroup >= least && weightGroup <= most;
  expect(
    weightGroup === 0 || isGroup,
    'weightGroup',
    `a power of two from ${least} to ${most}, or 0 for none`,
  );
  if (weightBits === 8 && headBits === 8) {
    expect(weightGroup === 0, 'weightGroup', '0, as all weights have 8 bits');
    expect(rounding === 'nearest', 'rounding', 'nearest, as all weights have 8 bits');
  }
  return complete;
}

/** How to quantize a calibrated checkpoint. */
export interface QuantizeChoices {
  readonly options?: Partial<QuantOptions> | undefined;
  readonly progress?: QuantProgress | undefined;
  /** What the residual stream is rotated with when folded, the same as at calibration. */
  readonly rotation?: Rotation | undefined;
  /** Where GPTQ works; in this thread when left out. */
  readonly workers?: Workers | undefined;
  /** Called with what the user should know. */
  readonly remark?: ((line: string) => void) | undefined;
}

/** Quantizes everything into the sink. Throws UserError naming layer and tensor when a format cannot hold the model. */
export async function quantizeInto(
  sink: QuantizedSink,
  checkpoint: Checkpoint,
  calibration: Calibration,
  {
    options = {},
    progress,
    rotation = blockHadamard(checkpoint.config.dModel),
    workers = THIS_THREAD,
    remark,
  }: QuantizeChoices = {},
): Promise<void> {
  const { config } = checkpoint;
  const complete = completeOptions(options);
  refuseTimeStepLimit(checkpoint);
  const isFolded = complete.hadamard === 'folded';
  const shared: LayerContext = {
    config,
    workers,
    remark,
    options: complete,
    residualFracBits: residualFracBits(calibration, isFolded),
    residualRotation: isFolded ? rotation : identityRotation(config.dModel),
  };
  const scalars = {
    residualFracBits: shared.residualFracBits,
    dtMin: Math.min(Math.round(config.dtMin * DT_SCALE), DT_LIMIT),
    dtMax: Math.min(Math.round(config.dtMax * DT_SCALE), DT_LIMIT),
  };
  const golden = { config, options: complete, scalars };
  const context: LayerContext =
    complete.rounding === 'gptq'
      ? { ...shared, inputs: await inputStream(checkpoint, calibration, shared, golden) }
      : shared;
  await sink.begin(config, complete, scalars);
  const { samples } = calibration;
  const probe = sink.deviations && new DeviationProbe(golden, context.residualRotation, samples[0]);
  const steps = config.nLayers + 2;
  for (let first = 0; first < config.paddedVocabSize; first += EMBEDDING_BLOCK_ROWS) {
    const count = Math.min(EMBEDDING_BLOCK_ROWS, config.paddedVocabSize - first);
    await sink.embedding(first, await quantizeEmbedding(checkpoint, context, first, count));
  }
  progress?.('quantize', 1, steps);
  for (let i = 0; i < config.nLayers; i++) {
    const float = await FloatLayer.load(checkpoint, i);
    const layer = await quantizeLayer(checkpoint.path, float, calibration.layers[i], context);
    await sink.layer(layer);
    if (probe) sink.deviations?.(probe.layer(float, layer, samples[i]));
    progress?.('quantize', i + 2, steps);
  }
  const head = await quantizeHead(checkpoint, calibration, context);
  await sink.head(head);
  if (probe) sink.deviations?.([await probe.logits(checkpoint, head, samples[config.nLayers])]);
  progress?.('quantize', steps, steps);
}

/** The calibration's tokens at the beginning of the model. */
async function inputStream(
  checkpoint: Checkpoint,
  { roundingWindows }: Calibration,
  context: LayerContext,
  golden: GoldenContext,
): Promise<InputStream> {
  const { dModel } = checkpoint.config;
  const rows = new Map<number, Int32Array>();
  const window = roundingWindows[0].length;
  const residual = new Int32Array(roundingWindows.length * window * dModel);
  for (const [i, tokens] of roundingWindows.entries()) {
    for (const [t, token] of tokens.entries()) {
      const row = rows.get(token) ?? (await quantizeEmbedding(checkpoint, context, token, 1));
      rows.set(token, row);
      residual.set(row, (i * window + t) * dModel);
    }
  }
  return new InputStream(golden, context.workers, residual, window);
}

/** A least dt that the format cannot hold would change every step, silently. */
function refuseTimeStepLimit({ path, config }: Checkpoint): void {
  if (Math.round(config.dtMin * DT_SCALE) > DT_LIMIT) {
    const largest = (DT_LIMIT / DT_SCALE).toFixed(2);
    throw new UserError(
      `${path}: found a time step of at least ${config.dtMin}, expected at most ${largest}`,
    );
  }
}

/** The residual stream's format: the largest value of any layer, with headroom. */
function residualFracBits({ layers, finalNorm }: Calibration, isRotated: boolean): number {
  const maxOf = ({ inputMax }: NormCalibration) => (isRotated ? inputMax.rotated : inputMax.plain);
  const largest = Math.max(maxOf(finalNorm), ...layers.map(({ norm }) => maxOf(norm)));
  // An input of zero everywhere has no scale of its own.
  return largest === 0 ? 16 : fracBitsFor(largest * RESIDUAL_HEADROOM, RESIDUAL_BITS);
}
