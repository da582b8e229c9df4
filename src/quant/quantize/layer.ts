/**
 * One Mamba2 block: from float weights and calibration to the integers of docs/integer-model.md sections 2 to 8.
 */
import { dInProj, type Mamba2Config } from '../../model/config/mamba2-config.js';
import type { FloatLayer, LayerWeights } from '../../model/float/layer.js';
import type { LayerCalibration } from '../calibrate/types.js';
import { foldInput, foldOutput } from '../rotate/fold.js';
import { blockHadamard, identityRotation, type Rotation } from '../rotate/rotate.js';
import { fracBitsFor, leastSquaresFracBits } from '../scale/choose.js';
import type { ScaleHistogram } from '../scale/histogram.js';
import type {
  QuantizedLayer,
  QuantizedLinear,
  QuantizedNorm,
  QuantOptions,
  TensorFracBits,
} from '../types.js';
import { quantizeConv } from './conv.js';
import { columnMax, quantizeLinear } from './linear.js';
import { epsFracBitsLimit, isNormRotated, quantizeInput, quantizeNorm } from './norm.js';
import { quantizeSsm, type SsmFormats } from './ssm.js';

/** dt as in_proj gives it: Q5.11, base 2. */
const DT_IN_SCALE = Math.LOG2E * 2 ** 11;
const NORM_IN_BITS = 18;
/** The norm's input may grow so many times over the largest of the calibration. */
const NORM_IN_HEADROOM = 4;

/** What all layers share. */
export interface LayerContext {
  readonly config: Mamba2Config;
  readonly options: QuantOptions;
  readonly residualFracBits: number;
  /** What the residual stream is rotated with; identity unless folded. */
  readonly residualRotation: Rotation;
}

/** Fraction bits and shift of the first line of section 2 for a norm whose input reaches `inputMax`. */
export function normInput(inputMax: number, eps: number, width: number, residualFracBits: number) {
  const fracBits = Math.min(
    residualFracBits,
    fracBitsFor(inputMax * NORM_IN_HEADROOM, NORM_IN_BITS),
    epsFracBitsLimit(eps, width),
  );
  return { inShift: residualFracBits - fracBits, fracBits, width, eps };
}

/** Quantizes a layer of the checkpoint in `path`. Throws UserError naming layer and tensor where a format cannot hold. */
export async function quantizeLayer(
  path: string,
  { index, weights }: FloatLayer,
  calibration: LayerCalibration,
  context: LayerContext,
): Promise<QuantizedLayer> {
  const where = `${path}: layer ${index}`;
  const { config, options } = context;
  const { raw, conv, silu } = calibration;
  const coarse = { min: -16, max: 40 };
  const fracBits = {
    z: leastSquaresFracBits(raw.z, 16, { min: 7, max: 14 }),
    ...xbc((name) => leastSquaresFracBits(raw[name], 16, coarse)),
  };
  const siluIn = {
    z: fracBits.z,
    ...xbc((name) => leastSquaresFracBits(conv[name], 16, { min: 7, max: 14 })),
  };
  const outOf = (histogram: ScaleHistogram) => leastSquaresFracBits(histogram, 16, { min: 0, max: 15 });
  const siluOut = { z: outOf(silu.z), ...xbc((name) => outOf(silu[name])) };

  const normWidth = config.groupNorm ? config.dInner / config.nGroups : config.dInner;
  // The gated norm's input is larger by 1 / ln 2, so its epsilon is by the square.
  const gatedEps = config.normEps / Math.LN2 ** 2;
  const { gatedFracBits, ...heads } = quantizeSsm(
    where,
    calibration,
    siluOut,
    options.stateBits,
    weights.aLog,
    weights.d,
    epsFracBitsLimit(gatedEps, normWidth),
  );
  const gated = { inShift: 0, fracBits: gatedFracBits, width: normWidth, eps: gatedEps };
  const gatedNorm = quantizeNorm(`${where}: gated norm`, calibration.gatedNorm, false, gated);
  return {
    index,
    ...(await inProjection(where, weights, calibration, context, fracBits)),
    fracBits,
    ...quantizeConv(where, config, weights.convWeight, weights.convBias, fracBits, siluIn),
    siluIn,
    siluOut,
    ...(heads satisfies Omit<SsmFormats, 'gatedFracBits'>),
    gatedNorm,
    outProj: await outProjection(where, weights, calibration, context, gatedNorm, normWidth),
  };
}

async function inProjection(
  where: string,
  weights: LayerWeights,
  calibration: LayerCalibration,
  { config, options, residualFracBits, residualRotation }: LayerContext,
  fracBits: TensorFracBits,
): Promise<{ norm: QuantizedNorm; inProj: QuantizedLinear }> {
  const { dModel, dInner, nGroups, dState, normEps } = config;
  const isRotated = isNormRotated(options.hadamard, 'residual');
  const inputMax = calibration.norm.inputMax[isRotated ? 'rotated' : 'plain'];
  const format = normInput(inputMax, normEps, dModel, residualFracBits);
  const norm = quantizeNorm(`${where}: norm`, calibration.norm, isRotated, format);
  const name = `${where}: in_proj`;
  const input = await quantizeInput(
    name,
    options.hadamard,
    'residual',
    calibration.norm,
    norm,
    dModel,
    weights.norm,
    () => columnMax(weights.inProj, dModel),
  );
  const rotation = isRotated
    ? residualRotation
    : input.hatSize > 1
      ? blockHadamard(dModel, input.hatSize)
      : identityRotation(dModel);
  const rows = dInProj(config);
  const ends = [dInner, 2 * dInner, 2 * dInner + nGroups * dState, 2 * (dInner + nGroups * dState)];
  const scales = [fracBits.z, fracBits.x, fracBits.b, fracBits.c].map((f) => 2 ** f);
  const inProj = await quantizeLinear({
    where: name,
    rows,
    cols: dModel,
    weightBits: options.weightBits,
    input,
    foldedRows: (first, count) =>
      foldInput(
        weights.inProj.subarray(first * dModel, (first + count) * dModel),
        count,
        rotation,
        input.columnScale,
      ),
    bias: (row) => (weights.inProjBias?.[row] ?? 0) + (row >= ends[3] ? weights.dtBias[row - ends[3]] : 0),
    outScale: (row) => scales[ends.findIndex((end) => row < end)] ?? DT_IN_SCALE,
  });
  return { norm, inProj };
}

async function outProjection(
  where: string,
  weights: LayerWeights,
  calibration: LayerCalibration,
  { config, options, residualFracBits, residualRotation }: LayerContext,
  norm: QuantizedNorm,
  normWidth: number,
): Promise<QuantizedLinear> {
  const { dModel, dInner } = config;
  const name = `${where}: out_proj`;
  const input = await quantizeInput(
    name,
    options.hadamard,
    'inner',
    calibration.gatedNorm,
    norm,
    normWidth,
    weights.gatedNorm,
    () => columnMax(weights.outProj, dInner),
  );
  const rotation = input.hatSize > 1 ? blockHadamard(dInner, input.hatSize) : identityRotation(dInner);
  const folded = foldInput(weights.outProj, dModel, rotation, input.columnScale);
  foldOutput(folded, dInner, residualRotation);
  const bias = Float64Array.from(weights.outProjBias ?? new Float64Array(dModel));
  foldOutput(bias, 1, residualRotation);
  return quantizeLinear({
    where: name,
    rows: dModel,
    cols: dInner,
    weightBits: options.weightBits,
    input,
    foldedRows: (first, count) => folded.subarray(first * dInner, (first + count) * dInner),
    bias: (row) => bias[row],
    outScale: () => 2 ** residualFracBits,
  });
}

function xbc<T>(of: (name: 'x' | 'b' | 'c') => T): { x: T; b: T; c: T } {
  return { x: of('x'), b: of('b'), c: of('c') };
}
