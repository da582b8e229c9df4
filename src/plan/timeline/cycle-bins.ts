/**
 * When cycles were spent, in bins of equal width. The width doubles when a call outgrows the bins, so that a call of any length takes the same
 * memory and no cycle is lost.
 */
const BINS = 512;

export class CycleBins {
  private width = 1;
  private readonly bins = new Float64Array(BINS);

  /** Cycles a bin. */
  get binCycles(): number {
    return this.width;
  }

  /** Adds the cycles from `from` to before `to`, which need not be whole. */
  add(from: number, to: number): void {
    while (to > BINS * this.width) this.widen(2 * this.width);
    for (let bin = Math.floor(from / this.width); bin * this.width < to; bin++) {
      const end = Math.min(to, (bin + 1) * this.width);
      this.bins[bin] += end - Math.max(from, bin * this.width);
    }
  }

  /** Joins neighbours until a bin is `binCycles` wide: a power of two, and no less than now. */
  widen(binCycles: number): void {
    for (; this.width < binCycles; this.width *= 2) {
      for (let bin = 0; bin < BINS / 2; bin++) this.bins[bin] = this.bins[2 * bin] + this.bins[2 * bin + 1];
      this.bins.fill(0, BINS / 2);
    }
  }

  /** The first `count` bins. */
  first(count: number): number[] {
    return [...this.bins.subarray(0, count)];
  }
}
