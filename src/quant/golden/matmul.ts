/**
 * Exact int8 matrix products into int32, the golden model's hot loops. Single tokens go through four rows at a time in int32;
 * longer inputs through doubles that hold two tokens each, x1 * 2^27 + x0: over at most 2,048 columns both sums stay below
 * 2^26 and their pair below 2^53, so every step is exact and one multiplication does two.
 */

const SPLIT = 2 ** 27;
const MAX_COLUMNS = 2048;
/** Tokens a block of `matmul`'s caller, so that the packed input stays in the second-level cache. */
export const TOKEN_BLOCK = 32;

/** acc[t][o] = bias[o] + sum over i of weight[o][i] x[t][i] for `tokens` tokens. |bias| + cols 2^14 must be below 2^31. */
export function matmul(
  weight: Int8Array,
  bias: Int32Array,
  rows: number,
  cols: number,
  x: Int8Array,
  tokens: number,
  acc: Int32Array,
): void {
  for (let t = 0; t < tokens; t++) acc.set(bias, t * rows);
  if (tokens < 3) {
    for (let t = 0; t < tokens; t++) single(weight, rows, cols, x, t * cols, acc, t * rows);
    return;
  }
  for (let from = 0; from < cols; from += MAX_COLUMNS) {
    packed(weight, rows, cols, from, Math.min(MAX_COLUMNS, cols - from), x, tokens, acc);
  }
}

function single(
  w: Int8Array,
  rows: number,
  cols: number,
  x: Int8Array,
  xBase: number,
  acc: Int32Array,
  accBase: number,
): void {
  let o = 0;
  for (; o + 4 <= rows; o += 4) {
    const b0 = o * cols;
    const b1 = b0 + cols;
    const b2 = b1 + cols;
    const b3 = b2 + cols;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = 0; i < cols; i++) {
      const v = x[xBase + i];
      s0 = (s0 + Math.imul(w[b0 + i], v)) | 0;
      s1 = (s1 + Math.imul(w[b1 + i], v)) | 0;
      s2 = (s2 + Math.imul(w[b2 + i], v)) | 0;
      s3 = (s3 + Math.imul(w[b3 + i], v)) | 0;
    }
    acc[accBase + o] += s0;
    acc[accBase + o + 1] += s1;
    acc[accBase + o + 2] += s2;
    acc[accBase + o + 3] += s3;
  }
  for (; o < rows; o++) {
    let s = 0;
    for (let i = 0; i < cols; i++) s = (s + Math.imul(w[o * cols + i], x[xBase + i])) | 0;
    acc[accBase + o] += s;
  }
}

/** Columns from..from+width of the product, added to acc; tokens and rows are rounded up to four with zeros. */
function packed(
  weight: Int8Array,
  rows: number,
  cols: number,
  from: number,
  width: number,
  x: Int8Array,
  tokens: number,
  acc: Int32Array,
): void {
  const quads = (tokens + 3) >> 2;
  const pairs = packPairs(x, cols, from, width, tokens, quads * 2);
  const w = new Float64Array(4 * width);
  const sums = new Float64Array(8);
  for (let o = 0; o < rows; o += 4) {
    const liveRows = Math.min(4, rows - o);
    if (liveRows < 4) w.fill(0);
    for (let j = 0; j < liveRows; j++) {
      const base = (o + j) * cols + from;
      for (let i = 0; i < width; i++) w[j * width + i] = weight[base + i];
    }
    for (let quad = 0; quad < quads; quad++) {
      product4x4(w, pairs, quad * 2 * width, width, sums);
      const liveTokens = Math.min(4, tokens - 4 * quad);
      for (let t = 0; t < liveTokens; t++) {
        const base = (4 * quad + t) * rows + o;
        for (let j = 0; j < liveRows; j++) {
          const sum = sums[(t >> 1) * 4 + j];
          const high = Math.floor(sum / SPLIT + 0.5);
          acc[base + j] += (t & 1) === 0 ? sum - high * SPLIT : high;
        }
      }
    }
  }
}

function packPairs(
  x: Int8Array,
  cols: number,
  from: number,
  width: number,
  tokens: number,
  count: number,
): Float64Array {
  const pairs = new Float64Array(count * width);
  for (let t = 0; t < tokens; t++) {
    const source = t * cols + from;
    const target = (t >> 1) * width;
    const factor = (t & 1) === 0 ? 1 : SPLIT;
    for (let i = 0; i < width; i++) pairs[target + i] += x[source + i] * factor;
  }
  return pairs;
}

/** Four rows of w times two pairs of tokens; sums[pair * 4 + row]. */
function product4x4(
  w: Float64Array,
  pairs: Float64Array,
  base: number,
  width: number,
  sums: Float64Array,
): void {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let r0 = 0;
  let r1 = 0;
  let r2 = 0;
  let r3 = 0;
  for (let i = 0; i < width; i++) {
    const u = pairs[base + i];
    const v = pairs[base + width + i];
    const w0 = w[i];
    const w1 = w[width + i];
    s0 += w0 * u;
    r0 += w0 * v;
    s1 += w1 * u;
    r1 += w1 * v;
    const w2 = w[2 * width + i];
    const w3 = w[3 * width + i];
    s2 += w2 * u;
    r2 += w2 * v;
    s3 += w3 * u;
    r3 += w3 * v;
  }
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
  sums[4] = r0;
  sums[5] = r1;
  sums[6] = r2;
  sums[7] = r3;
}
