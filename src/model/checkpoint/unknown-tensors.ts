/**
 * Tensors of a file that a Mamba2 model has no use for. Left out in silence they would change the result, so that all are
 * refused, by name and where possible with what they are; only the constants listed here may lie in a file unread.
 */
import { UserError } from '../../errors.js';
import type { StoredTensor } from '../file/tensor-source.js';

/** Buffers that frameworks store beside the weights: constants or counters, which nothing that Mamba2 computes depends on. */
const HARMLESS = /(^|\.)(rotary_emb\.inv_freq|inv_freq|position_ids|num_batches_tracked)$/;

interface Kind {
  readonly names: RegExp;
  readonly found: string;
  readonly expected: string;
}

/** Kinds that take the place of weights: seen before any tensor is missed. */
const INSTEAD_OF_WEIGHTS: readonly Kind[] = [
  {
    names: /(^|\.)(lora_|ia3_|oft_|boft_|hada_|vera_|base_layer\.|modules_to_save\.|prompt_encoder)|adapter/i,
    found: 'an adapter that is not merged (LoRA or the like)',
    expected: 'weights with it merged in (merge_and_unload of peft)',
  },
  {
    names:
      /(^|\.|_)(absmax|quant_map|quant_state|SCB|CB|weight_format|qweight|qzeros|qscales?|scales?|scale_inv|zeros?_points?|g_idx|amax|weight_packed|weight_shape|codebooks?)(\.|$)/,
    found: 'a leftover of another quantization',
    expected: 'weights of floats without it',
  },
];

/** Kinds beside whole weights. */
const BESIDE_WEIGHTS: readonly Kind[] = [
  {
    names: /(^|\.)norm(_f|2)?\.bias$/,
    found: 'a bias of a LayerNorm',
    expected: 'an RMSNorm, which has none',
  },
  { names: /(^|\.)lm_head\.bias$/, found: 'a bias of the head', expected: 'a head without one' },
  {
    names: /(^|\.)(mlp|norm2|fc1|fc2|gate_proj|up_proj|down_proj|feed_forward)\./,
    found: 'a part of an MLP',
    expected: 'Mamba2 layers only',
  },
  {
    names: /(^|\.)(self_attn|attn|attention|Wqkv|q_proj|k_proj|v_proj|o_proj|kv_proj)\./,
    found: 'a part of an attention',
    expected: 'Mamba2 layers only',
  },
  { names: /(^|\.)mtp/, found: 'a part of a multi-token head', expected: 'a model of one head' },
  {
    names: /(^|\.)(exp_avg|exp_avg_sq|optimizer|momentum_buffer|scheduler|ema)(\.|_|$)/,
    found: 'a state of training',
    expected: 'weights only',
  },
  {
    names: /(^|\.)(init_states|conv_states?|ssm_states?)$/,
    found: 'a state to begin with',
    expected: 'a model that begins with an empty one',
  },
];

const UNKNOWN: Kind = {
  names: /^/,
  found: 'a tensor that Mamba2 does not have',
  expected: 'none of this name',
};

/** Throws UserError for a tensor that shows that the others are not the model's weights by themselves. */
export function refuseInsteadOfWeights(tensors: Iterable<StoredTensor>): void {
  for (const tensor of tensors) {
    const kind = INSTEAD_OF_WEIGHTS.find(({ names }) => names.test(tensor.name));
    if (kind) throw refusal(tensor, kind);
  }
}

/** Throws UserError for any of the tensors, which the model does not read, that is not known to be harmless. */
export function refuseUnused(unused: Iterable<StoredTensor>): void {
  for (const tensor of unused) {
    if (HARMLESS.test(tensor.name)) continue;
    throw refusal(tensor, BESIDE_WEIGHTS.find(({ names }) => names.test(tensor.name)) ?? UNKNOWN);
  }
}

const refusal = ({ file, name }: StoredTensor, { found, expected }: Kind): UserError =>
  new UserError(`${file}: tensor ${shownName(name)}: found ${found}, expected ${expected}`);

/** A tensor's name on one line: names come from the file and may hold anything. */
export function shownName(name: string): string {
  const plain = JSON.stringify(name).slice(1, -1);
  return plain.length > 120 ? `${plain.slice(0, 117)}...` : plain;
}
