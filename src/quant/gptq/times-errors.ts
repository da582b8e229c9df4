/** The hot loop of GPTQ: what the errors of the positions already rounded come to at those of a block. */
import type { InputFactor } from './factor.js';

/**
 * out[row][i - from] = sum over j >= to of upper[i][j] errors[row][j], for positions i in [from, to) and all rows of errors, [count][cols]. Rows of
 * `out` are `width` long.
 */
export function timesErrors(
  { cols, upper }: InputFactor,
  errors: Float64Array,
  from: number,
  to: number,
  out: Float64Array,
  width: number,
): void {
  const count = errors.length / cols;
  const sums = new Float64Array(16);
  for (let row = 0; row < count; row += 4) {
    const rows = Math.min(4, count - row);
    for (let i = from; i < to; i += 4) {
      const positions = Math.min(4, to - i);
      if (rows === 4 && positions === 4) tile4x4(upper, i * cols, errors, row * cols, to, cols, sums);
      else tileOf(rows, positions, upper, i * cols, errors, row * cols, to, cols, sums);
      for (let r = 0; r < rows; r++) {
        for (let p = 0; p < positions; p++) out[(row + r) * width + i - from + p] = sums[4 * r + p];
      }
    }
  }
}

/** sums[4 r + p] over columns [to, cols) of the rows of `a` from a0 on (p) and of `b` from b0 on (r). */
function tileOf(
  rows: number,
  positions: number,
  a: Float64Array,
  a0: number,
  b: Float64Array,
  b0: number,
  to: number,
  cols: number,
  sums: Float64Array,
): void {
  for (let r = 0; r < rows; r++) {
    for (let p = 0; p < positions; p++) {
      let sum = 0;
      for (let j = to; j < cols; j++) sum += a[a0 + p * cols + j] * b[b0 + r * cols + j];
      sums[4 * r + p] = sum;
    }
  }
}

/** The same for four by four, each value loaded once. */
function tile4x4(
  a: Float64Array,
  a0: number,
  b: Float64Array,
  b0: number,
  to: number,
  cols: number,
  sums: Float64Array,
): void {
  let [s0, s1, s2, s3, s4, s5, s6, s7] = [0, 0, 0, 0, 0, 0, 0, 0];
  let [t0, t1, t2, t3, t4, t5, t6, t7] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let j = to; j < cols; j++) {
    const v0 = a[a0 + j];
    const v1 = a[a0 + cols + j];
    const v2 = a[a0 + 2 * cols + j];
    const v3 = a[a0 + 3 * cols + j];
    const w0 = b[b0 + j];
    s0 += v0 * w0;
    s1 += v1 * w0;
    s2 += v2 * w0;
    s3 += v3 * w0;
    const w1 = b[b0 + cols + j];
    s4 += v0 * w1;
    s5 += v1 * w1;
    s6 += v2 * w1;
    s7 += v3 * w1;
    const w2 = b[b0 + 2 * cols + j];
    t0 += v0 * w2;
    t1 += v1 * w2;
    t2 += v2 * w2;
    t3 += v3 * w2;
    const w3 = b[b0 + 3 * cols + j];
    t4 += v0 * w3;
    t5 += v1 * w3;
    t6 += v2 * w3;
    t7 += v3 * w3;
  }
  sums.set([s0, s1, s2, s3, s4, s5, s6, s7, t0, t1, t2, t3, t4, t5, t6, t7]);
}
