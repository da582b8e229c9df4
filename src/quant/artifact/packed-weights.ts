/**
 * Weights narrower than 8 bits as an artifact holds them (docs/integer-model.md section 3): codes and scales side by side from the lowest bits of
 * a byte on, each row from a byte of its own.
 */
import type { QuantizedLinear } from '../types.js';

/** Bits of a group's scale less 1. */
const SCALE_BITS = 4;

/** Bytes that `count` values of `bits` bits take. */
export function packedBytes(count: number, bits: number): number {
  return Math.ceil((count * bits) / 8);
}

/** Groups of a row. */
export function groupsOf(cols: number, weightGroup: number): number {
  return weightGroup === 0 ? 0 : Math.ceil(cols / weightGroup);
}

type Weights = Pick<
  QuantizedLinear,
  'rows' | 'cols' | 'weightBits' | 'weightGroup' | 'groupScale' | 'weight'
>;

/** The codes of a layer, [rows][packedBytes(cols, weightBits)]. */
export function packCodes(linear: Weights): Uint8Array {
  const { rows, cols, weight, weightBits } = linear;
  return packRows(rows, cols, weightBits, (row, col) => weight[row * cols + col] / scaleOf(linear, row, col));
}

/** Its scales, [rows][packedBytes(groups, 4)]. */
export function packScales({ rows, cols, weightGroup, groupScale }: Weights): Uint8Array {
  const groups = groupsOf(cols, weightGroup);
  return packRows(rows, groups, SCALE_BITS, (row, group) => groupScale[row * groups + group]);
}

/** Scales, as `packScales` makes them. */
export function unpackScales(
  { rows, cols, weightGroup }: Omit<Weights, 'weight' | 'groupScale'>,
  bytes: Uint8Array,
): Uint8Array {
  const groups = groupsOf(cols, weightGroup);
  return unpackRows(rows, groups, SCALE_BITS, bytes, new Uint8Array(rows * groups));
}

/** Codes, as `packCodes` makes them, times their scales. */
export function unpackCodes(linear: Omit<Weights, 'weight'>, bytes: Uint8Array): Int8Array {
  const { rows, cols, weightBits } = linear;
  const weight = unpackRows(rows, cols, weightBits, bytes, new Int8Array(rows * cols));
  const half = 2 ** (weightBits - 1);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const i = row * cols + col;
      const code = weight[i] < half ? weight[i] : weight[i] - 2 * half;
      weight[i] = code * scaleOf(linear, row, col);
    }
  }
  return weight;
}

function scaleOf(
  { cols, weightGroup, groupScale }: Omit<Weights, 'weight'>,
  row: number,
  col: number,
): number {
  if (weightGroup === 0) return 1;
  return groupScale[row * groupsOf(cols, weightGroup) + Math.floor(col / weightGroup)] + 1;
}

function packRows(
  rows: number,
  count: number,
  bits: number,
  valueAt: (row: number, index: number) => number,
): Uint8Array {
  const bytes = packedBytes(count, bits);
  const out = new Uint8Array(rows * bytes);
  const mask = 2 ** bits - 1;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < count; i++) {
      out[row * bytes + ((i * bits) >> 3)] |= (valueAt(row, i) & mask) << ((i * bits) & 7);
    }
  }
  return out;
}

/** Unsigned values. */
function unpackRows<Out extends Uint8Array | Int8Array>(
  rows: number,
  count: number,
  bits: number,
  bytes: Uint8Array,
  out: Out,
): Out {
  const stride = packedBytes(count, bits);
  const mask = 2 ** bits - 1;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < count; i++) {
      out[row * count + i] = (bytes[row * stride + ((i * bits) >> 3)] >> ((i * bits) & 7)) & mask;
    }
  }
  return out;
}
