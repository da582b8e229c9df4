/** A small seeded generator (mulberry32) for random models and benches: the same seed gives the same numbers everywhere. */

/** Random numbers from a seed. */
export class RandomSource {
  #state: number;

  constructor(...seeds: readonly number[]) {
    this.#state = 0x9e3779b9;
    // Every part of the seed passes through the generator, so that (1, 2) and (2, 1) have nothing in common.
    for (const seed of seeds) this.#state = (this.bits() ^ Math.imul(seed, 0x85ebca6b)) | 0;
  }

  /** 32 random bits, unsigned. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** An integer from low to high, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor((this.bits() / 2 ** 32) * (high - low + 1));
  }

  /** As `integer`, but one time in four an end of the range. */
  edgy(low: number, high: number): number {
    const choice = this.bits() & 7;
    return choice === 0 ? low : choice === 1 ? high : this.integer(low, high);
  }

  /** Uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (this.bits() / 2 ** 32) * (high - low);
  }

  /** Nearly normal, mean 0 and deviation 1, at most 6: the sum of twelve random bytes. */
  normal(): number {
    let sum = 0;
    for (let i = 0; i < 3; i++) {
      const b = this.bits();
      sum += (b & 255) + ((b >>> 8) & 255) + ((b >>> 16) & 255) + (b >>> 24);
    }
    return (sum - 1530) / 256;
  }
}
