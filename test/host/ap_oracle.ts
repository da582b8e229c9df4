/**
 * What ap_int / ap_uint must give, by the vendor's manual (UG1399, "Class Methods and Operators"), in BigInt: an exact
 * result, its width and sign, and the value cut to a type. Written from the manual, not from the headers under test.
 */

export interface ApType {
  readonly w: number;
  readonly s: boolean;
}
export interface Ap extends ApType {
  readonly v: bigint;
}

/** Two's complement wrap of `v` into the type. */
export function cut(v: bigint, { w, s }: ApType): bigint {
  return s ? BigInt.asIntN(w, v) : BigInt.asUintN(w, v);
}
export const ap = (v: bigint, w: number, s: boolean): Ap => ({ v: cut(v, { w, s }), w, s });

/** The token that `ap_driver.h` prints for a value: limbs as stored, sign- or zero-extended to whole limbs. */
export function token(name: string, x: Ap | boolean): string {
  if (typeof x === 'boolean') return `${name}:b:${x ? 1 : 0}`;
  const limbs = Math.ceil(x.w / 64);
  const bits = BigInt.asUintN(limbs * 64, x.v).toString(16);
  return `${name}:${x.w}:${x.s ? 1 : 0}:${bits.padStart(limbs * 16, '0')}`;
}

const common = (a: ApType, b: ApType): number =>
  Math.max(a.w + (b.s && !a.s ? 1 : 0), b.w + (a.s && !b.s ? 1 : 0));

/** a op b with the width and sign the manual gives. Throws on an operator it does not know. */
export function binary(op: string, a: Ap, b: Ap): Ap | boolean {
  const signed = a.s || b.s;
  switch (op) {
    case '+':
      return ap(a.v + b.v, common(a, b) + 1, signed);
    case '-':
      return ap(a.v - b.v, common(a, b) + 1, true);
    case '*':
      return ap(a.v * b.v, a.w + b.w, signed);
    case '/':
      return ap(a.v / b.v, a.w + (b.s ? 1 : 0), signed);
    case '%':
      return ap(a.v % b.v, Math.min(a.w, b.w + (a.s && !b.s ? 1 : 0)), a.s);
    case '&':
      return ap(a.v & b.v, common(a, b), signed);
    case '|':
      return ap(a.v | b.v, common(a, b), signed);
    case '^':
      return ap(a.v ^ b.v, common(a, b), signed);
    case '==':
      return a.v === b.v;
    case '!=':
      return a.v !== b.v;
    case '<':
      return a.v < b.v;
    case '<=':
      return a.v <= b.v;
    case '>':
      return a.v > b.v;
    case '>=':
      return a.v >= b.v;
  }
  throw new Error(`no operator ${op}`);
}

/** x << n; a negative n shifts right, arithmetically where x is signed. The type stays. */
export function shiftLeft(x: Ap, n: number): Ap {
  return ap(n >= 0 ? x.v << BigInt(n) : x.v >> BigInt(-n), x.w, x.s);
}

/** Bits hi..lo as an unsigned number; hi < lo reads them mirrored. */
export function bits(x: Ap, hi: number, lo: number): bigint {
  if (hi >= lo) return BigInt.asUintN(hi - lo + 1, x.v >> BigInt(lo));
  return mirror(bits(x, lo, hi), lo - hi + 1);
}
/** x with bits hi..lo (mirrored when hi < lo) replaced by the low bits of v. */
export function withBits(x: Ap, hi: number, lo: number, v: bigint): Ap {
  const top = Math.max(hi, lo);
  const bottom = Math.min(hi, lo);
  const length = top - bottom + 1;
  const field = hi >= lo ? BigInt.asUintN(length, v) : mirror(BigInt.asUintN(length, v), length);
  const hole = ((1n << BigInt(length)) - 1n) << BigInt(bottom);
  return ap((BigInt.asUintN(x.w, x.v) & ~hole) | (field << BigInt(bottom)), x.w, x.s);
}
export function mirror(v: bigint, length: number): bigint {
  let out = 0n;
  for (let i = 0; i < length; i++) out |= ((v >> BigInt(i)) & 1n) << BigInt(length - 1 - i);
  return out;
}
export const leadingZeros = (x: Ap): number => {
  const u = BigInt.asUintN(x.w, x.v);
  return u === 0n ? x.w : x.w - u.toString(2).length;
};
export const ones = (x: Ap): number =>
  [...BigInt.asUintN(x.w, x.v).toString(2)].filter((d) => d === '1').length;
