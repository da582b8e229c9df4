/**
 * Rounds rows of weights to codes of few bits, with both levels of scale inside the loop: plainly to the nearest, or by GPTQ (arXiv 2210.17323)
 * with the factor of the inputs' second moments. Rows are independent of each other.
 */
import { leastSquaresGroupScale } from '../scale/group-scales.js';
import { type CodeRange, nearestCode } from '../scale/weights.js';
import type { InputFactor } from './factor.js';
import { timesErrors } from './times-errors.js';

/** Rows to round. */
export interface RoundingTask {
  /** [count][cols] */
  readonly weights: Float64Array;
  readonly cols: number;
  readonly range: CodeRange;
  /** Columns of a group; 0: no groups, every scale is 1. */
  readonly group: number;
  /** [count], real value of a weight of 1. */
  readonly units: Float64Array;
  /** Of the inputs; without it every weight is rounded to the nearest. */
  readonly factor?: InputFactor | undefined;
}

/** The rows, rounded. */
export interface RoundedRows {
  /** [count][cols], code times scale. */
  readonly weight: Int8Array;
  /** [count][groups], scales less 1; empty without groups. */
  readonly groupScale: Uint8Array;
  /** [count], how much smaller the result is on average, in real weight times int8 inputs. */
  readonly lost: Float64Array;
}

/** Positions whose errors are carried to the others together, where there are no groups. */
const BLOCK = 128;

/** Rounds; see RoundingTask. */
export function roundRows(task: RoundingTask): RoundedRows {
  const { weights, cols, group, factor } = task;
  const count = weights.length / cols;
  const groups = group === 0 ? 0 : Math.ceil(cols / group);
  const result = {
    weight: new Int8Array(count * cols),
    groupScale: new Uint8Array(count * groups),
    lost: new Float64Array(count),
  };
  const order = factor?.order ?? Uint32Array.from({ length: cols }, (_, i) => i);
  const ordered = new Float64Array(weights.length);
  for (let base = 0; base < weights.length; base += cols) {
    for (let i = 0; i < cols; i++) ordered[base + i] = weights[base + order[i]];
  }
  const errors = new Float64Array(weights.length);
  const width = group === 0 ? Math.min(BLOCK, cols) : group;
  const carried = new Float64Array(count * width);
  for (let from = Math.floor((cols - 1) / width) * width; from >= 0; from -= width) {
    const to = Math.min(from + width, cols);
    if (factor) timesErrors(factor, errors, from, to, carried, width);
    for (let row = 0; row < count; row++) {
      const block = new Block(factor, ordered, errors, row * cols, carried.subarray(row * width), from, to);
      let scale = 1;
      if (group > 0) {
        scale = leastSquaresGroupScale(block.wanted(), 0, to - from, task.units[row], task.range);
        result.groupScale[row * groups + from / width] = scale - 1;
      }
      block.round(scale, task.units[row], task.range, (position, weight) => {
        result.weight[row * cols + order[position]] = weight;
      });
    }
  }
  if (factor) {
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < cols; i++) result.lost[row] += errors[row * cols + i] * factor.mean[i];
    }
  }
  return result;
}

/** Positions [from, to) of a row, all later ones rounded. */
class Block {
  constructor(
    private readonly factor: InputFactor | undefined,
    private readonly weights: Float64Array,
    private readonly errors: Float64Array,
    private readonly base: number,
    /** For each position what the errors of later blocks come to. */
    private readonly carried: Float64Array,
    private readonly from: number,
    private readonly to: number,
  ) {}

  /** The weights that make up for all errors so far as well as this block can. */
  wanted(): Float64Array {
    const { factor, weights, base, from, to } = this;
    const out = new Float64Array(to - from);
    if (!factor) return out.map((_, i) => weights[base + from + i]);
    for (let i = to - 1; i >= from; i--) {
      const { sum, diagonal } = this.owed(i, out, from);
      out[i - from] = -sum / diagonal;
    }
    for (let i = from; i < to; i++) out[i - from] = weights[base + i] - out[i - from];
    return out;
  }

  /** Rounds the block; `store` gets each weight as an integer, code times scale. */
  round(
    scale: number,
    unit: number,
    range: CodeRange,
    store: (position: number, weight: number) => void,
  ): void {
    const { factor, weights, errors, base, from, to } = this;
    const step = scale * unit;
    const own = errors.subarray(base, base + to);
    for (let i = to - 1; i >= from; i--) {
      let wanted = weights[base + i];
      if (factor) {
        const { sum, diagonal } = this.owed(i, own, 0);
        wanted += sum / diagonal;
      }
      const code = nearestCode(wanted / step, range);
      own[i] = weights[base + i] - code * step;
      store(i, code * scale);
    }
  }

  /** What the errors at positions after `i` come to at `i`; errors[p - offset] is that of position p of this block. */
  private owed(i: number, errors: Float64Array, offset: number): { sum: number; diagonal: number } {
    const { cols, upper } = this.factor!;
    let sum = this.carried[i - this.from];
    for (let j = i + 1; j < this.to; j++) sum += upper[i * cols + j] * errors[j - offset];
    return { sum, diagonal: upper[i * cols + i] };
  }
}
