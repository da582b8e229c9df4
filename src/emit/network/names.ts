/** Names of one scope of emitted text. */

export class Names {
  private readonly taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.taken = new Set(taken);
  }

  /** `wanted`, or with the first number from 2 that is free. */
  claim(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.taken.has(name); ++n) name = `${wanted}_${n}`;
    this.taken.add(name);
    return name;
  }

  /** The same names taken, in a set of its own. */
  fork(): Names {
    return new Names(this.taken);
  }
}
