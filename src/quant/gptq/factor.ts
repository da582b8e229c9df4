/**
 * The Cholesky factor of the inputs' second moments, in the order in which GPTQ rounds the columns. With H = U^T U the squared error of the
 * results is |U e|^2 for a row whose weights are wrong by e, so that rounding from the last column to the first needs U alone, without an
 * inverse of H: each column makes up for the errors of those already rounded (GPTQ as Babai's nearest plane, arXiv 2507.18553).
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { InputMoments } from './moments.js';

/** What the rounding of a layer's rows needs of its inputs. Shared memory, so that threads need no copies. */
export interface InputFactor {
  readonly cols: number;
  /** [cols], column of the weights at each position; positions are rounded from the last to the first. */
  readonly order: Uint32Array;
  /** [cols][cols], upper triangular, in positions. */
  readonly upper: Float64Array;
  /** [cols], mean input in int8 units, in positions. */
  readonly mean: Float64Array;
  /** What was added to the diagonal, as a multiple of its mean. */
  readonly damping: number;
}

/** Share of the mean of the diagonal that is added to it, first and at most. */
export const DAMPING = 0.01;
const MOST_DAMPING = 1000;

/**
 * Factorizes the inputs' covariance: a wrong mean of the results goes into the bias. Columns change places inside their group of `group` (0: all
 * are one group) only, those of the largest inputs last. Damping is raised tenfold until the matrix is positive definite.
 */
export function factorize(moments: InputMoments, group: number): InputFactor {
  const { cols, tokens, sums, products } = moments;
  const at = (i: number, j: number) =>
    products[i < j ? i * cols + j : j * cols + i] - (sums[i] * sums[j]) / Math.max(1, tokens);
  const order = columnOrder(cols, group, (i) => at(i, i));
  let trace = 0;
  for (let i = 0; i < cols; i++) trace += at(i, i);
  const meanDiagonal = trace > 0 ? trace / cols : 1;
  const matrix = new Matrix(cols, cols);
  for (let i = 0; i < cols; i++) {
    for (let j = 0; j <= i; j++) {
      const value = at(order[i], order[j]);
      matrix.set(i, j, value);
      matrix.set(j, i, value);
    }
  }
  const diagonal = matrix.diagonal();
  for (let damping = DAMPING; damping <= MOST_DAMPING; damping *= 10) {
    for (let i = 0; i < cols; i++) matrix.set(i, i, diagonal[i] + damping * meanDiagonal);
    const factor = new CholeskyDecomposition(matrix);
    if (!factor.isPositiveDefinite()) continue;
    const lower = factor.lowerTriangularMatrix;
    const upper = shared(cols * cols);
    for (let i = 0; i < cols; i++) for (let j = i; j < cols; j++) upper[i * cols + j] = lower.get(j, i);
    const mean = shared(cols);
    for (let i = 0; i < cols; i++) mean[i] = sums[order[i]] / Math.max(1, tokens);
    return { cols, order, upper, mean, damping };
  }
  throw new Error('second moments of a linear layer: not positive definite with any damping');
}

function shared(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
}

/** Groups in their order, the columns of each by size: the largest come last and are rounded first, while most others can still make up for them. */
function columnOrder(cols: number, group: number, size: (column: number) => number): Uint32Array {
  const order = Uint32Array.from({ length: cols }, (_, i) => i);
  const width = group || cols;
  const sizes = Float64Array.from(order, size);
  for (let from = 0; from < cols; from += width) {
    order.subarray(from, Math.min(from + width, cols)).sort((a, b) => sizes[a] - sizes[b] || a - b);
  }
  return order;
}
