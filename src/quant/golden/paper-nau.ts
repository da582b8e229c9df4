/**
 * The paper's nonlinear approximation unit, as an ablation (`nau: paper`): e^x = 2^(1.0111b x) with 2^-f interpolated between
 * nine points, SoftPlus(x) = e^x for x <= 0 and x + e^-x above. Arguments and results have the formats of the model's own NAU,
 * so that nothing but these approximations differs.
 */

import { rsh, usat } from '../rounding.js';
import { FIXED_BITS, FIXED_LN2, fixedExp2Neg, fixedRatio } from '../tables/fit-reference.js';
import type { Nau } from './ssm.js';

const SCALE_BITS = 24;
/** 1.0111b ln 2, by which a base-2 argument is multiplied in effect: in base 2 the paper's constant is 1.0111b / log2(e). */
const SCALE = Number(
  (((23n * FIXED_LN2) >> 4n) + (1n << (FIXED_BITS - 25n))) >> (FIXED_BITS - BigInt(SCALE_BITS)),
);
/** log2(e) with 16 fraction bits, to bring e^x to base-2 units of dt. */
const LOG2_E = Number((1n << (FIXED_BITS + 16n)) / FIXED_LN2);

const POINT_BITS = 24;
const SEGMENT_BITS = 17;
/** 2^(-i / 8), i = 0..8. */
const points = Float64Array.from({ length: 9 }, (_, i) =>
  Number((fixedExp2Neg(fixedRatio(i, 3)) + (1n << (FIXED_BITS - 25n))) >> (FIXED_BITS - BigInt(POINT_BITS))),
);

/** 2^(-t mod 1), POINT_BITS fraction bits; t has 20 fraction bits. */
function interpolate(t: number): number {
  const i = (t >> SEGMENT_BITS) & 7;
  const r = t % 2 ** SEGMENT_BITS;
  return points[i] + Math.floor(((points[i + 1] - points[i]) * r) / 2 ** SEGMENT_BITS);
}

/** The paper's e^-|x| and SoftPlus in the model's formats. */
export const paperNau: Nau = {
  softplus2(x) {
    const t = rsh(Math.abs(x) * 2 ** 9 * SCALE, SCALE_BITS);
    const tail = rsh(interpolate(t) * LOG2_E, POINT_BITS + 16 - 20 + (t >> 20));
    return usat(Math.max(x, 0) * 2 ** 9 + tail, 24);
  },
  exp2neg(w) {
    const t = rsh(w * SCALE, SCALE_BITS);
    return usat(rsh(interpolate(t), POINT_BITS - 17 + (t >> 20)), 17);
  },
};
