/**
 * How the interpreter holds integers: as JavaScript numbers while a range lies within 2^53 - 1 in size, as BigInts above that, and in the
 * narrowest typed array that takes the range. Both sides of every store use the same rule, so no stored value is ever cut.
 */
import type { DataType, Range } from '../type.js';
import { laneCount, rangeOf } from '../type.js';

/** Lanes of words one after another, row-major, in the typed array `storageFor` names for their element. */
export type Lanes =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

export interface Storage {
  readonly name: string;
  /** The range of the array's own elements; for Float64Array the integers that it holds exactly. */
  readonly range: Range;
  /** Elements are BigInts. */
  readonly big: boolean;
  make(count: number): Lanes;
}

const signed = (bits: bigint): Range => ({ lo: -(1n << (bits - 1n)), hi: (1n << (bits - 1n)) - 1n });
const unsigned = (bits: bigint): Range => ({ lo: 0n, hi: (1n << bits) - 1n });
const exact: Range = { lo: -(2n ** 53n - 1n), hi: 2n ** 53n - 1n };

/** Narrowest first. */
const storages: readonly Storage[] = [
  { name: 'Uint8Array', range: unsigned(8n), big: false, make: (n) => new Uint8Array(n) },
  { name: 'Int8Array', range: signed(8n), big: false, make: (n) => new Int8Array(n) },
  { name: 'Uint16Array', range: unsigned(16n), big: false, make: (n) => new Uint16Array(n) },
  { name: 'Int16Array', range: signed(16n), big: false, make: (n) => new Int16Array(n) },
  { name: 'Int32Array', range: signed(32n), big: false, make: (n) => new Int32Array(n) },
  { name: 'Uint32Array', range: unsigned(32n), big: false, make: (n) => new Uint32Array(n) },
  { name: 'Float64Array', range: exact, big: false, make: (n) => new Float64Array(n) },
  { name: 'BigInt64Array', range: signed(64n), big: true, make: (n) => new BigInt64Array(n) },
  { name: 'BigUint64Array', range: unsigned(64n), big: true, make: (n) => new BigUint64Array(n) },
];

/** The array that holds a range. Throws RangeError beyond 64 bits. */
export function storageFor(range: Range): Storage {
  const found = storages.find(({ range: own }) => own.lo <= range.lo && range.hi <= own.hi);
  if (!found) throw new RangeError(`interpreter: no storage for ${range.lo}..${range.hi}`);
  return found;
}

/** Zeros for `words` words of a type, in the array the interpreter expects for port memories and gives for channels. */
export function makeLanes(type: DataType, words: number): Lanes {
  return storageFor(rangeOf(type.element)).make(words * laneCount(type.shape));
}

/** True where JavaScript numbers hold every value of the range exactly. */
export function fitsNumber(range: Range): boolean {
  return exact.lo <= range.lo && range.hi <= exact.hi;
}
