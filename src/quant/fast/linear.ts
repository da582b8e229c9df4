/** A linear layer in WebAssembly memory (docs/integer-model.md section 3): where its parts lie, how they get there, and its products. */
import type { WasmLayout, WasmMemory } from '../../util/wasm.js';
import type { GoldenTap } from '../golden/observer.js';
import type { QuantizedLinear } from '../types.js';
import type { FastKernels } from './kernels.js';
import type { TapCollector } from './taps.js';

/** Tokens that go through a layer at once: their inputs stay in the second-level cache while the rows go by. */
export const PIECE_TOKENS = 64;
/** Rows whose accumulators of all tokens lie in memory at once. */
const CHUNK_ROWS = 1024;
/** Four rows of the columns that `products` takes at once, as int16. */
const SCRATCH_BYTES = 8 * 1024;

const roundUp = (value: number, unit: number) => Math.ceil(value / unit) * unit;

/** Addresses of a linear layer. */
export interface LinearPlace {
  readonly rows: number;
  readonly cols: number;
  /** Values a row of weights or inputs: columns rounded up to vectors. */
  readonly stride: number;
  /** int8 [rows rounded up to four][stride], zero after the columns. */
  readonly weight: number;
  /** int32 [rows] */
  readonly bias: number;
  /** Doubles [rows]: multiplier 2^-shift. */
  readonly scale: number;
  /** Doubles [cols]: inputMultiplier 2^-inputShift. */
  readonly inputScale: number;
}

/** A linear layer that is in memory. */
export interface PackedLinear extends LinearPlace {
  readonly hatSize: number;
}

/** Reserves the memory of a linear layer. */
export function placeLinear(layout: WasmLayout, rows: number, cols: number): LinearPlace {
  const stride = roundUp(cols, 8);
  const padded = roundUp(rows, 4);
  return {
    ...{ rows, cols, stride },
    weight: layout.take(padded * stride),
    bias: layout.take(padded * 4),
    scale: layout.take(padded * 8),
    inputScale: layout.take(cols * 8),
  };
}

/** Copies a linear layer to its place, whatever was there before. */
export function packLinear(memory: WasmMemory, place: LinearPlace, linear: QuantizedLinear): PackedLinear {
  const { rows, cols, stride } = place;
  const weight = memory.i8(place.weight, roundUp(rows, 4) * stride);
  if (stride === cols) weight.set(linear.weight);
  else {
    for (let o = 0; o < rows; o++) {
      weight.set(linear.weight.subarray(o * cols, (o + 1) * cols), o * stride);
    }
  }
  memory.i32(place.bias, rows).set(linear.bias);
  const scale = memory.f64(place.scale, rows);
  for (let o = 0; o < rows; o++) scale[o] = linear.multiplier[o] * 2 ** -linear.shift[o];
  const { inputMultiplier, inputShift } = linear;
  const inputScale = memory.f64(place.inputScale, cols);
  for (let i = 0; i < cols; i++) {
    inputScale[i] = inputMultiplier[inputMultiplier.length > 1 ? i : 0] * 2 ** -inputShift;
  }
  return { ...place, hatSize: linear.hatSize };
}

/** Memory that linear layers use while they run, one after the other. */
export interface LinearScratch {
  readonly hat: number;
  readonly x: number;
  readonly acc: number;
  readonly weights: number;
}

/** Reserves it for layers of at most `cols` columns. */
export function placeScratch(layout: WasmLayout, cols: number): LinearScratch {
  return {
    hat: layout.take(PIECE_TOKENS * cols * 4),
    x: layout.take(PIECE_TOKENS * roundUp(cols, 8) * 2),
    acc: layout.take(PIECE_TOKENS * CHUNK_ROWS * 4),
    weights: layout.take(SCRATCH_BYTES),
  };
}

/** Taps of a linear layer: after the transform, quantized input, accumulators. */
export type LinearTapNames = readonly [GoldenTap, GoldenTap, GoldenTap];

/** A memory with the functions that work on it. */
export interface FastMachine {
  readonly memory: WasmMemory;
  readonly kernels: FastKernels;
  readonly scratch: LinearScratch;
}

/** For `tokens` (at most PIECE_TOKENS) int16 rows at `y`: the results, `bits` wide, at `out`. Shows what it does to `taps`. */
export function fastLinear(
  { memory, kernels, scratch }: FastMachine,
  linear: PackedLinear,
  y: number,
  tokens: number,
  { out, bits }: { readonly out: number; readonly bits: 16 | 32 },
  taps: TapCollector | undefined,
  names: LinearTapNames,
): void {
  const { rows, stride } = linear;
  quantizeInput({ memory, kernels, scratch }, linear, y, tokens, taps, names);
  const allAcc = taps && new Int32Array(tokens * rows);
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const live = Math.min(CHUNK_ROWS, rows - from);
    const chunk = roundUp(live, 4);
    const weight = linear.weight + from * stride;
    const { x, acc, weights } = scratch;
    kernels.products(weight, linear.bias + 4 * from, x, acc, chunk, stride, tokens, weights);
    for (let t = 0; t < tokens; t++) {
      const source = acc + 4 * t * chunk;
      const target = t * rows + from;
      const scale = linear.scale + 8 * from;
      if (bits === 16) kernels.rescale16(source, scale, out + 2 * target, live);
      else kernels.rescale32(source, scale, out + 4 * target, live);
      allAcc?.set(memory.i32(source, live), target);
    }
  }
  if (allAcc) taps.put(names[2], allAcc, [rows]);
}

/** Transform and quantizer: int8 values as int16 at `scratch.x`, [tokens][stride]. */
function quantizeInput(
  { memory, kernels, scratch }: FastMachine,
  { hatSize, cols, stride, inputScale }: PackedLinear,
  y: number,
  tokens: number,
  taps: TapCollector | undefined,
  names: LinearTapNames,
): void {
  const { hat, x } = scratch;
  if (hatSize > 1) {
    kernels.widen(y, hat, tokens * cols);
    kernels.hadamard(hat, tokens * cols, hatSize);
    taps?.put(names[0], memory.i32(hat, tokens * cols), [cols]);
  }
  for (let t = 0; t < tokens; t++) {
    const target = x + 2 * t * stride;
    if (hatSize > 1) kernels.quantize32(hat + 4 * t * cols, inputScale, target, cols);
    else kernels.quantize16(y + 2 * t * cols, inputScale, target, cols);
  }
  if (taps) {
    const all = new Int8Array(tokens * cols);
    for (let t = 0; t < tokens; t++) all.set(memory.i16(x + 2 * t * stride, cols), t * cols);
    taps.put(names[1], all, [cols]);
  }
}
