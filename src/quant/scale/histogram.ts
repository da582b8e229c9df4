/**
 * A histogram of absolute values with bins of 1/32 octave from 2^-40 to 2^24: enough to choose a scale by least squared
 * error without keeping the values. The bin is cut out of the bits of the float32, so that counting is cheap.
 */

const BINS_PER_OCTAVE = 32;
const MIN_EXPONENT = -40;
const OCTAVES = 64;
/** Exponent bias of float32, in bins. */
const FIRST_BIN = (127 + MIN_EXPONENT) * BINS_PER_OCTAVE;
const BINS = OCTAVES * BINS_PER_OCTAVE;

const asFloat = new Float32Array(1);
const asBits = new Uint32Array(asFloat.buffer);

/** Counts of absolute values. Values below 2^-40 fall into the first bin, those from 2^24 on into the last. */
export class ScaleHistogram {
  readonly counts = new Uint32Array(BINS);
  /** Largest absolute value seen; 0 when nothing was. */
  max = 0;

  add(value: number): void {
    const magnitude = Math.abs(value);
    if (magnitude > this.max) this.max = magnitude;
    asFloat[0] = magnitude;
    const bin = (asBits[0] >>> 18) - FIRST_BIN;
    this.counts[bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin]++;
  }

  /** Counts `values` at first, first + 1, ..., first + count - 1. */
  addRange(values: ArrayLike<number>, first: number, count: number): void {
    for (let i = first; i < first + count; i++) this.add(values[i]);
  }

  /** Calls back with the middle of every bin that is not empty, and its count. */
  forEach(visit: (magnitude: number, count: number) => void): void {
    for (let bin = 0; bin < BINS; bin++) {
      if (this.counts[bin] !== 0) visit(binMiddle[bin], this.counts[bin]);
    }
  }
}

const binMiddle = Float64Array.from({ length: BINS }, (_, bin) => {
  const octave = Math.floor(bin / BINS_PER_OCTAVE) + MIN_EXPONENT;
  return 2 ** octave * (1 + ((bin % BINS_PER_OCTAVE) + 0.5) / BINS_PER_OCTAVE);
});
