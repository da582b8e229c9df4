/**
 * Final norm, LM head and embedding: what stands outside the layers, read in pieces of rows because the vocabulary makes
 * these the largest tensors.
 */
import type { Checkpoint } from '../../model/checkpoint/checkpoint.js';
import type { Calibration } from '../calibrate/types.js';
import { foldInput } from '../rotate/fold.js';
import { leastSquaresFracBits } from '../scale/choose.js';
import type { QuantizedHead } from '../types.js';
import { columnMax, quantizeLinear } from './linear.js';
import { linearInputOf } from './norm.js';
import { type LayerContext, quantizeResidualInput } from './residual-input.js';
import { usesMoments, weightRounding } from './weight-rounding.js';

const ROWS_AT_ONCE = 2048;
/** Logits of any magnitude: the exponent is the host's business, the hardware has a multiplier a row. */
const LOGIT_FRAC_BITS = { min: -16, max: 40 };

/** Final norm and LM head. `progress` gets the number of rows done. Throws UserError where a format cannot hold. */
export async function quantizeHead(
  checkpoint: Checkpoint,
  { finalNorm, logits }: Calibration,
  context: LayerContext,
): Promise<QuantizedHead> {
  const { config, options } = context;
  const { dModel, paddedVocabSize } = config;
  const where = `${checkpoint.path}: LM head`;
  const reader = {
    ...{ normName: `${checkpoint.path}: final norm`, linearName: where, calibration: finalNorm },
    gain: (await checkpoint.read('finalNorm')).data,
    columnWeightMax: async () => {
      const max = new Float64Array(dModel);
      for (let first = 0; first < paddedVocabSize; first += ROWS_AT_ONCE) {
        const count = Math.min(ROWS_AT_ONCE, paddedVocabSize - first);
        columnMax((await checkpoint.readRows('lmHead', first, count)).data, dModel, max);
      }
      return max;
    },
  };
  const { norm, input, rotation } = await quantizeResidualInput(reader, context);
  const logitFracBits = leastSquaresFracBits(logits, 16, LOGIT_FRAC_BITS);
  const moments = usesMoments(context, options.headBits)
    ? await context.inputs!.residualMoments(norm, linearInputOf(dModel, input))
    : undefined;
  const lmHead = await quantizeLinear({
    where,
    rows: paddedVocabSize,
    cols: dModel,
    rounding: weightRounding(context, where, options.headBits, moments),
    input,
    foldedRows: async (first, count) => {
      const { data } = await checkpoint.readRows('lmHead', first, count);
      return foldInput(data, count, rotation, input.columnScale);
    },
    bias: () => 0,
    outScale: () => 2 ** logitFracBits,
  });
  return { norm, lmHead, logitFracBits };
}

/** Residual rows (int32) of tokens first, first + 1, ..., first + count - 1. */
export async function quantizeEmbedding(
  checkpoint: Checkpoint,
  { config, residualFracBits, residualRotation }: LayerContext,
  first: number,
  count: number,
): Promise<Int32Array> {
  const { data } = await checkpoint.readRows('embedding', first, count);
  const rows = foldInput(data, count, residualRotation);
  const out = new Int32Array(count * config.dModel);
  const scale = 2 ** residualFracBits;
  for (let i = 0; i < out.length; i++) {
    out[i] = Math.min(Math.max(Math.round(rows[i] * scale), -(2 ** 31)), 2 ** 31 - 1);
  }
  return out;
}
