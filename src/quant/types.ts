/**
 * The quantized model: everything the golden model, the kernel network and the weight image read. The arithmetic that gives
 * these fields their meaning is in docs/integer-model.md, section by section; field names are the ones used there.
 */
import type { Mamba2Config } from '../model/config/mamba2-config.js';

/** How activations are rotated before int8 quantization; `smooth` is an ablation that only the golden model runs. */
export type HadamardMode = 'folded' | 'online' | 'none' | 'smooth';
/** `ours`: base-2 tables of docs/integer-model.md section 9. `paper`: the paper's NAU, an ablation that only the golden model runs. */
export type NauVariant = 'ours' | 'paper';

/** Choices made before quantization; written to the manifest so that a result can be repeated. */
export interface QuantOptions {
  readonly hadamard: HadamardMode;
  readonly nau: NauVariant;
  /** Width W of the SSM state, 16 to 24. */
  readonly stateBits: number;
  /** Width of linear weights, 4 to 8; stored in int8 whatever the width. */
  readonly weightBits: number;
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
  /** Row-major [rows][cols]. */
  readonly weight: Int8Array;
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

/** One Mamba2 block. Per-channel arrays follow the channel order x, B, C; per-head arrays have nHeads entries. */
export interface QuantizedLayer {
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
