/**
 * The one routine that fits a piecewise linear table: for every segment the integer slope and offset with the least largest
 * error. The floor in `pwl` is counted at its mean, half a unit. All arithmetic is BigInt, so a table is the same everywhere.
 * Refuses (Error) when no slope and offset of the given widths keep a segment inside [0, 2^offsetBits).
 */
import { FIXED_BITS } from './fit-reference.js';
import type { PwlTable } from './pwl.js';

/** A segment whose offset is given, so that only the slope is free. */
export interface Anchor {
  readonly offset: number;
  /** First position that counts. */
  readonly from: number;
  /** Minimize the error itself, or the error divided by the position. */
  readonly error: 'absolute' | 'relative';
}

/** What to fit: the layout of the table and the exact function. */
export interface PwlSpec extends Omit<PwlTable, 'slopes' | 'offsets'> {
  /** Fraction bits of a table value. */
  readonly fracBits: number;
  /** Exact value at position r (0 to 2^remBits, both included) of segment i, with FIXED_BITS fraction bits. */
  exact(i: number, r: number): bigint;
  /** Segments with a fixed offset. */
  readonly anchors?: Readonly<Record<number, Anchor>>;
  /** The segment that segment i continues in a falling function: it must not start above that one's end. */
  falling?(i: number): number | undefined;
  /** Largest value a segment may take; 2^offsetBits - 1 when left out. */
  readonly max?: number;
}

/** Intervals between the sampled positions of a segment: for a parabola, 32 miss a thousandth of the error. */
const INTERVALS = 32;
/** Slopes tried on either side of the chord's. */
const REACH = 6n;

interface Candidate {
  readonly slope: bigint;
  readonly offset: bigint;
  /** Largest error, FIXED_BITS fraction bits (divided by the position where anchored). */
  readonly error: bigint;
}

interface Sample {
  readonly r: bigint;
  /** Exact value in table units, plus half a unit for the floor. */
  readonly target: bigint;
}

function largest(values: readonly bigint[]): bigint {
  let best = values[0];
  for (const v of values) if (v > best) best = v;
  return best;
}

function sampleSegment(spec: PwlSpec, i: number, from: number): Sample[] {
  const width = 2 ** spec.remBits - from;
  return Array.from({ length: INTERVALS + 1 }, (_, j) => {
    const r = from + Math.floor((width * j) / INTERVALS);
    const target = (spec.exact(i, r) << BigInt(spec.fracBits)) + (1n << (FIXED_BITS - 1n));
    return { r: BigInt(r), target };
  });
}

/** What the line must add to slope times position, for every sample. */
function residues(spec: PwlSpec, samples: readonly Sample[], slope: bigint): bigint[] {
  return samples.map(({ r, target }) => target - ((slope * r) << (FIXED_BITS - BigInt(spec.shift))));
}

/** What the slope adds from the first position to the last. */
function lastRise(spec: PwlSpec, slope: bigint): bigint {
  return (slope * (2n ** BigInt(spec.remBits) - 1n)) >> BigInt(spec.shift);
}

function tryFree(spec: PwlSpec, samples: readonly Sample[], slope: bigint, max: bigint): Candidate {
  const needed = residues(spec, samples, slope);
  const [low, high] = [-largest(needed.map((v) => -v)), largest(needed)];
  const middle = (low + high + (1n << FIXED_BITS)) >> (FIXED_BITS + 1n);
  const lowest = largest([middle, 0n, -lastRise(spec, slope)]);
  const offset = lowest > max ? max : lowest;
  return { slope, offset, error: largest([high - (offset << FIXED_BITS), (offset << FIXED_BITS) - low]) };
}

function tryAnchored(spec: PwlSpec, samples: readonly Sample[], slope: bigint, anchor: Anchor): Candidate {
  const offset = BigInt(anchor.offset);
  const errors = residues(spec, samples, slope).map((v, j) => {
    const error = largest([v - (offset << FIXED_BITS), (offset << FIXED_BITS) - v]);
    const r = samples[j].r;
    return anchor.error === 'absolute' || r === 0n ? error : error / r;
  });
  return { slope, offset, error: largest(errors) };
}

/** Value at the last position. */
function lastValue(spec: PwlSpec, { slope, offset }: Candidate): bigint {
  return offset + lastRise(spec, slope);
}

function inRange(spec: PwlSpec, candidate: Candidate, max: bigint): boolean {
  const { slope, offset } = candidate;
  const end = lastValue(spec, candidate);
  const limit = 2n ** BigInt(spec.slopeBits - 1);
  return offset >= 0n && offset <= max && end >= 0n && end <= max && slope >= -limit && slope < limit;
}

function fitSegment(spec: PwlSpec, i: number, max: bigint): Candidate {
  const anchor = spec.anchors?.[i];
  const samples = sampleSegment(spec, i, anchor?.from ?? 0);
  const rise = spec.exact(i, 2 ** spec.remBits) - spec.exact(i, 0);
  const chord = (rise << BigInt(spec.fracBits + spec.shift)) >> (FIXED_BITS + BigInt(spec.remBits));
  let best: Candidate | undefined;
  for (let slope = chord - REACH; slope <= chord + REACH; slope++) {
    const found = anchor ? tryAnchored(spec, samples, slope, anchor) : tryFree(spec, samples, slope, max);
    if (inRange(spec, found, max) && (best === undefined || found.error < best.error)) best = found;
  }
  if (best === undefined) {
    throw new Error(`table ${spec.name}: segment ${i} fits no slope of ${spec.slopeBits} bits`);
  }
  return best;
}

/** Fits a table; the result is frozen plain data. */
export function fitPwl(spec: PwlSpec): PwlTable {
  const { name, segments, remBits, slopeBits, offsetBits, shift } = spec;
  const fitted: Candidate[] = [];
  for (let i = 0; i < segments; i++) {
    const before = spec.falling?.(i);
    const max =
      before === undefined ? BigInt(spec.max ?? 2 ** offsetBits - 1) : lastValue(spec, fitted[before]);
    fitted.push(fitSegment(spec, i, max));
  }
  return Object.freeze({
    name,
    segments,
    remBits,
    slopeBits,
    offsetBits,
    shift,
    slopes: Int32Array.from(fitted, (f) => Number(f.slope)),
    offsets: Int32Array.from(fitted, (f) => Number(f.offset)),
  });
}
