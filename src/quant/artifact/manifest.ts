/**
 * manifest.json of a quantized artifact: everything but the tensors, and where each tensor lies. Read back with a schema,
 * so that a damaged or foreign manifest is refused with the field that is wrong.
 */
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { CONV_TAPS } from '../../model/config/fields.js';
import { parseLenientJsonObject } from '../../util/lenient-json.js';
import { amount, count, digest, fieldsOf, flag, share, size, text } from '../../util/schema-parts.js';
import type { Deviation } from '../deviation.js';
import type { QuantOptions } from '../types.js';

/**
 * Name and version of the format; the version goes up when an older reader would misread the folder. Version 1 has no aShift:
 * its absA has 12 fraction bits. Versions 1 and 2 hold all weights in int8, and of the options on weights only how many bits of it are used.
 */
export const ARTIFACT_FORMAT = 'fastmamba-quantized';
export const ARTIFACT_VERSION = 3;
export const MANIFEST_FILE = 'manifest.json';

const fracBits = (what: string) => z.int().min(-64).max(64).describe(`fraction bits of ${what}`);

const config = z.strictObject({
  layout: z.enum(['huggingface', 'state-spaces']).describe('layout of the checkpoint'),
  dModel: size('width of the residual stream'),
  nLayers: size('layers'),
  dInner: size('width inside a layer'),
  headDim: size('positions a head'),
  nHeads: size('heads'),
  dState: size('state indices'),
  nGroups: size('groups of B and C'),
  convKernel: z.int().min(CONV_TAPS.least).max(CONV_TAPS.most).describe('taps of the convolution'),
  expand: z.number().describe('dInner as a multiple of dModel'),
  chunkSize: z.number().describe('tokens a chunk of the scan that the checkpoint was trained with'),
  vocabSize: size('tokens of the vocabulary'),
  paddedVocabSize: size('rows of embedding and LM head'),
  normEps: z.number().describe('epsilon of the norms'),
  tieEmbeddings: flag('whether embedding and LM head share their weights'),
  useBias: flag('whether in_proj and out_proj have a bias'),
  useConvBias: flag('whether the convolution has a bias'),
  normBeforeGate: z.literal(false).describe('the gated norm comes after the gate'),
  groupNorm: flag('whether the gated norm is over each group instead of over all of dInner'),
  dtMin: z.number().describe('lower limit of dt after softplus'),
  dtMax: z
    .union([z.number(), z.literal('Infinity')])
    .describe('upper limit of dt after softplus; JSON has no infinity, so that it is a text'),
});

const tensorFracBits = (what: string) =>
  z
    .strictObject({ z: fracBits('z'), x: fracBits('x'), b: fracBits('B'), c: fracBits('C') })
    .describe(`formats ${what}`);
const norm = z.strictObject({
  inShift: z.int().min(0).max(63).describe('right shift of the input, bits'),
  eps: count('epsilon in the scale of the sum of squares'),
  outFracBits: z.int().min(0).max(17).describe('fraction bits of the output'),
});
const linear = z.strictObject({
  rows: size('output channels'),
  cols: size('input channels'),
  hatSize: size('block size of the online Hadamard transform of the input; 1: none'),
  inputShift: z.int().min(1).max(40).describe('right shift after the multiplier of the input, bits'),
});

/** Scalars of one layer; its arrays are tensors. */
const layer = z.strictObject({
  norm: norm.describe('input norm'),
  inProj: linear,
  fracBits: tensorFracBits('of the results of in_proj'),
  siluIn: tensorFracBits('before SiLU'),
  siluOut: tensorFracBits('after SiLU'),
  gatedNorm: norm.describe('norm after the gate'),
  outProj: linear,
});

const tensor = z.strictObject({
  name: text('name'),
  dtype: z.enum(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32']).describe('type of an element'),
  shape: z.array(z.int().nonnegative()).describe('extents, the last one innermost'),
  file: z
    .string()
    .regex(/^[\w.-]+\.bin$/)
    .describe('file, a plain name in the folder'),
  offset: count('bytes from the start of the file'),
  bytes: count('bytes of the tensor, little-endian'),
  sha256: digest('digest of these bytes'),
});

/** Fields of a deviation, also of one that is a warning. */
export const deviationFields = {
  layer: count('index of the layer; the number of layers for the logits'),
  tap: text('which value of the layer'),
  error: amount('root mean square of golden minus float, as a multiple of that of float'),
  saturated: share("share of golden's values at an end of their format"),
};

const weightBits = (of: string) =>
  z.union([z.literal(8), z.literal(4), z.literal(2)]).describe(`width of the weights of ${of}, bits`);

export const quantOptionsSchema = fieldsOf<QuantOptions>({
  hadamard: z
    .enum(['folded', 'online', 'none', 'smooth'])
    .describe('how activations are rotated before int8 quantization'),
  nau: z.enum(['ours', 'paper']).describe('nonlinear functions'),
  stateBits: z.int().min(16).max(24).describe('width of the SSM state, bits'),
  weightBits: weightBits('in_proj and out_proj'),
  headBits: weightBits('the LM head'),
  weightGroup: count('input columns that share a scale where weights are narrower than 8 bits; 0: no groups'),
  rounding: z.enum(['nearest', 'gptq']).describe('how weights narrower than 8 bits are rounded'),
}).describe('choices made before quantization');

export const calibrationSchema = z.strictObject({
  kind: z.enum(['text', 'random']).describe('tokens of a text, or seeded random ones'),
  seed: z.number().optional().describe('seed of random tokens'),
  tokens: count('tokens calibrated on'),
  window: count('tokens a window, each from an empty state'),
  roundingTokens: count('tokens that GPTQ rounded weights for').optional(),
});

export const manifestSchema = z.strictObject({
  format: z.literal(ARTIFACT_FORMAT).describe('what this file is'),
  version: z
    .union([z.literal(1), z.literal(2), z.literal(ARTIFACT_VERSION)])
    .describe('version of this format'),
  generator: text('version of the package that wrote it'),
  model: text('folder name of the checkpoint'),
  source: text(
    'digest of checkpoint, text and options, by which a caller sees whether the folder is still current',
  ).optional(),
  config: config.describe('dimensions of the model'),
  options: quantOptionsSchema,
  scalars: z.strictObject({
    residualFracBits: fracBits('the residual stream'),
    dtMin: count('lower limit of dt, U4.20 in base-2 units'),
    dtMax: count('upper limit of dt, U4.20 in base-2 units'),
  }),
  calibration: calibrationSchema,
  deviations: z
    .array(fieldsOf<Deviation>(deviationFields))
    .optional()
    .describe('how far each tap of each layer was from float on a sample of the calibration'),
  embeddingBlockRows: size('rows of the embedding in a tensor embedding.<block>'),
  layers: z.array(layer),
  head: z.strictObject({ norm, lmHead: linear, logitFracBits: fracBits('the logits') }),
  tensors: z.array(tensor).describe('where each tensor lies'),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type TensorEntry = z.infer<typeof tensor>;
export type LayerFields = z.infer<typeof layer>;

/** Reads the text of a manifest; `file` is its name in errors. Throws UserError for what is not one of this version. */
export function parseManifest(text: string, file: string): Manifest {
  const json = parseLenientJsonObject(text, file);
  if (json.format !== ARTIFACT_FORMAT) {
    throw new UserError(
      `${file}: format: found ${JSON.stringify(json.format) ?? 'none'}, expected "${ARTIFACT_FORMAT}"`,
    );
  }
  if (json.version === 1 || json.version === 2) json.options = withWeightOptions(json.options);
  else if (json.version !== ARTIFACT_VERSION) {
    const found = JSON.stringify(json.version) ?? 'none';
    const advice = Number(json.version) > ARTIFACT_VERSION ? '; it was written by a newer release' : '';
    throw new UserError(`${file}: version: found ${found}, expected 1 to ${ARTIFACT_VERSION}${advice}`);
  }
  const result = manifestSchema.safeParse(json);
  if (!result.success) {
    const { path, message } = result.error.issues[0];
    throw new UserError(`${file}: ${path.join('.') || 'content'}: ${message}`);
  }
  return result.data;
}

/** Options of versions 1 and 2: a width of 4 to 8 bits, all of which are stored and multiplied as int8. */
function withWeightOptions(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return options;
  const { weightBits: used } = options as { weightBits?: unknown };
  const isWidth = typeof used === 'number' && Number.isInteger(used) && used >= 4 && used <= 8;
  return { ...options, weightBits: isWidth ? 8 : used, headBits: 8, weightGroup: 0, rounding: 'nearest' };
}
