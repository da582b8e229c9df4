/**
 * e^x to the bit, whatever machine computes it: additions, multiplications and divisions of doubles in a fixed order, where Math.exp may differ
 * from engine to engine in the last bit. The host program (host/runtime/sampling.cpp) does the same, so that its draws are the same.
 */

/** ln 2 as a head with its low 32 bits zero and a tail (Cody and Waite; constants as in fdlibm's e_exp.c). */
const LN2_HEAD = 0.6931471803691238;
const LN2_TAIL = 1.9082149292705877e-10;
const TERMS = 14;
const LEAST_EXPONENT = -1022;
const EXPONENT_BIAS = 1023;
const HIGH_WORD_SHIFT = 20;

/** e^x for x of at most 0, within two units in the last place; 0 below the least normal number. */
export function exponential(x: number): number {
  // x = k ln 2 + r with |r| at most half of ln 2; e^r by its series.
  const k = Math.floor(x * Math.LOG2E + 0.5);
  if (k < LEAST_EXPONENT) return 0;
  const r = x - k * LN2_HEAD - k * LN2_TAIL;
  let sum = 1;
  for (let n = TERMS; n > 0; n--) sum = 1 + (r * sum) / n;
  return sum * powerOfTwo(k);
}

/** 2^k for an exponent of a normal number. */
function powerOfTwo(k: number): number {
  return new Float64Array(new Uint32Array([0, (k + EXPONENT_BIAS) << HIGH_WORD_SHIFT]).buffer)[0];
}
