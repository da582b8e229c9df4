/** Final norm and LM head on WebAssembly SIMD, the integers of goldenLogits. */
import type { Mamba2Config } from '../../model/config/mamba2-config.js';
import type { WasmLayout } from '../../util/wasm.js';
import type { GoldenObserver } from '../golden/observer.js';
import type { QuantizedHead, QuantizedNorm } from '../types.js';
import {
  type FastMachine,
  fastLinear,
  type LinearPlace,
  type PackedLinear,
  PIECE_TOKENS,
  packLinear,
  placeLinear,
} from './linear.js';
import { fastNorm } from './norm.js';
import { TapCollector } from './taps.js';

/** Addresses of the head's weights, and of what it works on. */
export interface HeadPlace {
  readonly lmHead: LinearPlace;
  readonly residual: number;
  readonly v: number;
  readonly normed: number;
  readonly logits: number;
}

/** Reserves the memory of a head. */
export function placeHead(layout: WasmLayout, { paddedVocabSize, dModel }: Mamba2Config): HeadPlace {
  return {
    lmHead: placeLinear(layout, paddedVocabSize, dModel),
    residual: layout.take(PIECE_TOKENS * dModel * 4),
    v: layout.take(PIECE_TOKENS * dModel * 4),
    normed: layout.take(PIECE_TOKENS * dModel * 2),
    logits: layout.take(PIECE_TOKENS * paddedVocabSize * 2),
  };
}

/** A head whose weights are in memory. */
export class FastHead {
  readonly #norm: QuantizedNorm;
  readonly #lmHead: PackedLinear;

  /** Copies the weights to their place. `layerNumber` is the number of layers, under which taps of the head go. */
  constructor(
    private readonly machine: FastMachine,
    private readonly place: HeadPlace,
    private readonly layerNumber: number,
    head: QuantizedHead,
  ) {
    this.#norm = head.norm;
    this.#lmHead = packLinear(machine.memory, place.lmHead, head.lmHead);
  }

  /** Logits [tokens][paddedVocabSize] for residual [tokens][dModel]. */
  logits(residual: Int32Array, observer?: GoldenObserver): Int16Array {
    const { rows, cols } = this.#lmHead;
    const tokens = residual.length / cols;
    const taps = observer && new TapCollector(observer, this.layerNumber, tokens);
    const out = new Int16Array(tokens * rows);
    for (let first = 0; first < tokens; first += PIECE_TOKENS) {
      const count = Math.min(PIECE_TOKENS, tokens - first);
      if (taps) taps.first = first;
      const piece = this.#piece(residual.subarray(first * cols, (first + count) * cols), count, taps);
      out.set(piece, first * rows);
    }
    taps?.finish();
    return out;
  }

  #piece(residual: Int32Array, tokens: number, taps: TapCollector | undefined): Int16Array {
    const { machine, place } = this;
    const { memory, kernels } = machine;
    const { rows, cols } = this.#lmHead;
    memory.i32(place.residual, residual.length).set(residual);
    kernels.normInput(place.residual, place.v, this.#norm.inShift, residual.length);
    taps?.put('head.norm.v', memory.i32(place.v, residual.length), [cols]);
    const source = { bits: 32, v: place.v, width: cols, groups: 1 } as const;
    fastNorm(machine, this.#norm, source, tokens, place.normed, taps, 'head.norm');
    fastLinear(machine, this.#lmHead, place.normed, tokens, { out: place.logits, bits: 16 }, taps, [
      'head.hat.out',
      'head.x',
      'head.acc',
    ]);
    const logits = memory.i16(place.logits, tokens * rows);
    taps?.put('logits', logits, [rows]);
    return logits;
  }
}
