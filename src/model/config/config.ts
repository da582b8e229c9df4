/**
 * The dimensions and switches of a Mamba2 language model, from config.json of either layout: Hugging Face
 * (`Mamba2ForCausalLM`) or the original state-spaces one (`MambaConfig` with `ssm_cfg`). What is missing has the default
 * of that layout's own code. Whatever would make it another model than pure Mamba2 is refused with a UserError.
 */

import { parseLenientJsonObject } from '../file/lenient-json.js';
import { fieldError } from './fields.js';
import { parseHuggingFaceConfig } from './huggingface.js';
import { parseStateSpacesConfig } from './statespaces.js';

/** All that the shape and the arithmetic of a model depend on, beside its weights. */
export interface Mamba2Config {
  readonly layout: 'huggingface' | 'state-spaces';
  /** Width of the residual stream. */
  readonly dModel: number;
  readonly nLayers: number;
  /** expand * dModel = nHeads * headDim: width of x, z and the gated norm. */
  readonly dInner: number;
  readonly headDim: number;
  readonly nHeads: number;
  /** State entries a channel of x (N in the paper). */
  readonly dState: number;
  /** Sets of B and C; head i uses group floor(i * nGroups / nHeads). */
  readonly nGroups: number;
  /** Taps of the causal convolution. */
  readonly convKernel: number;
  readonly expand: number;
  /** Tokens a chunk in the SSD algorithm; changes no result. */
  readonly chunkSize: number;
  /** Ids that stand for a token. */
  readonly vocabSize: number;
  /** Rows of the embedding and of the head; rows from vocabSize on stand for nothing. */
  readonly paddedVocabSize: number;
  /** Added to the mean square in every RMSNorm. */
  readonly normEps: number;
  /** The head uses the embedding's rows. */
  readonly tieEmbeddings: boolean;
  /** in_proj and out_proj have a bias. */
  readonly useBias: boolean;
  readonly useConvBias: boolean;
  /** Always false: the gate multiplies before the norm. */
  readonly normBeforeGate: false;
  /** The gated norm runs over each of nGroups parts of dInner; over all of dInner when false. */
  readonly groupNorm: boolean;
  /** dt is clamped to [dtMin, dtMax] after softplus; dtMax may be Infinity. */
  readonly dtMin: number;
  readonly dtMax: number;
}

/** Rows of in_proj: z (dInner), x (dInner), B and C (nGroups * dState each), dt (nHeads), in this order. */
export function dInProj(config: Mamba2Config): number {
  return 2 * config.dInner + 2 * config.nGroups * config.dState + config.nHeads;
}

/** Channels of the convolution: x, B, C. */
export function dConv(config: Mamba2Config): number {
  return config.dInner + 2 * config.nGroups * config.dState;
}

/** The group whose B and C head `head` uses. */
export function groupOfHead(config: Mamba2Config, head: number): number {
  return Math.floor((head * config.nGroups) / config.nHeads);
}

/** Reads the text of a config.json; `file` is its name in errors. Throws UserError for anything that does not hold. */
export function parseConfig(text: string, file: string): Mamba2Config {
  const json = parseLenientJsonObject(text, file);
  const isStateSpaces = 'ssm_cfg' in json || ('d_model' in json && !('model_type' in json));
  const config = isStateSpaces ? parseStateSpacesConfig(json, file) : parseHuggingFaceConfig(json, file);
  const field = (huggingFace: string, stateSpaces: string) => (isStateSpaces ? stateSpaces : huggingFace);
  if (config.nHeads % config.nGroups !== 0) {
    const expected = `a divisor of the number of heads (${config.nHeads})`;
    throw fieldError(file, field('n_groups', 'ssm_cfg.ngroups'), config.nGroups, expected);
  }
  return Object.freeze(config);
}
