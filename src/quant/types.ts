/**
 * The quantized model: everything the golden model, the kernel network and the weight image read. The arithmetic that gives
 * these fields their meaning is in docs/integer-model.md, section by section; field names are the ones used there.
 */
import type { Mamba2Config } from '../model/config/mamba2-config.js';

/** How activations are rotated before int8 quantization; `smooth` is an ablation that only the golden model runs. */
export type HadamardMode = 'folded' | 'online' | 'none' | 'smooth';
/** `ours`: base-2 tables of docs/integer-model.md section 9. `paper`: the paper's NAU, an ablation that only the golden model runs. */
export type NauVariant = 'ours' | 'paper';

/** Width of a linear weight in memory, bits: int8 as it is, or a code of 4 or 2 bits times a group's scale (section 3). */
export type WeightBits = 8 | 4 | 2;
/**
 * How weights narrower than 8 bits are rounded: each to the nearest, or so that the layer's results come out best on the calibration
 * (GPTQ, arXiv 2210.17323). 8-bit weights are rounded to the nearest.
 */
export type Rounding = 'nearest' | 'gptq';

/** Choices made before quantization; written to the manifest so that a result can be repeated. */
export interface QuantOptions {
  readonly hadamard: HadamardMode;
  readonly nau: NauVariant;
  /** Width W of the SSM state, 16 to 24. */
  readonly stateBits: number;
  /** Width of the weights of in_proj and out_proj. */
  readonly weightBits: WeightBits;
  /** Width of the weights of the LM head. */
  readonly headBits: WeightBits;
  /** Input columns that share a scale where weights are narrower than 8 bits; 0: no groups. */
  readonly weightGroup: number;
  readonly rounding: Rounding;
}

/** One linear layer (in_proj, out_proj or LM head), section 3. */
export interface QuantizedLinear {
  readonly rows: number;
  readonly cols: number;
  /** Block size of the online Hadamard transform of the input; 1 = none. */
  readonly hatSize: number;
  /** Input quantizer. One entry, or `cols` entries with `hadamard: smooth`. All entries share `inputShift`. */
  readonly inputMultiplier: Uint16Array;
  readonly inputShift: number;
  /** Row-major [rows][cols]: what is multiplied. With fewer than 8 bits a code times the scale of its group. */
  readonly weight: Int8Array;
  readonly weightBits: WeightBits;
  /** Columns of a group; 0: no groups, as with 8 bits. */
  readonly weightGroup: number;
  /** [rows][ceil(cols / weightGroup)], scales less 1, 0 to 15; empty without groups. */
  readonly groupScale: Uint8Array;
  readonly bias: Int32Array;
  readonly multiplier: Uint16Array;
  readonly shift: Uint8Array;
}

/** One RMSNorm, section 2 (`inShift` 0 and no first line for the gated norm, section 8). */
export interface QuantizedNorm {
  readonly inShift: number;
  /** epsilon in the scale of the sum of squares; an integer below 2^50. */
  readonly eps: number;
  readonly outFracBits: number;
}

/** Fraction bits of the four tensors that share a format a layer. */
export interface TensorFracBits {
  readonly z: number;
  readonly x: number;
  readonly b: number;
  readonly c: number;
}

/** One Mamba2 block without its last projection. Per-channel arrays follow the channel order x, B, C; per-head arrays have nHeads entries. */
export interface InnerLayer {
  readonly index: number;
  readonly norm: QuantizedNorm;
  readonly inProj: QuantizedLinear;
  /** Formats of in_proj's results. */
  readonly fracBits: TensorFracBits;
  /** [dConv][convKernel] */
  readonly convWeight: Int16Array;
  readonly convBias: Int32Array;
  readonly convShift: Uint8Array;
  /** Fraction bits before and after SiLU. `siluIn.z` equals `fracBits.z`. */
  readonly siluIn: TensorFracBits;
  readonly siluOut: TensorFracBits;
  /** |A| = absA * 2^-aShift, section 6. */
  readonly absA: Uint32Array;
  readonly aShift: Uint8Array;
  readonly uShift: Uint8Array;
  readonly injectShift: Uint8Array;
  readonly dSkip: Int16Array;
  readonly skipShift: Uint8Array;
  readonly yShift: Uint8Array;
  readonly gateShift: Uint8Array;
  readonly gatedNorm: QuantizedNorm;
}

/** One Mamba2 block. */
export interface QuantizedLayer extends InnerLayer {
  readonly outProj: QuantizedLinear;
}

/** What is not a layer. Embedding rows are read on demand: see `QuantizedModel.embeddingRows`. */
export interface QuantizedHead {
  readonly norm: QuantizedNorm;
  readonly lmHead: QuantizedLinear;
  readonly logitFracBits: number;
}

/** Scalars of a model. */
export interface QuantizedScalars {
  readonly residualFracBits: number;
  /** Clamp of dt, U4.20 in base-2 units (24 bits). */
  readonly dtMin: number;
  readonly dtMax: number;
}

/**
 * A quantized model, layer by layer: implemented by the artifact on disk (one layer in memory at a time) and by the
 * quantizer's result in memory.
 */
export interface QuantizedModel {
  readonly config: Mamba2Config;
  readonly options: QuantOptions;
  readonly scalars: QuantizedScalars;
  /** A layer, read anew. */
  layer(index: number): Promise<QuantizedLayer>;
  /** Final norm and LM head. */
  head(): Promise<QuantizedHead>;
  /** Residual rows (int32, `residualFracBits`) of the given tokens, [tokens.length][dModel]. */
  embeddingRows(tokens: ArrayLike<number>): Promise<Int32Array>;
}
