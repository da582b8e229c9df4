/**
 * config.json of the original layout (state-spaces/mamba: `MambaConfig`, its `ssm_cfg` being the arguments of the
 * Mamba2 module), with the defaults of that code. Hybrids (attention, MLP), Mamba1 layers, LayerNorm, a D per channel and
 * the norm before the gate are refused. With several groups the gated norm runs over each group; every epsilon is 1e-5.
 */
import { z } from 'zod';
import type { JsonObject } from '../../util/lenient-json.js';
import { count, fieldError, flag, LIMITS, oneOf, positive, taps, timeStepLimit, validate } from './fields.js';
import type { Mamba2Config } from './mamba2-config.js';

const ignored = () => z.unknown().optional();

// Strict: an argument that the module does not have would stop the original code too, and a misspelt one must not
// silently become its default.
const ssmSchema = z.strictObject({
  layer: z.custom<'Mamba2'>((v) => v === 'Mamba2', { error: '"Mamba2" (the default there is Mamba1)' }),
  d_state: count(LIMITS.width).default(128),
  d_conv: taps().default(4),
  expand: positive().default(2),
  headdim: count(LIMITS.width).default(64),
  d_ssm: count(LIMITS.width).nullish(),
  ngroups: count(LIMITS.width).default(1),
  D_has_hdim: oneOf(false).default(false),
  rmsnorm: oneOf(true).default(true),
  norm_before_gate: oneOf(false).default(false),
  dt_limit: timeStepLimit().default({ dtMin: 0, dtMax: Number.POSITIVE_INFINITY }),
  bias: flag().default(false),
  conv_bias: flag().default(true),
  chunk_size: count(LIMITS.width).default(256),
  conv_init: ignored(),
  A_init_range: ignored(),
  dt_min: ignored(),
  dt_max: ignored(),
  dt_init_floor: ignored(),
  use_mem_eff_path: ignored(),
  sequence_parallel: ignored(),
});

const noLayers = z.custom<unknown[]>((v) => v === null || (Array.isArray(v) && v.length === 0), {
  error: 'an empty list (attention layers are not Mamba2)',
});

const schema = z.object({
  d_model: count(LIMITS.width).default(2560),
  n_layer: count(LIMITS.layers).default(64),
  d_intermediate: z.custom<number>((v) => v === 0, { error: '0 (MLP layers are not Mamba2)' }).default(0),
  vocab_size: count(LIMITS.vocab).default(50277),
  pad_vocab_size_multiple: count(LIMITS.vocab).default(8),
  ssm_cfg: ssmSchema,
  attn_layer_idx: noLayers.default([]),
  rms_norm: oneOf(true).default(true),
  norm_epsilon: z
    .custom<number>((v) => v === 1e-5, { error: '0.00001, the only one of this layout' })
    .default(1e-5),
  tie_embeddings: flag().default(true),
});

/** Reads the state-spaces layout; throws UserError naming the field. */
export function parseStateSpacesConfig(json: JsonObject, file: string): Mamba2Config {
  const c = validate(schema, json, file);
  const ssm = c.ssm_cfg;
  const dInner = ssm.expand * c.d_model;
  if (!Number.isInteger(dInner) || dInner % ssm.headdim !== 0) {
    throw fieldError(file, 'ssm_cfg.headdim', ssm.headdim, `a divisor of expand * d_model = ${dInner}`);
  }
  if (ssm.d_ssm != null && ssm.d_ssm !== dInner) {
    throw fieldError(file, 'ssm_cfg.d_ssm', ssm.d_ssm, `expand * d_model = ${dInner} (no MLP part)`);
  }
  return {
    layout: 'state-spaces',
    dModel: c.d_model,
    nLayers: c.n_layer,
    dInner,
    headDim: ssm.headdim,
    nHeads: dInner / ssm.headdim,
    dState: ssm.d_state,
    nGroups: ssm.ngroups,
    convKernel: ssm.d_conv,
    expand: ssm.expand,
    chunkSize: ssm.chunk_size,
    vocabSize: c.vocab_size,
    paddedVocabSize: Math.ceil(c.vocab_size / c.pad_vocab_size_multiple) * c.pad_vocab_size_multiple,
    normEps: c.norm_epsilon,
    tieEmbeddings: c.tie_embeddings,
    useBias: ssm.bias,
    useConvBias: ssm.conv_bias,
    normBeforeGate: false,
    groupNorm: ssm.ngroups > 1,
    ...ssm.dt_limit,
  };
}
