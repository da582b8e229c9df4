/**
 * Non-negative least squares of relative errors, for the coefficients of the area model: coordinate descent on the normal equations, which
 * for some forty unknowns is quick and always ends at the same place. Rows that come out far off are given more weight in a few more rounds.
 */

export interface FitRow {
  /** What is counted, by name; what is missing is 0. */
  readonly features: Readonly<Record<string, number>>;
  /** What synthesis found. */
  readonly found: number;
  /** What is known without a coefficient. */
  readonly known: number;
}

export interface FitOptions {
  /** An error of so much counts like a relative one of a row that small. */
  readonly floor: number;
  /** What a coefficient is expected to be: it stays there as far as the rows do not say otherwise. */
  readonly expected: Readonly<Record<string, number>>;
}

const sweeps = 4000;
const rounds = 12;
/** Relative error from which on a row gains weight. */
const goal = 0.05;
/** How strongly a coefficient is held at its expected value, in shares of what the rows say about it. */
const hold = 0.05;
/** And the most it may be, in times of it: a coefficient that few rows use must not explain the errors of others. */
const most = 4;

/** Coefficients by feature, none below 0. */
export function fitCoefficients(
  names: readonly string[],
  rows: readonly FitRow[],
  { floor, expected }: FitOptions,
): Record<string, number> {
  const used = names.filter((name) => rows.some(({ features }) => (features[name] ?? 0) !== 0));
  const scales = rows.map(({ found }) => 1 / Math.max(found, floor));
  const matrix = rows.map(({ features }, i) => used.map((name) => (features[name] ?? 0) * scales[i]));
  const aims = rows.map(({ found, known }, i) => (found - known) * scales[i]);
  const weights = rows.map(() => 1);
  const aimed = used.map((name) => expected[name] ?? 0);
  let solution = aimed;
  for (let round = 0; round < rounds; round++) {
    solution = solve(matrix, aims, weights, aimed);
    matrix.forEach((row, i) => {
      const error = row.reduce((sum, value, j) => sum + value * solution[j], -aims[i]);
      weights[i] = (weights[i] + 1 + (error / goal) ** 2) / 2;
    });
  }
  return Object.fromEntries(used.map((name, j) => [name, Number(solution[j].toPrecision(4))]));
}

/** Least weighted squares, near `expected`. */
function solve(
  matrix: readonly (readonly number[])[],
  aims: readonly number[],
  weights: readonly number[],
  expected: readonly number[],
): number[] {
  const size = expected.length;
  const product = Array.from({ length: size }, () => new Float64Array(size));
  const right = new Float64Array(size);
  matrix.forEach((row, i) => {
    for (let j = 0; j < size; j++) {
      if (row[j] === 0) continue;
      right[j] += weights[i] * row[j] * aims[i];
      for (let k = 0; k < size; k++) product[j][k] += weights[i] * row[j] * row[k];
    }
  });
  const solution = [...expected];
  for (let sweep = 0; sweep < sweeps; sweep++)
    for (let j = 0; j < size; j++) {
      const own = product[j][j];
      if (own === 0) continue;
      let rest = right[j] + hold * own * expected[j];
      for (let k = 0; k < size; k++) if (k !== j) rest -= product[j][k] * solution[k];
      solution[j] = Math.min(most * expected[j], Math.max(0, rest / (own * (1 + hold))));
    }
  return solution;
}
