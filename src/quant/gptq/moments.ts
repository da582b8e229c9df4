/**
 * First and second moments of the int8 inputs of a linear layer, over the tokens of the calibration: what GPTQ knows of them. All sums are of
 * integers and exact, so that neither the order of the tokens nor the number of threads changes a bit.
 */
import { matmul } from '../golden/matmul.js';

/** Sums over tokens of x and of x x^T; of the latter the upper triangle alone is filled. */
export interface InputMoments {
  readonly cols: number;
  tokens: number;
  /** [cols] */
  readonly sums: Float64Array;
  /** [cols][cols] */
  readonly products: Float64Array;
}

/** Tokens whose products are summed in int32 at once. */
const TOKENS_AT_ONCE = 2048;
/** Rows of the product at once: as many as the matrix product takes from its cache. */
const PANEL = 32;

/** Moments of no token. */
export function noMoments(cols: number): InputMoments {
  return { cols, tokens: 0, sums: new Float64Array(cols), products: new Float64Array(cols * cols) };
}

/** Adds the tokens of x, [tokens][cols]. */
export function addTokens(moments: InputMoments, x: Int8Array): void {
  const { cols, sums, products } = moments;
  const all = x.length / cols;
  const noBias = new Int32Array(cols);
  const acc = new Int32Array(PANEL * cols);
  for (let first = 0; first < all; first += TOKENS_AT_ONCE) {
    const tokens = Math.min(TOKENS_AT_ONCE, all - first);
    const columns = transposed(x.subarray(first * cols, (first + tokens) * cols), cols);
    for (let from = 0; from < cols; from += PANEL) {
      const count = Math.min(PANEL, cols - from);
      const width = cols - from;
      const right = columns.subarray(from * tokens);
      matmul(right, noBias, width, tokens, right.subarray(0, count * tokens), count, acc);
      for (let i = 0; i < count; i++) {
        const target = (from + i) * cols + from;
        for (let j = i; j < width; j++) products[target + j] += acc[i * width + j];
      }
    }
    for (let c = 0; c < cols; c++) {
      for (let t = 0; t < tokens; t++) sums[c] += columns[c * tokens + t];
    }
  }
  moments.tokens += all;
}

/** Adds other moments of as many columns. */
export function addMoments(moments: InputMoments, { tokens, sums, products }: InputMoments): void {
  moments.tokens += tokens;
  for (let i = 0; i < sums.length; i++) moments.sums[i] += sums[i];
  for (let i = 0; i < products.length; i++) moments.products[i] += products[i];
}

/** [cols][tokens] of [tokens][cols]. */
function transposed(x: Int8Array, cols: number): Int8Array {
  const tokens = x.length / cols;
  const out = new Int8Array(x.length);
  for (let t = 0; t < tokens; t++) for (let c = 0; c < cols; c++) out[c * tokens + t] = x[t * cols + c];
  return out;
}
