/**
 * Reference functions for table fitting, in BigInt fixed point with `FIXED_BITS` fraction bits. Their truncation is
 * far below what decides a table entry, and they give the same bits on every machine, which Math.exp does not promise.
 */

/** Fraction bits of every argument and result in this file. */
export const FIXED_BITS = 112n;
const ONE = 1n << FIXED_BITS;

const multiply = (a: bigint, b: bigint) => (a * b) >> FIXED_BITS;

/** 2 atanh(t) for |t| <= 1/3. */
function twiceAtanh(t: bigint): bigint {
  const square = multiply(t, t);
  let power = t;
  let sum = 0n;
  for (let k = 1n; power !== 0n && power !== -1n; k += 2n) {
    sum += power / k;
    power = multiply(power, square);
  }
  return 2n * sum;
}

/** ln 2. */
export const FIXED_LN2 = twiceAtanh(ONE / 3n);

/** p / 2^bits as a fixed-point number. */
export function fixedRatio(p: number, bits: number): bigint {
  return (BigInt(p) << FIXED_BITS) >> BigInt(bits);
}

/** e^-z, 0 <= z <= 64: Taylor series of z / 256, squared eight times. */
export function fixedExpNeg(z: bigint): bigint {
  const y = -(z >> 8n);
  let term = ONE;
  let sum = 0n;
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    sum += term;
    term = multiply(term, y) / k;
  }
  for (let i = 0; i < 8; i++) sum = multiply(sum, sum);
  return sum;
}

/** 2^-f, 0 <= f <= 64. */
export function fixedExp2Neg(f: bigint): bigint {
  return fixedExpNeg(multiply(f, FIXED_LN2));
}

/** log2(1 + t), 0 <= t <= 1. */
export function fixedLog2OnePlus(t: bigint): bigint {
  return (twiceAtanh((t << FIXED_BITS) / (2n * ONE + t)) << FIXED_BITS) / FIXED_LN2;
}

/** z / (1 + e^z), z >= 0: what SiLU lacks to the rectifier. */
export function fixedSiluGap(z: bigint): bigint {
  const t = fixedExpNeg(z);
  return multiply(z, (t << FIXED_BITS) / (ONE + t));
}

/** 1 / sqrt(m), m > 0. */
export function fixedInverseRoot(m: bigint): bigint {
  const square = (1n << (3n * FIXED_BITS)) / m;
  let root = 1n << BigInt(Math.ceil(square.toString(2).length / 2));
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
