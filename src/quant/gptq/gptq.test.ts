import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../util/random.js';
import { codeRange, leastSquaresGroupScale, rowUnit } from '../scale/group-scales.js';
import { type CodeRange, nearestCode } from '../scale/weights.js';
import { factorize, type InputFactor } from './factor.js';
import { addMoments, addTokens, noMoments } from './moments.js';
import { type RoundedRows, roundRows } from './round-rows.js';

/** Tokens whose columns are correlated, of different sizes and with a mean. */
function inputs(random: Random, tokens: number, cols: number): Int8Array {
  const x = new Int8Array(tokens * cols);
  const sizes = Float64Array.from({ length: cols }, () => random.between(3, 40));
  for (let t = 0; t < tokens; t++) {
    let before = random.normal();
    for (let c = 0; c < cols; c++) {
      before = 0.7 * before + 0.7 * random.normal();
      x[t * cols + c] = Math.max(-128, Math.min(127, Math.round(sizes[c] * (before + 0.3))));
    }
  }
  return x;
}

const weightsOf = (random: Random, count: number) =>
  Float64Array.from({ length: count }, () => random.normal());

function momentsOf(x: Int8Array, cols: number) {
  const moments = noMoments(cols);
  addTokens(moments, x);
  return moments;
}

describe('moments', () => {
  it.each([
    [1, 1],
    [5, 3],
    [70, 37],
    [2100, 33],
  ])('%i tokens of %i columns: exact sums, also in two parts and at the ends of int8', (tokens, cols) => {
    const random = new Random(3, `${tokens} ${cols}`);
    const x = Int8Array.from({ length: tokens * cols }, () => random.edgy(-128, 127));
    const whole = momentsOf(x, cols);
    const half = Math.floor(tokens / 2) * cols;
    const parts = momentsOf(x.subarray(0, half), cols);
    addMoments(parts, momentsOf(x.subarray(half), cols));
    expect(parts).toEqual(whole);
    expect(whole.tokens).toBe(tokens);
    for (let i = 0; i < cols; i++) {
      let sum = 0;
      for (let t = 0; t < tokens; t++) sum += x[t * cols + i];
      expect(whole.sums[i]).toBe(sum);
      for (let j = i; j < cols; j++) {
        let product = 0;
        for (let t = 0; t < tokens; t++) product += x[t * cols + i] * x[t * cols + j];
        expect(whole.products[i * cols + j]).toBe(product);
      }
    }
  });
});

/** Covariance times tokens, with what factorize adds to the diagonal. */
function dampedCovariance(x: Int8Array, cols: number, damping: number): Float64Array {
  const tokens = x.length / cols;
  const mean = Float64Array.from({ length: cols }, (_, c) => {
    let sum = 0;
    for (let t = 0; t < tokens; t++) sum += x[t * cols + c];
    return sum / tokens;
  });
  const h = new Float64Array(cols * cols);
  for (let i = 0; i < cols; i++) {
    for (let j = 0; j < cols; j++) {
      for (let t = 0; t < tokens; t++) {
        h[i * cols + j] += (x[t * cols + i] - mean[i]) * (x[t * cols + j] - mean[j]);
      }
    }
  }
  let trace = 0;
  for (let i = 0; i < cols; i++) trace += h[i * cols + i];
  for (let i = 0; i < cols; i++) h[i * cols + i] += (damping * trace) / cols;
  return h;
}

describe('factor', () => {
  it.each([0, 16, 32])(
    'is that of the damped covariance, columns reordered in groups of %i only',
    (group) => {
      const cols = 40;
      const x = inputs(new Random(5), 300, cols);
      const { order, upper, damping, mean } = factorize(momentsOf(x, cols), group);
      expect(damping).toBe(0.01);
      const h = dampedCovariance(x, cols, 0.01);
      for (let i = 0; i < cols; i++) {
        if (group > 0) expect(Math.floor(order[i] / group)).toBe(Math.floor(i / group));
        for (let j = 0; j < cols; j++) {
          let sum = 0;
          for (let k = 0; k < cols; k++) sum += upper[k * cols + i] * upper[k * cols + j];
          expect(sum / h[order[i] * cols + order[j]]).toBeCloseTo(1, 8);
          if (j < i) expect(upper[i * cols + j]).toBe(0);
        }
      }
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: cols }, (_, i) => i));
      const first = x.filter((_, i) => i % cols === order[0]).reduce((sum, v) => sum + v, 0);
      expect(mean[0]).toBeCloseTo(first / 300, 9);
    },
  );

  it('takes more damping where the matrix is not positive definite', () => {
    const products = Float64Array.of(1, 5, 0, 1);
    const { damping } = factorize({ cols: 2, tokens: 4, sums: new Float64Array(2), products }, 0);
    expect(damping).toBeCloseTo(10, 9);
  });

  it('of inputs that are all zero is a multiple of 1', () => {
    const { upper } = factorize(momentsOf(new Int8Array(30), 3), 0);
    expect([...upper]).toEqual([0.1, 0, 0, 0, 0.1, 0, 0, 0, 0.1]);
  });
});

interface Case {
  readonly seed: number;
  readonly cols: number;
  readonly group: number;
  readonly range: CodeRange;
}
const cases = fc.record({
  seed: fc.integer(),
  cols: fc.integer({ min: 1, max: 150 }),
  group: fc.constantFrom(0, 16, 32),
  range: fc.constantFrom(codeRange(4), codeRange(2)),
});
const ROWS = 5;

function prepare({ seed, cols, group, range }: Case) {
  const random = new Random(seed, 'rows');
  const weights = weightsOf(random, ROWS * cols);
  const units = Float64Array.from({ length: ROWS }, (_, r) => rowUnit(weights, r * cols, cols, group, range));
  return { random, task: { weights, cols, range, group, units } };
}

/** Code and scale of each weight. */
function codesOf({ weight, groupScale }: RoundedRows, cols: number, group: number) {
  const groups = group === 0 ? 0 : Math.ceil(cols / group);
  return Array.from(weight, (w, i) => {
    const scale =
      group === 0 ? 1 : groupScale[Math.floor(i / cols) * groups + Math.floor((i % cols) / group)] + 1;
    return { code: w / scale, scale };
  });
}

function squaredError(values: Float64Array, step: number, range: CodeRange): number {
  let sum = 0;
  for (const v of values) {
    let best = Number.POSITIVE_INFINITY;
    for (let code = range.min; code <= range.max; code++) best = Math.min(best, (v - code * step) ** 2);
    sum += best;
  }
  return sum;
}

describe('rounding to the nearest', () => {
  it('gives the nearest code at the best of the sixteen scales', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { task } = prepare(one);
        const { cols, group, range } = one;
        const rounded = roundRows(task);
        expect([...rounded.lost]).toEqual(new Array(ROWS).fill(0));
        codesOf(rounded, cols, group).forEach(({ code, scale }, i) => {
          const wanted = task.weights[i] / (scale * task.units[Math.floor(i / cols)]);
          expect(code).toBeGreaterThanOrEqual(range.min);
          expect(code).toBeLessThanOrEqual(range.max);
          const inside = Math.min(Math.max(wanted, range.min), range.max);
          expect(Math.abs(inside - code)).toBeLessThanOrEqual(0.5 + 1e-12);
        });
        if (group === 0) return;
        const groups = Math.ceil(cols / group);
        rounded.groupScale.forEach((stored, i) => {
          const [row, from] = [Math.floor(i / groups), (i % groups) * group];
          const to = Math.min(from + group, cols);
          const values = task.weights.subarray(row * cols + from, row * cols + to);
          const errorOf = (scale: number) => squaredError(values, scale * task.units[row], range);
          const chosen = errorOf(stored + 1);
          for (let scale = 1; scale <= 16; scale++) {
            expect(chosen).toBeLessThanOrEqual(errorOf(scale) * (1 + 1e-9));
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  it('uses most of the scales of a row, the largest among them', () => {
    const cols = 2048;
    const random = new Random(2);
    const weights = Float64Array.from({ length: cols }, (_, i) => random.normal() * 2 ** (i / 512));
    const units = Float64Array.of(rowUnit(weights, 0, cols, 128, codeRange(4)));
    const { groupScale } = roundRows({ weights, cols, range: codeRange(4), group: 128, units });
    expect(Math.max(...groupScale)).toBe(15);
    expect(Math.min(...groupScale)).toBeLessThan(3);
  });
});

/**
 * GPTQ as its paper has it (arXiv 2210.17323, equations 2 and 3): the inverse of H, its row of the column just rounded taken off the weights that
 * are left, and the column eliminated from the inverse. Nothing in common with the factor but H.
 */
function textbook(
  weights: Float64Array,
  h: Float64Array,
  { order, cols }: InputFactor,
  group: number,
  range: CodeRange,
  unit: number,
) {
  const w = weights.slice();
  const inverse = inverseOf(h, cols);
  const weight = new Int8Array(cols);
  const scales: number[] = [];
  let scale = 1;
  for (let position = cols - 1; position >= 0; position--) {
    const c = order[position];
    const from = group === 0 ? 0 : Math.floor(c / group) * group;
    const to = group === 0 ? cols : Math.min(from + group, cols);
    if (group > 0 && position === to - 1) {
      const left = Float64Array.from(order.subarray(from, to), (col) => w[col]);
      scale = leastSquaresGroupScale(left, 0, to - from, unit, range);
      scales[from / group] = scale - 1;
    }
    const code = nearestCode(w[c] / (scale * unit), range);
    weight[c] = code * scale;
    const error = (w[c] - code * scale * unit) / inverse[c * cols + c];
    const row = inverse.slice(c * cols, (c + 1) * cols);
    for (let j = 0; j < cols; j++) w[j] -= error * row[j];
    for (let i = 0; i < cols; i++) {
      for (let j = 0; j < cols; j++) inverse[i * cols + j] -= (row[i] * row[j]) / row[c];
    }
  }
  return { weight, scales };
}

/** Gauss-Jordan, for positive definite matrices. */
function inverseOf(matrix: Float64Array, n: number): Float64Array {
  const a = matrix.slice();
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) out[i * n + i] = 1;
  for (let k = 0; k < n; k++) {
    const pivot = a[k * n + k];
    for (let j = 0; j < n; j++) {
      a[k * n + j] /= pivot;
      out[k * n + j] /= pivot;
    }
    for (let i = 0; i < n; i++) {
      const factor = a[i * n + k];
      if (i === k || factor === 0) continue;
      for (let j = 0; j < n; j++) {
        a[i * n + j] -= factor * a[k * n + j];
        out[i * n + j] -= factor * out[k * n + j];
      }
    }
  }
  return out;
}

describe('GPTQ', () => {
  it('gives the codes and scales of the paper', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { cols, group, range } = one;
        const { random, task } = prepare(one);
        const x = inputs(random, 400, cols);
        const factor = factorize(momentsOf(x, cols), group);
        const h = dampedCovariance(x, cols, factor.damping);
        const { weight, groupScale } = roundRows({ ...task, factor });
        const groups = group === 0 ? 0 : Math.ceil(cols / group);
        for (let row = 0; row < ROWS; row++) {
          const own = task.weights.slice(row * cols, (row + 1) * cols);
          const expected = textbook(own, h, factor, group, range, task.units[row]);
          expect(weight.slice(row * cols, (row + 1) * cols)).toEqual(expected.weight);
          expect([...groupScale.slice(row * groups, (row + 1) * groups)]).toEqual(expected.scales);
        }
      }),
      { numRuns: 25 },
    );
  });

  it.each([0, 32])('leaves less than half of the squared error of the nearest (groups of %i)', (group) => {
    const one = { seed: 1, cols: 128, group, range: codeRange(4) };
    const { random, task } = prepare(one);
    const x = inputs(random, 1000, 128);
    const factor = factorize(momentsOf(x, 128), group);
    const errorOf = ({ weight, lost }: RoundedRows) => {
      let sum = 0;
      for (let row = 0; row < ROWS; row++) {
        for (let t = 0; t < 1000; t++) {
          let error = -lost[row];
          for (let c = 0; c < 128; c++) {
            const i = row * 128 + c;
            error += (task.weights[i] - weight[i] * task.units[row]) * x[t * 128 + c];
          }
          sum += error ** 2;
        }
      }
      return sum;
    };
    expect(errorOf(roundRows({ ...task, factor }))).toBeLessThan(0.5 * errorOf(roundRows(task)));
  });

  it('says what the results lose on average', () => {
    const one = { seed: 4, cols: 33, group: 16, range: codeRange(2) };
    const { random, task } = prepare(one);
    const x = inputs(random, 50, 33);
    const factor = factorize(momentsOf(x, 33), 16);
    const { weight, lost } = roundRows({ ...task, factor });
    for (let row = 0; row < ROWS; row++) {
      let sum = 0;
      for (let i = 0; i < x.length; i++) {
        const at = row * 33 + (i % 33);
        sum += (task.weights[at] - weight[at] * task.units[row]) * x[i];
      }
      expect(lost[row]).toBeCloseTo(sum / 50, 9);
    }
  });
});

describe('weights that are three values already', () => {
  it.each([
    [0, false],
    [0, true],
    [32, false],
    [32, true],
  ])('come through exactly, in groups of %i, with GPTQ: %s', (group, usesGptq) => {
    const random = new Random(8);
    const cols = 100;
    const signs = Int8Array.from({ length: ROWS * cols }, () => random.integer(-1, 1));
    // A value a group; with no groups a value a row.
    const sizeAt = (i: number) =>
      0.013 * (1 + Math.floor(i / cols)) * (group === 0 ? 1 : 1 + (Math.floor((i % cols) / group) % 2));
    const weights = Float64Array.from(signs, (sign, i) => sign * sizeAt(i));
    const range = codeRange(2);
    const units = Float64Array.from({ length: ROWS }, (_, r) =>
      rowUnit(weights, r * cols, cols, group, range),
    );
    const x = inputs(random, 400, cols);
    const factor = usesGptq ? factorize(momentsOf(x, cols), group) : undefined;
    const { weight } = roundRows({ weights, cols, range, group, units, factor });
    weight.forEach((w, i) => {
      expect(w * units[Math.floor(i / cols)]).toBeCloseTo(weights[i], 14);
    });
  });
});
