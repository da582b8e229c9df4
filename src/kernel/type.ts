/**
 * Types of the kernel language: integers of 1 to 64 bits with a declared binary point, alone or as lanes of a vector (one axis)
 * or of a small matrix (two axes, rows then columns). The binary point is for reading, checking and printing; arithmetic is on integers.
 */

/** One integer: `bits` wide, two's complement when `signed`, `fracBits` of it after the binary point. */
export interface ElementType {
  readonly bits: number;
  readonly signed: boolean;
  readonly fracBits: number;
}

/** [] for a scalar, [lanes], or [rows, cols]. */
export type Shape = readonly number[];

/** What a channel, a memory word, a register or a port word holds. */
export interface DataType {
  readonly element: ElementType;
  readonly shape: Shape;
}

/** The integers a value can take, both ends included. */
export interface Range {
  readonly lo: bigint;
  readonly hi: bigint;
}

/** A signed integer type. */
export function sint(bits: number, fracBits = 0): ElementType {
  return { bits: checkBits(bits), signed: true, fracBits };
}

/** An unsigned integer type. */
export function uint(bits: number, fracBits = 0): ElementType {
  return { bits: checkBits(bits), signed: false, fracBits };
}

/** A scalar, or with one or two axes a vector or matrix of lanes. */
export function typeOf(element: ElementType, ...shape: number[]): DataType {
  if (shape.length > 2 || shape.some((axis) => !Number.isInteger(axis) || axis < 1)) {
    throw new RangeError(
      `kernel type: shape [${shape.join(', ')}], expected at most two axes of one lane or more`,
    );
  }
  return { element, shape };
}

function checkBits(bits: number): number {
  if (!Number.isInteger(bits) || bits < 1 || bits > 64)
    throw new RangeError(`kernel type: ${bits} bits, expected 1 to 64`);
  return bits;
}

/** Lanes of a shape (1 for a scalar). */
export function laneCount(shape: Shape): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/** Bits of a whole word. */
export function totalBits(type: DataType): number {
  return type.element.bits * laneCount(type.shape);
}

/** Most bits of a word that goes through a channel: Vitis HLS takes no wider stream, and one network serves both back ends. */
export const STREAM_BITS = 4096;

/** What is wrong with a type as that of a channel, or null. */
export function streamProblem(type: DataType): string | null {
  const bits = totalBits(type);
  return bits > STREAM_BITS ? `a word has ${bits} bits, expected at most ${STREAM_BITS}` : null;
}

/** All integers an element type can hold. */
export function rangeOf(element: ElementType): Range {
  const bits = BigInt(element.bits);
  return element.signed
    ? { lo: -(1n << (bits - 1n)), hi: (1n << (bits - 1n)) - 1n }
    : { lo: 0n, hi: (1n << bits) - 1n };
}

/** The narrowest element type that holds a range. At least one bit. */
export function elementFor(range: Range, fracBits = 0): ElementType {
  const bitLength = (magnitude: bigint) => (magnitude === 0n ? 0 : magnitude.toString(2).length);
  if (range.lo >= 0n) return { bits: Math.max(1, bitLength(range.hi)), signed: false, fracBits };
  const bits = 1 + Math.max(bitLength(-range.lo - 1n), bitLength(range.hi < 0n ? 0n : range.hi));
  return { bits, signed: true, fracBits };
}

/** True when every integer of `inner` lies in `outer`. */
export function contains(outer: Range, inner: Range): boolean {
  return outer.lo <= inner.lo && inner.hi <= outer.hi;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}

export function sameType(a: DataType, b: DataType): boolean {
  return (
    a.element.bits === b.element.bits && a.element.signed === b.element.signed && sameShape(a.shape, b.shape)
  );
}

/** For messages and comments: `s16.11`, `u8 x 64`, `s32 x 16 x 4`. */
export function printType(type: DataType): string {
  const { bits, signed, fracBits } = type.element;
  const element = `${signed ? 's' : 'u'}${bits}${fracBits ? `.${fracBits}` : ''}`;
  return [element, ...type.shape].join(' x ');
}
