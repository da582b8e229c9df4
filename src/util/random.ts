/**
 * The project's seeded random numbers. Generator: sfc32 (Chris Doty-Humphrey, PractRand, https://pracrand.sourceforge.net), 128 bits of state.
 * The label is hashed by 32-bit FNV-1a (Fowler, Noll, Vo). Random checkpoints, random calibration tokens and sampled texts are made of
 * this stream: a change here changes all of them.
 */

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** Numbers drawn before the first one is used, until the seed has reached all of the state. */
const WARM_UP = 16;

/** A stream of random numbers that depends on `seed` (an integer below 2^53) and `label` alone, and is the same on every machine. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;
  private spare: number | undefined;

  constructor(seed: number, label = '') {
    let hash = FNV_OFFSET;
    for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), FNV_PRIME);
    this.a = hash | 0;
    this.b = (0x9e3779b9 ^ seed) | 0;
    this.c = (0x243f6a88 ^ Math.floor(seed / 2 ** 32)) | 0;
    for (let i = 0; i < WARM_UP; i++) this.bits();
  }

  /** 32 random bits, as an integer from 0 to 2^32 - 1. */
  bits(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Evenly distributed in [0, 1), a multiple of 2^-32. */
  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  /** Evenly distributed in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** An integer from low to high, both included; at most 2^32 of them. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** As `integer`, but one time in four an end of the range, where errors of arithmetic show first. */
  edgy(low: number, high: number): number {
    const choice = this.bits() & 7;
    return choice === 0 ? low : choice === 1 ? high : this.integer(low, high);
  }

  /** Normally distributed, mean 0, deviation 1 (polar method: Marsaglia and Bray, SIAM Review 6, 1964). */
  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return value;
    }
    for (;;) {
      const u = this.between(-1, 1);
      const v = this.between(-1, 1);
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        this.spare = v * scale;
        return u * scale;
      }
    }
  }
}
