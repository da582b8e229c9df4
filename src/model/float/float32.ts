/**
 * The float model's products and scan in float32 on WebAssembly SIMD, for evaluations: logits are within 1e-3 of the largest of those of float64,
 * which stays the reference. Weights are copied into WebAssembly memory block by block while they are used, so that a model of any size runs.
 */
import { WasmLayout, WasmMemory } from '../../util/wasm.js';
import { dConv, type Mamba2Config } from '../config/mamba2-config.js';
import type { FloatMath } from './layer.js';
import { headColumns, headState, recurrentScan, type ScanInput } from './scan.js';

/** The functions of wasm/index.ts; addresses are bytes. */
interface Kernels {
  products(weight: number, x: number, y: number, rows: number, stride: number, tokens: number): void;
  updateHead(
    h: number,
    b: number,
    c: number,
    x: number,
    y: number,
    headDim: number,
    dState: number,
    decay: number,
    step: number,
    d: number,
  ): void;
}

/** Tokens at once. */
const PIECE_TOKENS = 64;
/** Bytes of weights at once: a part of the second-level cache. */
const BLOCK_BYTES = 2 ** 18;

const roundUp = (value: number, unit: number) => Math.ceil(value / unit) * unit;

/** Products and scan for models of this config. */
export function float32Math(config: Mamba2Config): FloatMath {
  const stride = roundUp(Math.max(config.dModel, config.dInner), 4);
  const layout = new WasmLayout();
  const blockRows = Math.max(4, Math.floor(BLOCK_BYTES / (4 * stride) / 4) * 4);
  const places = {
    weight: layout.take(Math.max(BLOCK_BYTES, 4 * blockRows * stride)),
    x: layout.take(4 * PIECE_TOKENS * Math.max(stride, dConv(config))),
    y: layout.take(Math.max(BLOCK_BYTES, 4 * PIECE_TOKENS * config.dInner)),
    h: layout.take(4 * config.headDim * config.dState),
  };
  const memory = new WasmMemory(layout.bytes);
  const machine = { memory, kernels: memory.instantiate<Kernels>('float'), places };
  return {
    linear: (x, weight, columns, bias) => linear32(machine, x, weight, columns, bias),
    scan: (input) => (input.statePeak ? recurrentScan(input) : scan32(machine, input)),
  };
}

interface Machine {
  readonly memory: WasmMemory;
  readonly kernels: Kernels;
  readonly places: Readonly<Record<'weight' | 'x' | 'y' | 'h', number>>;
}

/** As linear.ts. */
function linear32(
  { memory, kernels, places }: Machine,
  x: Float64Array,
  weight: Float32Array,
  columns: number,
  bias: Float32Array | undefined,
): Float64Array {
  const length = x.length / columns;
  const rows = weight.length / columns;
  const stride = roundUp(columns, 4);
  const out = new Float64Array(length * rows);
  // Results of a block of rows for a piece of tokens fit their place too.
  const block = Math.max(4, Math.floor(BLOCK_BYTES / 4 / Math.max(stride, PIECE_TOKENS) / 4) * 4);
  for (let first = 0; first < length; first += PIECE_TOKENS) {
    const tokens = Math.min(PIECE_TOKENS, length - first);
    const part = x.subarray(first * columns, (first + tokens) * columns);
    copyRows(memory.f32(places.x, tokens * stride), part, columns, stride);
    for (let row = 0; row < rows; row += block) {
      const live = Math.min(block, rows - row);
      const padded = roundUp(live, 4);
      const some = weight.subarray(row * columns, (row + live) * columns);
      copyRows(memory.f32(places.weight, live * stride), some, columns, stride);
      kernels.products(places.weight, places.x, places.y, padded, stride, tokens);
      const y = memory.f32(places.y, tokens * padded);
      for (let t = 0; t < tokens; t++) {
        out.set(y.subarray(t * padded, t * padded + live), (first + t) * rows + row);
      }
    }
  }
  if (bias) {
    for (let t = 0; t < length; t++) for (let row = 0; row < rows; row++) out[t * rows + row] += bias[row];
  }
  return out;
}

/** Rows of `columns` values to rows of `stride`, zero after the columns. */
function copyRows(
  target: Float32Array,
  source: Float32Array | Float64Array,
  columns: number,
  stride: number,
): void {
  if (columns === stride) {
    target.set(source);
    return;
  }
  target.fill(0);
  for (let i = 0; i * columns < source.length; i++) {
    target.set(source.subarray(i * columns, (i + 1) * columns), i * stride);
  }
}

/** As recurrentScan. */
function scan32({ memory, kernels, places }: Machine, input: ScanInput): Float64Array {
  const { config, xBC, dt, a, d } = input;
  const { nHeads, headDim, dState, dInner } = config;
  const width = dConv(config);
  const length = dt.length / nHeads;
  const out = new Float64Array(length * dInner);
  const h = memory.f32(places.h, headDim * dState);
  for (let first = 0; first < length; first += PIECE_TOKENS) {
    const tokens = Math.min(PIECE_TOKENS, length - first);
    memory.f32(places.x, tokens * width).set(xBC.subarray(first * width, (first + tokens) * width));
    for (let head = 0; head < nHeads; head++) {
      const state = headState(input, head);
      const columns = headColumns(config, head);
      h.set(state);
      for (let t = 0; t < tokens; t++) {
        const step = dt[(first + t) * nHeads + head];
        const row = places.x + 4 * t * width;
        kernels.updateHead(
          places.h,
          row + 4 * columns.b,
          row + 4 * columns.c,
          row + 4 * columns.x,
          places.y + 4 * (t * dInner + columns.x),
          headDim,
          dState,
          Math.exp(step * a[head]),
          step,
          d[head],
        );
      }
      state.set(h);
    }
    out.set(memory.f32(places.y, tokens * dInner), first * dInner);
  }
  return out;
}
