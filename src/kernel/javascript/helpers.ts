/** What generated code calls for the rarer operations; all exact on the ranges `expression.ts` sends here. */
import type { Lanes } from './storage.js';

const high = (v: number) => Math.floor(v / 4294967296);
const join = (hi: number, lo: number) => (hi >>> 0) * 4294967296 + (lo >>> 0);

export const helpers = {
  power: Float64Array.from({ length: 65 }, (_, i) => 2 ** i),
  inverse: Float64Array.from({ length: 65 }, (_, i) => 2 ** -i),

  /** Bitwise operations on numbers from 2^31 to 2^53. */
  and: (a: number, b: number) => join(high(a) & high(b), a & b),
  or: (a: number, b: number) => join(high(a) | high(b), a | b),
  xor: (a: number, b: number) => join(high(a) ^ high(b), a ^ b),

  /** v modulo m = 2^k, 0 to m - 1. */
  modulo: (v: number, m: number) => v - Math.floor(v / m) * m,

  roundShift: (v: bigint, by: bigint) => (by === 0n ? v : (v + (1n << (by - 1n))) >> by),
  /** For sizes up to 2^53 - 1: two floors, since v + 1/2 may need 54 bits. */
  roundShift53: (v: number, by: number) =>
    by === 0 ? v : Math.floor((Math.floor(v * 2 ** (1 - by)) + 1) * 0.5),

  leadingZeros(v: bigint, width: number): number {
    const hi = Number(v >> 32n);
    return (hi > 0 ? Math.clz32(hi) : 32 + Math.clz32(Number(v & 0xffffffffn))) - (64 - width);
  },

  /** The bits of `count` lanes of `fromBits`, lane 0 lowest, cut into lanes of `toBits`. */
  bitcast(
    from: Lanes,
    base: number,
    count: number,
    fromBits: number,
    to: Lanes,
    toBits: number,
    toSigned: boolean,
  ): void {
    if (fromBits + toBits <= 53) bitcastNumbers(from, base, count, fromBits, to, toBits, toSigned);
    else bitcastBig(from, base, count, fromBits, to, toBits, toSigned);
  },
};

function bitcastNumbers(
  from: Lanes,
  base: number,
  count: number,
  fromBits: number,
  to: Lanes,
  toBits: number,
  toSigned: boolean,
): void {
  const fromSize = 2 ** fromBits;
  const toSize = 2 ** toBits;
  let waiting = 0;
  let bits = 0;
  let out = 0;
  for (let i = 0; i < count; i++) {
    const v = from[base + i] as number;
    waiting += (v < 0 ? v + fromSize : v) * 2 ** bits;
    bits += fromBits;
    while (bits >= toBits) {
      const rest = Math.floor(waiting / toSize);
      const word = waiting - rest * toSize;
      to[out++] = toSigned && word >= toSize / 2 ? word - toSize : word;
      waiting = rest;
      bits -= toBits;
    }
  }
}

function bitcastBig(
  from: Lanes,
  base: number,
  count: number,
  fromBits: number,
  to: Lanes,
  toBits: number,
  toSigned: boolean,
): void {
  const bigOut = to instanceof BigInt64Array || to instanceof BigUint64Array;
  let waiting = 0n;
  let bits = 0;
  let out = 0;
  for (let i = 0; i < count; i++) {
    waiting |= BigInt.asUintN(fromBits, BigInt(from[base + i])) << BigInt(bits);
    bits += fromBits;
    while (bits >= toBits) {
      const word = toSigned ? BigInt.asIntN(toBits, waiting) : BigInt.asUintN(toBits, waiting);
      to[out++] = (bigOut ? word : Number(word)) as never;
      waiting >>= BigInt(toBits);
      bits -= toBits;
    }
  }
}
