/** Norm and input quantizer of the linear layers that read the residual stream: in_proj of each layer, and the LM head. */
import type { Mamba2Config } from '../../model/config/mamba2-config.js';
import type { NormCalibration } from '../calibrate/types.js';
import type { InputStream } from '../gptq/input-stream.js';
import type { Workers } from '../gptq/workers.js';
import { blockHadamard, identityRotation, type Rotation } from '../rotate/rotate.js';
import { fracBitsFor } from '../scale/choose.js';
import type { QuantizedNorm, QuantOptions } from '../types.js';
import { epsFracBitsLimit, type InputQuantizer, isNormRotated, quantizeInput, quantizeNorm } from './norm.js';

const NORM_IN_BITS = 18;
/** The norm's input may grow so many times over the largest of the calibration. */
const NORM_IN_HEADROOM = 4;

/** What all layers share. */
export interface LayerContext {
  /** Where weights are rounded. */
  readonly workers: Workers;
  /** What linear layers read, where rounding asks for it. */
  readonly inputs?: InputStream | undefined;
  /** Called with what the user should know. */
  readonly remark?: ((line: string) => void) | undefined;
  readonly config: Mamba2Config;
  readonly options: QuantOptions;
  readonly residualFracBits: number;
  /** What the residual stream is rotated with; identity unless folded. */
  readonly residualRotation: Rotation;
}

/** The norm and the linear layer after it. */
export interface ResidualReader {
  /** For errors: 'layer 3: norm' and 'layer 3: in_proj'. */
  readonly normName: string;
  readonly linearName: string;
  readonly calibration: NormCalibration;
  /** [dModel]. */
  readonly gain: ArrayLike<number>;
  /** [dModel], largest absolute weight of each column; asked for with `smooth` only. */
  readonly columnWeightMax: () => Float64Array | Promise<Float64Array>;
}

/** The norm, the quantizer, and the rotation that the weights' columns take. Throws UserError where a format cannot hold. */
export async function quantizeResidualInput(
  { normName, linearName, calibration, gain, columnWeightMax }: ResidualReader,
  { config, options, residualFracBits, residualRotation }: LayerContext,
): Promise<{ norm: QuantizedNorm; input: InputQuantizer; rotation: Rotation }> {
  const { dModel: width, normEps: eps } = config;
  const mode = options.hadamard;
  const isRotated = isNormRotated(mode, 'residual');
  const fracBits = Math.min(
    residualFracBits,
    fracBitsFor(calibration.inputMax[isRotated ? 'rotated' : 'plain'] * NORM_IN_HEADROOM, NORM_IN_BITS),
    epsFracBitsLimit(eps, width),
  );
  const format = { inShift: residualFracBits - fracBits, fracBits, width, eps };
  const norm = quantizeNorm(normName, calibration, isRotated, format);
  const input = await quantizeInput({
    where: linearName,
    ...{ mode, place: 'residual', calibration, norm, width, gain, columnWeightMax },
  });
  return { norm, input, rotation: isRotated ? residualRotation : rotationOfHat(width, input) };
}

/** What a HAT of the input's size does to `width` values. */
export function rotationOfHat(width: number, { hatSize }: InputQuantizer): Rotation {
  return hatSize > 1 ? blockHadamard(width, hatSize) : identityRotation(width);
}
