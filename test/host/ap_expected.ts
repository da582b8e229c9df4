/**
 * The line that `ap_driver.h` must print for a pair of operands: the oracle applied to every operation, in the driver's
 * order.
 */
import {
  type Ap,
  ap,
  binary,
  bits,
  cut,
  leadingZeros,
  mirror,
  ones,
  shiftLeft,
  token,
  withBits,
} from './ap_oracle.js';

export interface Case {
  readonly pair: number;
  readonly x: Ap;
  readonly y: Ap;
  readonly c: bigint;
  readonly hi: number;
  readonly lo: number;
  readonly n: number;
}

const ARITHMETIC = ['+', '-', '*', '&', '|', '^'];
const RELATIONS = ['==', '!=', '<', '<=', '>', '>='];
const C_TYPES: readonly (readonly [string, number, boolean])[] = [
  ['bool', 1, false],
  ['int8', 8, true],
  ['uint8', 8, false],
  ['int16', 16, true],
  ['int32', 32, true],
  ['uint32', 32, false],
  ['int64', 64, true],
  ['uint64', 64, false],
];

function withC(x: Ap, name: string, c: Ap): string[] {
  const out: string[] = [`@${name}`];
  const put = (n: string, v: Ap | boolean): void => void out.push(token(n, v));
  const to = (v: bigint): Ap => ap(v, x.w, x.s);
  put('x+c', binary('+', x, c));
  put('c+x', binary('+', c, x));
  put('x-c', binary('-', x, c));
  put('c-x', binary('-', c, x));
  put('x*c', binary('*', x, c));
  put('c*x', binary('*', c, x));
  put('x&c', binary('&', x, c));
  put('c|x', binary('|', c, x));
  put('x^c', binary('^', x, c));
  put('x==c', binary('==', x, c));
  put('x<c', binary('<', x, c));
  put('c<=x', binary('<=', c, x));
  if (c.v !== 0n) put('x/c', binary('/', x, c));
  if (c.v !== 0n) put('x%c', binary('%', x, c));
  put('A(c)', to(c.v));
  put('x+=c', to(x.v + c.v));
  put('x=c', to(c.v));
  return out;
}

/** All tokens for one case, in the driver's order. */
export function expected({ x, y, hi, lo, n }: Case): string[] {
  const out: string[] = [];
  const put = (name: string, v: Ap | boolean): void => void out.push(token(name, v));
  const number = (name: string, kind: 'i' | 'u', v: bigint | number): void =>
    void out.push(`${name}:${kind}:${v}`);
  const to = (v: bigint): Ap => ap(v, x.w, x.s);
  const nonzero = y.v !== 0n;

  put('x', x);
  put('y', y);
  for (const op of ARITHMETIC) put(`x${op}y`, binary(op, x, y));
  if (nonzero) for (const op of ['/', '%']) put(`x${op}y`, binary(op, x, y));
  for (const op of RELATIONS) put(`x${op}y`, binary(op, x, y));
  put('x<<n', shiftLeft(x, n));
  put('x>>n', shiftLeft(x, -n));
  put('x<<ap(n)', shiftLeft(x, n));
  put('x>>ap(n)', shiftLeft(x, -n));
  put('x<<u(n)', shiftLeft(x, Math.abs(n)));
  put('x>>u(n)', shiftLeft(x, -Math.abs(n)));
  put('A(y)', to(y.v));
  put('x=y', to(y.v));
  for (const op of ARITHMETIC) put(`x${op}=y`, to((binary(op, x, y) as Ap).v));
  put('x<<=n', shiftLeft(x, n));
  put('x>>=n', shiftLeft(x, -n));
  if (nonzero) for (const op of ['/', '%']) put(`x${op}=y`, to((binary(op, x, y) as Ap).v));
  put('-x', binary('-', ap(0n, 1, false), x));
  put('~x', to(~x.v));
  put('+x', x);
  put('!x', x.v === 0n);
  put('++x', to(x.v + 1n));
  put('--x', to(x.v - 1n));
  put('x++', x);
  put('x++.', to(x.v + 1n));
  put('x--', x);
  put('x--.', to(x.v - 1n));
  put('and', ones(x) === x.w);
  put('or', x.v !== 0n);
  put('xor', ones(x) % 2 === 1);
  number('clz', 'i', leadingZeros(x));
  number('length', 'i', x.w);
  put('sign', x.v < 0n);
  put('reverse', to(mirror(BigInt.asUintN(x.w, x.v), x.w)));
  number('to_int', 'i', BigInt.asIntN(32, x.v));
  number('to_int64', 'i', BigInt.asIntN(64, x.v));
  number('to_uint64', 'u', BigInt.asUintN(64, x.v));
  number('ll', 'i', BigInt.asIntN(64, x.v));
  put('range', to(bits(x, hi, lo)));
  put('(hi,lo)', ap(bits(x, hi, lo), 64, false));
  put('mirrored', ap(hi === lo ? bits(x, hi, lo) : bits(x, lo, hi), x.w, false));
  put('range=y', withBits(x, hi, lo, y.v));
  put('mirrored=y', withBits(x, lo, hi, y.v));
  put('range=range', x);
  put('range==', true);
  put('x[hi]', bits(x, hi, hi) === 1n);
  put('test', bits(x, lo, lo) === 1n);
  put('x[hi]=!', withBits(x, hi, hi, 1n - bits(x, hi, hi)));
  put('set,clear', withBits(withBits(x, lo, lo, 1n), hi, hi, 0n));
  put('x+x[lo]', to(x.v + bits(x, lo, lo)));
  const pair = (a: Ap, b: Ap): bigint => (BigInt.asUintN(a.w, a.v) << BigInt(b.w)) | BigInt.asUintN(b.w, b.v);
  put('(x,y)', ap(pair(x, y), x.w + y.w, false));
  const swapped = pair(y, x);
  const newX = to(swapped >> BigInt(y.w));
  const newY = ap(cut(swapped, y), y.w, y.s);
  put('(x,y)=.x', newX);
  put('(x,y)=.y', newY);
  put('concat', ap(pair(newX, newY), x.w + y.w, false));
  return out;
}

/** All tokens for one case of `run_c`: the integers of C as the second operand. */
export function expectedWithC({ x, c }: Case): string[] {
  const out: string[] = [];
  for (const [name, w, s] of C_TYPES) {
    const value = name === 'bool' ? c & 1n : c;
    out.push(...withC(x, name, ap(value, w, s)));
  }
  return out;
}
