/**
 * config.json as transformers writes it for `Mamba2ForCausalLM`, with the defaults of its Mamba2Config. Two fields are
 * read past on purpose, because transformers' own code does not look at them either: `norm_before_gate` (true in some
 * published models; MambaRMSNormGated always gates first) and `rms_norm`. See norm-groups.ts for the gated norm's width.
 */
import { z } from 'zod';
import type { JsonObject } from '../../util/lenient-json.js';
import { count, fieldError, flag, LIMITS, oneOf, positive, taps, timeStepLimit, validate } from './fields.js';
import type { Mamba2Config } from './mamba2-config.js';

const WEIGHT_TYPES = ['float32', 'float16', 'bfloat16', 'float64'] as const;
const weightType = () => oneOf(...WEIGHT_TYPES, ...WEIGHT_TYPES.map((type) => `torch.${type}` as const));

const schema = z.object({
  model_type: oneOf('mamba2'),
  hidden_size: count(LIMITS.width).default(4096),
  num_hidden_layers: count(LIMITS.layers).default(64),
  num_heads: count(LIMITS.width).default(128),
  head_dim: count(LIMITS.width).default(64),
  state_size: count(LIMITS.width).default(128),
  n_groups: count(LIMITS.width).default(8),
  conv_kernel: taps().default(4),
  expand: positive().default(2),
  chunk_size: count(LIMITS.width).default(256),
  vocab_size: count(LIMITS.vocab).default(32768),
  pad_vocab_size_multiple: count(LIMITS.vocab).default(1),
  layer_norm_epsilon: positive().default(1e-5),
  hidden_act: oneOf('silu', 'swish').default('silu'),
  use_bias: flag().default(false),
  use_conv_bias: flag().default(true),
  tie_word_embeddings: flag().default(false),
  time_step_limit: timeStepLimit().default({ dtMin: 0, dtMax: Number.POSITIVE_INFINITY }),
  torch_dtype: weightType().nullish(),
  dtype: weightType().nullish(),
});

/** Reads the Hugging Face layout; throws UserError naming the field. */
export function parseHuggingFaceConfig(json: JsonObject, file: string): Mamba2Config {
  const c = validate(schema, json, file);
  const dInner = Math.trunc(c.expand * c.hidden_size);
  if (c.num_heads * c.head_dim !== dInner) {
    const expected = `expand * hidden_size / head_dim = ${dInner} / ${c.head_dim} heads`;
    throw fieldError(file, 'num_heads', c.num_heads, expected);
  }
  return {
    layout: 'huggingface',
    dModel: c.hidden_size,
    nLayers: c.num_hidden_layers,
    dInner,
    headDim: c.head_dim,
    nHeads: c.num_heads,
    dState: c.state_size,
    nGroups: c.n_groups,
    convKernel: c.conv_kernel,
    expand: c.expand,
    chunkSize: c.chunk_size,
    vocabSize: c.vocab_size,
    paddedVocabSize: Math.ceil(c.vocab_size / c.pad_vocab_size_multiple) * c.pad_vocab_size_multiple,
    normEps: c.layer_norm_epsilon,
    tieEmbeddings: c.tie_word_embeddings,
    useBias: c.use_bias,
    useConvBias: c.use_conv_bias,
    normBeforeGate: false,
    groupNorm: c.n_groups > 1,
    ...c.time_step_limit,
  };
}
