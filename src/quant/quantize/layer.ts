/**
 * One Mamba2 block: from float weights and calibration to the integers of docs/integer-model.md sections 2 to 8.
 */
import { dInProj } from '../../model/config/mamba2-config.js';
import type { FloatLayer, LayerWeights } from '../../model/float/layer.js';
import type { LayerCalibration } from '../calibrate/types.js';
import { foldInput, foldOutput } from '../rotate/fold.js';
import { leastSquaresFracBits } from '../scale/choose.js';
import type { ScaleHistogram } from '../scale/histogram.js';
import type { InnerLayer, QuantizedLayer, QuantizedLinear, QuantizedNorm, TensorFracBits } from '../types.js';
import { quantizeConv } from './conv.js';
import { columnMax, quantizeLinear } from './linear.js';
import { epsFracBitsLimit, linearInputOf, quantizeInput, quantizeNorm } from './norm.js';
import { type LayerContext, quantizeResidualInput, rotationOfHat } from './residual-input.js';
import { quantizeSsm, type SsmFormats } from './ssm.js';
import { usesMoments, weightRounding } from './weight-rounding.js';

/** dt as in_proj gives it: Q5.11, base 2. */
const DT_IN_SCALE = Math.LOG2E * 2 ** 11;
/** What the linear parts of a layer are made from. */
interface LayerSource {
  /** For errors. */
  readonly where: string;
  readonly weights: LayerWeights;
  readonly calibration: LayerCalibration;
  readonly context: LayerContext;
}

/** Quantizes a layer of the checkpoint in `path`. Throws UserError naming layer and tensor where a format cannot hold. */
export async function quantizeLayer(
  path: string,
  { index, weights }: FloatLayer,
  calibration: LayerCalibration,
  context: LayerContext,
): Promise<QuantizedLayer> {
  const where = `${path}: layer ${index}`;
  const source: LayerSource = { where, weights, calibration, context };
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
  const { gatedFracBits, ...heads } = quantizeSsm({
    ...{ where, calibration, siluOut, stateBits: options.stateBits, aLog: weights.aLog, d: weights.d },
    maxGatedFracBits: epsFracBitsLimit(gatedEps, normWidth),
  });
  const gated = { inShift: 0, fracBits: gatedFracBits, width: normWidth, eps: gatedEps };
  const gatedNorm = quantizeNorm(`${where}: gated norm`, calibration.gatedNorm, false, gated);
  const inner = {
    index,
    ...(await inProjection(source, fracBits)),
    fracBits,
    ...quantizeConv(where, config, {
      ...{ weight: weights.convWeight, bias: weights.convBias, inFracBits: fracBits, outFracBits: siluIn },
    }),
    siluIn,
    siluOut,
    ...(heads satisfies Omit<SsmFormats, 'gatedFracBits'>),
    gatedNorm,
  };
  return { ...inner, outProj: await outProjection(source, inner, normWidth) };
}

async function inProjection(
  { where, weights, calibration, context }: LayerSource,
  fracBits: TensorFracBits,
): Promise<{ norm: QuantizedNorm; inProj: QuantizedLinear }> {
  const { config, options } = context;
  const { dModel, dInner, nGroups, dState } = config;
  const name = `${where}: in_proj`;
  const reader = {
    ...{ normName: `${where}: norm`, linearName: name, calibration: calibration.norm, gain: weights.norm },
    columnWeightMax: () => columnMax(weights.inProj, dModel),
  };
  const { norm, input, rotation } = await quantizeResidualInput(reader, context);
  const moments = usesMoments(context, options.weightBits)
    ? await context.inputs!.residualMoments(norm, linearInputOf(dModel, input))
    : undefined;
  const rows = dInProj(config);
  const ends = [dInner, 2 * dInner, 2 * dInner + nGroups * dState, 2 * (dInner + nGroups * dState)];
  const scales = [fracBits.z, fracBits.x, fracBits.b, fracBits.c].map((f) => 2 ** f);
  const inProj = await quantizeLinear({
    where: name,
    rows,
    cols: dModel,
    rounding: weightRounding(context, name, options.weightBits, moments),
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
  { where, weights, calibration, context }: LayerSource,
  inner: InnerLayer,
  width: number,
): Promise<QuantizedLinear> {
  const { config, options, residualFracBits, residualRotation } = context;
  const { dModel, dInner } = config;
  const name = `${where}: out_proj`;
  const input = await quantizeInput({
    ...{ where: name, mode: options.hadamard, place: 'inner', norm: inner.gatedNorm, width },
    ...{ calibration: calibration.gatedNorm, gain: weights.gatedNorm },
    columnWeightMax: () => columnMax(weights.outProj, dInner),
  });
  const rotation = rotationOfHat(dInner, input);
  const folded = foldInput(weights.outProj, dModel, rotation, input.columnScale);
  foldOutput(folded, dInner, residualRotation);
  const bias = Float64Array.from(weights.outProjBias ?? new Float64Array(dModel));
  foldOutput(bias, 1, residualRotation);
  const { inputs } = context;
  const wantsMoments = usesMoments(context, options.weightBits);
  const moments = await inputs?.innerMoments(inner, linearInputOf(dInner, input), wantsMoments);
  const outProj = await quantizeLinear({
    where: name,
    rows: dModel,
    cols: dInner,
    rounding: weightRounding(context, name, options.weightBits, moments),
    input,
    foldedRows: (first, count) => folded.subarray(first * dInner, (first + count) * dInner),
    bias: (row) => bias[row],
    outScale: () => 2 ** residualFracBits,
  });
  await inputs?.finishLayer(outProj);
  return outProj;
}

function xbc<T>(of: (name: 'x' | 'b' | 'c') => T): { x: T; b: T; c: T } {
  return { x: of('x'), b: of('b'), c: of('c') };
}
