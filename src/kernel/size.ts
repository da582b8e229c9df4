/**
 * Numbers that are known when the hardware is built and have a name in the emitted code. The name comes from who knows what the number is;
 * two sizes that happen to be equal stay two. It tells the reader something and changes no value.
 */

/** A product of named sizes and plain numbers. */
export interface Size {
  readonly value: number;
  readonly factors: readonly (string | number)[];
}

/** A size as a network declares it. */
export interface NamedSize extends Size {
  readonly name: string;
  /** What it counts, for whoever reads the emitted code. */
  readonly doc: string;
}

/** A number with a name, or without one. */
export type Count = number | Size;

/** The size that the emitted code calls `name`. */
export function namedSize(name: string, value: number, doc: string): NamedSize {
  return { name, value, doc, factors: [name] };
}

/** The plain number. */
export function countOf(count: Count): number {
  return typeof count === 'number' ? count : count.value;
}

/** The name; null where it has none. */
export function sizeOf(count: Count): Size | null {
  return typeof count === 'number' ? null : count;
}

/** The product; a plain number where no factor has a name. */
export function product(...counts: readonly Count[]): Count {
  const value = counts.reduce<number>((all, count) => all * countOf(count), 1);
  const factors = counts
    .flatMap((count) => (typeof count === 'number' ? [count] : count.factors))
    .filter((factor) => factor !== 1);
  return factors.some((factor) => typeof factor === 'string') ? { value, factors } : value;
}
