/**
 * What the hardware is built for, from a model's config and its quantization options. Golden-only ablations (`hadamard: smooth`, the paper's
 * NAU) and sizes beyond the integer model's widths are refused here with a UserError that names the field.
 */
import { UserError } from '../../errors.js';
import { CONV_TAPS } from '../../model/config/fields.js';
import type { Mamba2Config } from '../../model/config/mamba2-config.js';
import { hatSizeOf } from '../../quant/rotate/rotate.js';
import type { QuantOptions } from '../../quant/types.js';
import type { ModelDims } from '../../units/shape.js';

/** The choices of the quantizer that the hardware must know. */
export type HardwareOptions = Pick<
  QuantOptions,
  'hadamard' | 'nau' | 'stateBits' | 'weightBits' | 'headBits' | 'weightGroup'
>;

/** Rows beyond this many values could leave the 50 bits of a sum of squares (18-bit values). */
const MAX_WIDTH = 2 ** 15;
/** Rows of the LM head: tile counts and word addresses stay far below 32 bits. */
const MAX_VOCAB_ROWS = 2 ** 20;

/** Dimensions of the hardware for a model. Throws UserError for what it cannot take. */
export function modelDims(config: Mamba2Config, options: HardwareOptions): ModelDims {
  refuseAblations(options);
  const isOnline = options.hadamard === 'online';
  const dims: ModelDims = {
    dModel: config.dModel,
    dInner: config.dInner,
    nHeads: config.nHeads,
    headDim: config.headDim,
    dState: config.dState,
    nGroups: config.nGroups,
    convKernel: config.convKernel,
    vocabRows: config.paddedVocabSize,
    groupNorm: config.groupNorm && config.nGroups > 1,
    hatIn: isOnline ? hatSizeOf(config.dModel) : 1,
    hatOut: options.hadamard === 'none' ? 1 : hatSizeOf(config.dInner),
    stateBits: options.stateBits,
    ...narrowWeights(options),
  };
  checkDims(dims);
  return dims;
}

/** The format of weights that do not all have 8 bits. */
function narrowWeights({
  weightBits: bits,
  headBits,
  weightGroup: group,
}: HardwareOptions): Pick<ModelDims, 'weights'> {
  return bits === 8 && headBits === 8 ? {} : { weights: { bits, headBits, group } };
}

/** Throws UserError naming the first field that the hardware cannot take. */
export function checkDims(dims: ModelDims): void {
  const expect = (holds: boolean, field: keyof ModelDims, expected: string) => {
    if (!holds) throw new UserError(`plan: ${field}: found ${dims[field]}, expected ${expected}`);
  };
  for (const [field, most] of [
    ['dModel', MAX_WIDTH],
    ['dInner', MAX_WIDTH],
    ['nHeads', MAX_WIDTH],
    ['headDim', 1024],
    ['dState', 1024],
    ['nGroups', dims.nHeads],
    ['vocabRows', MAX_VOCAB_ROWS],
  ] as const) {
    const value = dims[field];
    expect(Number.isInteger(value) && value >= 1 && value <= most, field, `an integer from 1 to ${most}`);
  }
  const { least, most } = CONV_TAPS;
  const hasTaps = Number.isInteger(dims.convKernel) && dims.convKernel >= least && dims.convKernel <= most;
  expect(hasTaps, 'convKernel', `an integer from ${least} to ${most}`);
  const inner = dims.nHeads * dims.headDim;
  expect(dims.dInner === inner, 'dInner', `nHeads x headDim = ${inner}`);
  expect(dims.nHeads % dims.nGroups === 0, 'nGroups', `a divisor of nHeads = ${dims.nHeads}`);
  const isWidth = Number.isInteger(dims.stateBits) && dims.stateBits >= 16 && dims.stateBits <= 24;
  expect(isWidth, 'stateBits', 'an integer from 16 to 24');
  checkWeights(dims);
  for (const [field, width] of [
    ['hatIn', dims.dModel],
    ['hatOut', dims.dInner],
  ] as const) {
    const allowed = [1, hatSizeOf(width)];
    expect(allowed.includes(dims[field]), field, `1 or ${hatSizeOf(width)} for a width of ${width}`);
  }
}

function checkWeights({ weights }: ModelDims): void {
  if (!weights) return;
  const { bits, headBits, group } = weights;
  if (headBits < bits)
    throw new UserError(
      `plan: head bits: found ${headBits}, expected ${bits} or more: the head's weights go through the array of in_proj, whose weights have ${bits} bits`,
    );
  if (!Number.isInteger(group) || group < 0)
    throw new UserError(`plan: weight group: found ${group}, expected a number of columns, or 0 for none`);
}

function refuseAblations({ hadamard, nau }: HardwareOptions): void {
  if (hadamard === 'smooth')
    throw new UserError(
      'plan: hadamard: found smooth, expected folded, online or none (smooth runs in the golden model only)',
    );
  if (nau === 'paper')
    throw new UserError(
      'plan: nau: found paper, expected ours (the paper NAU runs in the golden model only)',
    );
}
