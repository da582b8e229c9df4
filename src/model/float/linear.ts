/**
 * Matrix times several vectors, float64: the loop that the float model spends its time in. Each weight that is loaded
 * serves six tokens and each activation two rows. Every output is one sum in order of the columns, whatever the tiling,
 * so that a token's result does not depend on how many others are computed with it.
 */

/**
 * y [L, rows] = x [L, columns] times the transpose of weight [rows, columns], plus bias [rows] when given.
 * L = x.length / columns.
 */
export function linear(
  x: Float64Array,
  weight: Float32Array,
  columns: number,
  bias?: Float32Array,
): Float64Array {
  const length = x.length / columns;
  const rows = weight.length / columns;
  const y = new Float64Array(length * rows);
  const tiledTokens = length - (length % 6);
  const tiledRows = rows - (rows % 2);
  for (let row = 0; row < tiledRows; row += 2) {
    for (let t = 0; t < tiledTokens; t += 6) tile2x6(x, weight, columns, rows, row, t, y);
  }
  for (let t = 0; t < tiledTokens; t++) {
    if (tiledRows < rows) y[t * rows + tiledRows] = dot(x, t * columns, weight, tiledRows * columns, columns);
  }
  for (let t = tiledTokens; t < length; t++) oneToken(x, weight, columns, rows, t, y);
  if (bias) {
    for (let t = 0; t < length; t++) for (let row = 0; row < rows; row++) y[t * rows + row] += bias[row];
  }
  return y;
}

function dot(x: Float64Array, x0: number, weight: Float32Array, w0: number, columns: number): number {
  let sum = 0;
  for (let i = 0; i < columns; i++) sum += weight[w0 + i] * x[x0 + i];
  return sum;
}

/** Rows `row` and `row` + 1 for tokens t to t + 5: twelve sums are what fits the registers. */
function tile2x6(
  x: Float64Array,
  weight: Float32Array,
  columns: number,
  rows: number,
  row: number,
  t: number,
  y: Float64Array,
): void {
  const w0 = row * columns;
  const w1 = w0 + columns;
  const x0 = t * columns;
  const x1 = x0 + columns;
  const x2 = x1 + columns;
  const x3 = x2 + columns;
  const x4 = x3 + columns;
  const x5 = x4 + columns;
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let a3 = 0;
  let a4 = 0;
  let a5 = 0;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  let b3 = 0;
  let b4 = 0;
  let b5 = 0;
  for (let i = 0; i < columns; i++) {
    const a = weight[w0 + i];
    const b = weight[w1 + i];
    const v0 = x[x0 + i];
    a0 += a * v0;
    b0 += b * v0;
    const v1 = x[x1 + i];
    a1 += a * v1;
    b1 += b * v1;
    const v2 = x[x2 + i];
    a2 += a * v2;
    b2 += b * v2;
    const v3 = x[x3 + i];
    a3 += a * v3;
    b3 += b * v3;
    const v4 = x[x4 + i];
    a4 += a * v4;
    b4 += b * v4;
    const v5 = x[x5 + i];
    a5 += a * v5;
    b5 += b * v5;
  }
  const y0 = t * rows + row;
  y[y0] = a0;
  y[y0 + 1] = b0;
  y[y0 + rows] = a1;
  y[y0 + rows + 1] = b1;
  y[y0 + 2 * rows] = a2;
  y[y0 + 2 * rows + 1] = b2;
  y[y0 + 3 * rows] = a3;
  y[y0 + 3 * rows + 1] = b3;
  y[y0 + 4 * rows] = a4;
  y[y0 + 4 * rows + 1] = b4;
  y[y0 + 5 * rows] = a5;
  y[y0 + 5 * rows + 1] = b5;
}

/** All rows for token t, four at a time: what decoding does. */
function oneToken(
  x: Float64Array,
  weight: Float32Array,
  columns: number,
  rows: number,
  t: number,
  y: Float64Array,
): void {
  const x0 = t * columns;
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const w0 = row * columns;
    const w1 = w0 + columns;
    const w2 = w1 + columns;
    const w3 = w2 + columns;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < columns; i++) {
      const v = x[x0 + i];
      a += weight[w0 + i] * v;
      b += weight[w1 + i] * v;
      c += weight[w2 + i] * v;
      d += weight[w3 + i] * v;
    }
    const y0 = t * rows + row;
    y[y0] = a;
    y[y0 + 1] = b;
    y[y0 + 2] = c;
    y[y0 + 3] = d;
  }
  for (; row < rows; row++) y[t * rows + row] = dot(x, x0, weight, row * columns, columns);
}
