/** Names of one scope of emitted text. */

export class Names {
  private readonly taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.taken = new Set(taken);
  }

  /** The first of `wanted` that is free, else the last one with the first number from 2 that is free. */
  claim(...wanted: readonly [string, ...string[]]): string {
    const last = wanted[wanted.length - 1];
    let name = wanted.find((one) => !this.taken.has(one)) ?? last;
    for (let n = 2; this.taken.has(name); ++n) name = `${last}_${n}`;
    this.taken.add(name);
    return name;
  }

  /** The same names taken, in a set of its own. */
  fork(): Names {
    return new Names(this.taken);
  }
}
