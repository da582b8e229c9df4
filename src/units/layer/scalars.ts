/**
 * The run-time values of one descriptor: how much work the region has (tokens, chunks, tiles), where its data lie in memory (word addresses
 * of each port), and the formats of the layer. For each layer and call the host writes one descriptor; nothing else changes between layers.
 */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import { MOST_PARTS } from '../idioms/call-parts.js';
import type { AcceleratorShape } from '../shape.js';
import { matSlots } from './slots.js';

/** Word addresses a port can reach: 32 bits are enough for 256 GB of 64-byte words. */
const maxAddress = 2 ** 32 - 1;

export type LayerScalars = ReturnType<typeof declareLayerScalars>;
/** All but the parts, which are a list. */
type OneScalar = Exclude<keyof LayerScalars, 'parts'>;

/** Declares the scalars of the layer network, in the order of the descriptor's fields. */
export function declareLayerScalars(net: NetworkBuilder, shape: AcceleratorShape) {
  const { maxTokens, chunkTokens, sizes } = shape;
  const maxChunks = Math.ceil(maxTokens / chunkTokens);
  const layerTiles = sizes.dtTiles + sizes.xbcTiles + sizes.zTiles;
  const maxTiles = Math.max(layerTiles, sizes.headTiles);
  const count = (name: string, most: number, doc: string) => net.scalar(name, 0, most, doc);
  const address = (name: string, doc: string) => net.scalar(name, 0, maxAddress, `First word of ${doc}.`);
  const frac = (name: string, lo: number, hi: number, doc: string) =>
    net.scalar(name, lo, hi, `Fraction bits ${doc}.`);
  const inSlots = matSlots(shape, 'in');
  const outSlots = matSlots(shape, 'out');
  return {
    tokens: count('tokens', maxTokens, 'Tokens of this call.'),
    chunks: count('chunks', maxChunks, 'Chunks of the call.'),
    ssmTokens: count(
      'ssm_tokens',
      maxTokens,
      'Tokens of the stages after in_proj: those of the call, or 0 for the LM head.',
    ),
    ssmChunks: count('ssm_chunks', maxChunks, 'Chunks of the stages after in_proj.'),
    chunkTokens: count('call_chunk_tokens', chunkTokens, 'Tokens of each chunk of the call but the last.'),
    lastTokens: count('last_chunk_tokens', chunkTokens, 'Tokens of the last chunk of the call.'),
    inSlots: net.scalar(
      'in_slots',
      inSlots.least,
      inSlots.most,
      "Steps that a tile of weights stays in in_proj's array.",
    ),
    outSlots: net.scalar(
      'out_slots',
      outSlots.least,
      outSlots.most,
      "Steps that a tile of weights stays in out_proj's array.",
    ),
    inTiles: count(
      'in_tiles',
      maxTiles,
      "Rows of tiles that in_proj's array computes: of in_proj, or of the LM head.",
    ),
    residualBase: address('residual_base', 'the residual rows'),
    runTokens: count(
      'run_tokens',
      maxTokens,
      'Residual rows that follow each other: all of a layer, a run of the LM head.',
    ),
    moreRuns: count(
      'more_runs',
      MOST_PARTS - 1,
      'Further runs of as many rows, each from the first token of its part on.',
    ),
    weightsInBase: address('weights_in_base', 'the weights of in_proj or the LM head, on every port'),
    weightsInWords: count(
      'weights_in_words',
      Math.max(layerTiles * sizes.weightsIn.rowWords, sizes.headTiles * sizes.weightsHead.rowWords),
      'Words of weights that each port reads for a chunk.',
    ),
    ...(sizes.weightsHead.parts > 1
      ? {
          weightsInWide: count(
            'weights_in_wide',
            1,
            `1 where the weights of in_proj's array are those of the LM head, ${sizes.weightsHead.bits} bits, 0 where they have ${sizes.weightsIn.bits}.`,
          ),
        }
      : {}),
    rescaleInBase: address('rescale_in_base', "in_proj's rescale parameters"),
    rescaleInWords: count('rescale_in_words', 2 ** 20, 'Words of rescale parameters for a chunk.'),
    weightsOutBase: address('weights_out_base', 'the weights of out_proj, on every port'),
    rescaleOutBase: address('rescale_out_base', "out_proj's rescale parameters"),
    layerParamsBase: address('layer_params_base', 'the parameters of convolution and heads'),
    layerParamPasses: count(
      'layer_param_passes',
      1,
      '1 where the convolution and the state space run, 0 for the LM head.',
    ),
    takes: count(
      'takes',
      MOST_PARTS,
      'Parts, the first ones, that take the states of their slots; the others begin without (0 for the LM head).',
    ),
    gives: count('gives', MOST_PARTS, 'Parts, the first ones, that give states back to their slots.'),
    stateLoads: count(
      'state_loads',
      1,
      '1 where the SSM state of the first token is loaded before it comes.',
    ),
    stateStores: count('state_stores', 1, '1 where the SSM state of the last token is stored after it.'),
    stateBase: address('state_base', 'the SSM states of the slots'),
    convStateBase: address('conv_state_base', "the convolution's last inputs of the slots"),
    logitsBase: address('logits_base', 'the logits'),
    logitsWords: count('logits_words', 2 ** 31, 'Words of logits in the whole call.'),
    normInShift: count('norm_in_shift', 31, 'Right shift of the residual before the norm.'),
    normEpsLow: count('norm_eps_low', 2 ** 32 - 1, 'Epsilon of the norm, low 32 bits.'),
    normEpsHigh: count('norm_eps_high', 2 ** 18 - 1, 'Epsilon of the norm, high bits.'),
    normOutFrac: frac('norm_out_frac_bits', 0, 17, 'of what the norm gives'),
    quantInMultiplier: count('quant_in_multiplier', 2 ** 16 - 1, "Multiplier of in_proj's input quantizer."),
    quantInShift: net.scalar('quant_in_shift', 1, 40, "Shift of in_proj's input quantizer."),
    siluInX: frac('silu_in_x_frac_bits', 7, 14, 'of x before SiLU'),
    siluInB: frac('silu_in_b_frac_bits', 7, 14, 'of B before SiLU'),
    siluInC: frac('silu_in_c_frac_bits', 7, 14, 'of C before SiLU'),
    siluInZ: frac('silu_in_z_frac_bits', 7, 14, 'of z before SiLU'),
    siluOutX: frac('silu_out_x_frac_bits', 0, 15, 'of x after SiLU'),
    siluOutB: frac('silu_out_b_frac_bits', 0, 15, 'of B after SiLU'),
    siluOutC: frac('silu_out_c_frac_bits', 0, 15, 'of C after SiLU'),
    siluOutZ: frac('silu_out_z_frac_bits', 0, 15, 'of z after SiLU'),
    dtMin: count('dt_min', 2 ** 24 - 1, 'Least dt to base 2, U4.20.'),
    dtMax: count('dt_max', 2 ** 24 - 1, 'Largest dt to base 2, U4.20.'),
    gatedEpsLow: count('gated_eps_low', 2 ** 32 - 1, 'Epsilon of the gated norm, low 32 bits.'),
    gatedEpsHigh: count('gated_eps_high', 2 ** 18 - 1, 'Epsilon of the gated norm, high bits.'),
    gatedOutFrac: frac('gated_out_frac_bits', 0, 17, 'of what the gated norm gives'),
    quantOutMultiplier: count(
      'quant_out_multiplier',
      2 ** 16 - 1,
      "Multiplier of out_proj's input quantizer.",
    ),
    quantOutShift: net.scalar('quant_out_shift', 1, 40, "Shift of out_proj's input quantizer."),
    /** The parts of the call (call-parts.ts). */
    parts: Array.from({ length: MOST_PARTS }, (_, i) =>
      net.scalar(
        `part_${i}`,
        ...([0, 2 ** 32 - 1] as const),
        `Part ${i}: its first token, its token that gives, its slot. For the LM head: its first row.`,
      ),
    ),
  };
}

/** A value for every scalar that some accelerator has; parts that are not given are 0. */
export type LayerScalarValues = Record<OneScalar, number> & { readonly parts: readonly number[] };

/** Values by scalar name, as a call of the network takes them. */
export function scalarValues(
  { parts, ...scalars }: LayerScalars,
  values: LayerScalarValues,
): Record<string, number> {
  const keys = Object.keys(scalars) as OneScalar[];
  return Object.fromEntries([
    ...keys.map((key) => [scalars[key]!.name, values[key]]),
    ...parts.map(({ name }, i) => [name, values.parts[i] ?? 0]),
  ]);
}
