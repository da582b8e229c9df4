/**
 * Seeded random numbers (the sfc32 generator), the same on every machine.
 */

/** A stream of random numbers that depends on `seed` and `label` alone. */
export class Random {
  private a: number;
  private b = 0x9e3779b9;
  private c = 0x243f6a88;
  private counter = 1;
  private spare: number | undefined;

  constructor(seed: number, label = '') {
    // FNV-1a over the label, so that each tensor has a stream of its own.
    let hash = 0x811c9dc5;
    for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
    this.a = hash | 0;
    this.b = (this.b ^ seed) | 0;
    this.c = (this.c ^ Math.floor(seed / 2 ** 32)) | 0;
    for (let i = 0; i < 16; i++) this.uniform();
  }

  /** In [0, 1), 32 bits. */
  uniform(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  /** In [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Normally distributed, mean 0, deviation 1 (Marsaglia's polar method). */
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
