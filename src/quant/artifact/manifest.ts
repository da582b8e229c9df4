/**
 * manifest.json of a quantized artifact: everything but the tensors, and where each tensor lies. Read back with a schema,
 * so that a damaged or foreign manifest is refused with the field that is wrong.
 */
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { CONV_TAPS } from '../../model/config/fields.js';
import { parseLenientJsonObject } from '../../model/file/lenient-json.js';

/**
 * Name and version of the format; the version goes up when an older reader would misread the folder. Version 1 has no aShift:
 * its absA has 12 fraction bits.
 */
export const ARTIFACT_FORMAT = 'fastmamba-quantized';
export const ARTIFACT_VERSION = 2;
export const MANIFEST_FILE = 'manifest.json';

const count = z.int().min(0);
const size = z.int().min(1);
const shift = z.int().min(0).max(63);
const fracBits = z.int().min(-64).max(64);

const config = z.strictObject({
  layout: z.enum(['huggingface', 'state-spaces']),
  dModel: size,
  nLayers: size,
  dInner: size,
  headDim: size,
  nHeads: size,
  dState: size,
  nGroups: size,
  convKernel: z.int().min(CONV_TAPS.least).max(CONV_TAPS.most),
  expand: z.number(),
  chunkSize: z.number(),
  vocabSize: size,
  paddedVocabSize: size,
  normEps: z.number(),
  tieEmbeddings: z.boolean(),
  useBias: z.boolean(),
  useConvBias: z.boolean(),
  normBeforeGate: z.literal(false),
  groupNorm: z.boolean(),
  dtMin: z.number(),
  /** JSON has no infinity. */
  dtMax: z.union([z.number(), z.literal('Infinity')]),
});

const tensorFracBits = z.strictObject({ z: fracBits, x: fracBits, b: fracBits, c: fracBits });
const norm = z.strictObject({ inShift: shift, eps: count, outFracBits: z.int().min(0).max(17) });
const linear = z.strictObject({
  rows: size,
  cols: size,
  hatSize: size,
  inputShift: z.int().min(1).max(40),
});

/** Scalars of one layer; its arrays are tensors. */
const layer = z.strictObject({
  norm,
  inProj: linear,
  fracBits: tensorFracBits,
  siluIn: tensorFracBits,
  siluOut: tensorFracBits,
  gatedNorm: norm,
  outProj: linear,
});

const tensor = z.strictObject({
  name: z.string(),
  dtype: z.enum(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32']),
  shape: z.array(count),
  /** A plain name in the artifact's folder. */
  file: z.string().regex(/^[\w.-]+\.bin$/),
  offset: count,
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const deviation = z.strictObject({
  layer: count,
  tap: z.string(),
  error: z.number(),
  saturated: z.number(),
});

const manifest = z.strictObject({
  format: z.literal(ARTIFACT_FORMAT),
  version: z.union([z.literal(1), z.literal(ARTIFACT_VERSION)]),
  /** Version of the package that wrote it. */
  generator: z.string(),
  /** Folder name of the checkpoint. */
  model: z.string(),
  /** What the caller identifies the input with (a digest of checkpoint, text and options), to tell whether it is still current. */
  source: z.string().optional(),
  config,
  options: z.strictObject({
    hadamard: z.enum(['folded', 'online', 'none', 'smooth']),
    nau: z.enum(['ours', 'paper']),
    stateBits: z.int().min(16).max(24),
    weightBits: z.int().min(4).max(8),
  }),
  scalars: z.strictObject({ residualFracBits: fracBits, dtMin: count, dtMax: count }),
  calibration: z.strictObject({
    kind: z.enum(['text', 'random']),
    seed: z.number().optional(),
    tokens: count,
    window: count,
  }),
  /** How far each tap of each layer was from float on a sample of the calibration. */
  deviations: z.array(deviation).optional(),
  /** Embedding rows of one tensor `embedding.<block>`. */
  embeddingBlockRows: size,
  layers: z.array(layer),
  head: z.strictObject({ norm, lmHead: linear, logitFracBits: fracBits }),
  tensors: z.array(tensor),
});

export type Manifest = z.infer<typeof manifest>;
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
  if (json.version !== 1 && json.version !== ARTIFACT_VERSION) {
    const found = JSON.stringify(json.version) ?? 'none';
    const advice = Number(json.version) > ARTIFACT_VERSION ? '; it was written by a newer release' : '';
    throw new UserError(`${file}: version: found ${found}, expected 1 or ${ARTIFACT_VERSION}${advice}`);
  }
  const result = manifest.safeParse(json);
  if (!result.success) {
    const { path, message } = result.error.issues[0];
    throw new UserError(`${file}: ${path.join('.') || 'content'}: ${message}`);
  }
  return result.data;
}
