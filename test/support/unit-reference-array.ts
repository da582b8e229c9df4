/**
 * What MAT array, rescale, convolution and state space must give, from the text of docs/integer-model.md (sections 3, 4 and 7): one
 * reference for the tests of units on the interpreter and as emitted C++. Naive loops, exact below 2^53.
 */

import { rsh, sat } from '../../src/quant/rounding.js';
import type { ConvTables } from '../../src/units/movement/conv-params.js';
import type { HeadTables } from '../../src/units/movement/head-params.js';
import { packTile, type TileShape } from '../../src/units/movement/tile-order.js';
import type { Random } from '../../src/util/random.js';
import { type Chunked, chunksOf, tokensOfChunk } from './unit-reference-order.js';

/** Words that go into a MAT array in one call, and what comes out. */
export interface MatWords {
  /** A port. */
  readonly weights: number[][];
  readonly input: number[];
  readonly output: number[];
}

/** acc[o] = sum over i of weight[o][i] x[i] for every token; words in the orders (chunk, o, k, slot) and (chunk, o, token). */
export function matWords(
  call: Chunked,
  tile: TileShape,
  rowTiles: number,
  colTiles: number,
  weight: Int8Array,
  x: Int8Array,
): MatWords {
  const matrix = { weight, rows: rowTiles * tile.rows, cols: colTiles * tile.cols };
  const weights: number[][] = Array.from({ length: tile.ports }, () => []);
  const input: number[] = [];
  const output: number[] = [];
  for (let chunk = 0; chunk < chunksOf(call); chunk++)
    for (let o = 0; o < rowTiles; o++) {
      for (let k = 0; k < colTiles; k++) {
        packTile(matrix, o * tile.rows, k * tile.cols, tile).forEach((bytes, port) => {
          weights[port].push(...bytes);
        });
        tokensOfChunk(chunk, call, (t) => {
          const from = t * matrix.cols + k * tile.cols;
          input.push(...x.subarray(from, from + tile.cols));
        });
      }
      tokensOfChunk(chunk, call, (t) => {
        for (let row = o * tile.rows; row < (o + 1) * tile.rows; row++) {
          let sum = 0;
          for (let i = 0; i < matrix.cols; i++) sum += weight[row * matrix.cols + i] * x[t * matrix.cols + i];
          output.push(sum);
        }
      });
    }
  return { weights, input, output };
}

/** Parameters of a row behind a MAT array. */
export interface RowScale {
  readonly bias: number;
  readonly multiplier: number;
  readonly shift: number;
}

/** satB(rsh((acc + bias) multiplier, shift)) of values in the order (chunk, tile, token, row of the tile), dealt out by tile. */
export function rescaled(
  call: Chunked,
  rows: readonly RowScale[],
  tileRows: number,
  bits: number,
  accumulators: readonly number[],
  firstTiles: number,
): [number[], number[]] {
  const outputs: [number[], number[]] = [[], []];
  let next = 0;
  for (let chunk = 0; chunk < chunksOf(call); chunk++)
    for (let tile = 0; tile < rows.length / tileRows; tile++)
      tokensOfChunk(chunk, call, () => {
        for (let r = tile * tileRows; r < (tile + 1) * tileRows; r++) {
          const { bias, multiplier, shift } = rows[r];
          outputs[tile < firstTiles ? 0 : 1].push(
            sat(rsh((accumulators[next++] + bias) * multiplier, shift), bits),
          );
        }
      });
  return outputs;
}

/** The four u16 fields of every row. */
export const rowFields = (rows: readonly RowScale[]): number[] =>
  rows.flatMap(({ bias, multiplier, shift }) => [bias & 0xffff, bias >>> 16, multiplier, shift]);

export interface ConvShape {
  readonly lanes: number;
  readonly groups: number;
  readonly taps: number;
}

/** Section 4, from its text; `state` is [taps - 1][channels]. */
export function convolved(
  { lanes, groups, taps }: ConvShape,
  tables: ConvTables,
  x: readonly number[],
  state: readonly number[],
): { output: number[]; state: number[] } {
  const channels = lanes * groups;
  const all = [...state, ...x];
  const output: number[] = [];
  for (let t = 0; t < x.length / channels; t++)
    for (let c = 0; c < channels; c++) {
      let acc = tables.bias[c];
      for (let k = 0; k < taps; k++) acc += tables.weight[c * taps + k] * all[(t + k) * channels + c];
      output.push(sat(rsh(acc, tables.shift[c]), 16));
    }
  return { output, state: all.slice(all.length - state.length) };
}

/** Words of a convolution's state, order (group, tap, lane), as places in [taps - 1][channels]. */
export function convStateOrder({ lanes, groups, taps }: ConvShape): number[] {
  const places: number[] = [];
  for (let group = 0; group < groups; group++)
    for (let k = 0; k < taps - 1; k++)
      for (let lane = 0; lane < lanes; lane++) places.push(k * lanes * groups + group * lanes + lane);
  return places;
}

export function randomConvTables(random: Random, { lanes, groups, taps }: ConvShape): ConvTables {
  const channels = lanes * groups;
  return {
    weight: Int16Array.from({ length: channels * taps }, () => random.edgy(-32768, 32767)),
    bias: Int32Array.from({ length: channels }, () => random.edgy(-(2 ** 31), 2 ** 31 - 1)),
    shift: Uint8Array.from({ length: channels }, () => (random.bits() & 1 ? 17 : random.edgy(0, 36))),
  };
}

/** Sizes of a state space engine: Pl x Nl lanes, and how many of them make P x N. */
export interface SsmShape {
  readonly headsPerGroup: number;
  readonly groups: number;
  /** P where heads share words of Pl rows: there is one group then. */
  readonly headDim?: number;
  /** Pl, P / Pl, Nl, N / Nl. */
  readonly rows: number;
  readonly headRows: number;
  readonly cols: number;
  readonly stateCols: number;
  readonly stateBits: number;
}

/** Of one call: x [t][H P], B and C [t][G N], dt and decay [t][H]. */
export interface SsmInputs {
  readonly tokens: number;
  readonly x: number[];
  readonly b: number[];
  readonly c: number[];
  readonly dt: number[];
  readonly decay: number[];
}

export const ssmSizes = (s: SsmShape) => ({
  H: s.groups * s.headsPerGroup,
  P: s.headDim ?? s.rows * s.headRows,
  N: s.cols * s.stateCols,
  G: s.groups,
});

/** Tokens from..to of a call. */
export function someTokens(shape: SsmShape, inputs: SsmInputs, from: number, to: number): SsmInputs {
  const { H, P, N, G } = ssmSizes(shape);
  const cut = (values: number[], width: number) => values.slice(from * width, to * width);
  return {
    tokens: to - from,
    x: cut(inputs.x, H * P),
    b: cut(inputs.b, G * N),
    c: cut(inputs.c, G * N),
    dt: cut(inputs.dt, H),
    decay: cut(inputs.decay, H),
  };
}

/** Section 7, from its text; `h` is [H][P][N] and changes. `states` is h after every token. */
export function stateSpace(
  shape: SsmShape,
  heads: HeadTables,
  { tokens, x, b, c, dt, decay }: SsmInputs,
  h: number[],
): { u: number[]; states: number[][]; y: number[] } {
  const { H, P, N, G } = ssmSizes(shape);
  const u: number[] = [];
  const y: number[] = [];
  const states: number[][] = [];
  for (let t = 0; t < tokens; t++) {
    for (let head = 0; head < H; head++) {
      const g = Math.floor((head * G) / H);
      for (let p = 0; p < P; p++) {
        const xp = x[(t * H + head) * P + p];
        const up = sat(rsh(dt[t * H + head] * xp, heads.uShift[head]), 16);
        u.push(up);
        let acc = heads.dSkip[head] * xp * 2 ** heads.skipShift[head];
        for (let n = 0; n < N; n++) {
          const place = (head * P + p) * N + n;
          const inject = up * b[(t * G + g) * N + n] * 2 ** heads.injectShift[head];
          h[place] = sat(rsh(h[place] * decay[t * H + head] + inject, 17), shape.stateBits);
          acc += c[(t * G + g) * N + n] * h[place];
        }
        y.push(sat(rsh(acc, heads.yShift[head]), 16));
      }
    }
    states.push(h.slice());
  }
  return { u, states, y };
}

/** Words of rows of all heads. */
export const ssmRowWords = (shape: SsmShape): number => {
  const { H, P } = ssmSizes(shape);
  return Math.ceil((H * P) / shape.rows);
};

/** Order of the state words: (row, col) of [Pl][Nl]; maps it to [H P][N], rows after the last to -1. */
export function stateOrder(shape: SsmShape): number[] {
  const { H, P, N } = ssmSizes(shape);
  const order: number[] = [];
  for (let word = 0; word < ssmRowWords(shape); word++)
    for (let col = 0; col < shape.stateCols; col++)
      for (let p = 0; p < shape.rows; p++)
        for (let n = 0; n < shape.cols; n++) {
          const row = word * shape.rows + p;
          order.push(row < H * P ? row * N + col * shape.cols + n : -1);
        }
  return order;
}

export function randomHeads(random: Random, heads: number): HeadTables {
  const bytes = (lo: number, hi: number) => Uint8Array.from({ length: heads }, () => random.edgy(lo, hi));
  return {
    absA: Uint32Array.from({ length: heads }, () => random.edgy(0, 2 ** random.integer(1, 17) - 1)),
    aShift: bytes(1, 4).map((step) => 6 * step),
    uShift: Uint8Array.from({ length: heads }, () => (random.bits() & 1 ? 24 : random.edgy(0, 40))),
    injectShift: bytes(0, 15),
    dSkip: Int16Array.from({ length: heads }, () => random.edgy(-32768, 32767)),
    skipShift: bytes(0, 20),
    yShift: Uint8Array.from({ length: heads }, () => (random.bits() & 1 ? 26 : random.edgy(0, 47))),
    gateShift: bytes(0, 31),
  };
}

export function randomSsmInputs(random: Random, shape: SsmShape, tokens: number): SsmInputs {
  const { H, P, N, G } = ssmSizes(shape);
  const draw = (count: number, lo: number, hi: number) =>
    Array.from({ length: count }, () => random.edgy(lo, hi));
  return {
    tokens,
    x: draw(tokens * H * P, -32768, 32767),
    b: draw(tokens * G * N, -32768, 32767),
    c: draw(tokens * G * N, -32768, 32767),
    dt: draw(tokens * H, 0, 2 ** 24 - 1),
    decay: draw(tokens * H, 0, 2 ** 17 - 1),
  };
}
