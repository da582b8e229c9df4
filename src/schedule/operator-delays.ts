/**
 * Delays of the 7-series operators, in nanoseconds at speed grade -3, by operand width: figures characterized with Vivado on the XC7VX690T
 * (published with PandA Bambu 2024.10). Between the widths given, delays are interpolated; above them, extrapolated. A slower grade scales them.
 */

/** [operand bits, ns] pairs, ascending. */
export type DelayCurve = readonly (readonly [bits: number, ns: number])[];

export const delayCurves = {
  add: [
    [8, 1.04],
    [16, 1.092],
    [32, 1.216],
    [64, 1.602],
  ],
  negate: [
    [8, 0.914],
    [16, 0.965],
    [32, 1.117],
    [64, 1.553],
  ],
  logic: [
    [8, 0.576],
    [16, 0.51],
    [32, 0.567],
    [64, 0.758],
  ],
  equal: [
    [8, 0.895],
    [16, 1.033],
    [32, 1.1],
    [64, 1.283],
  ],
  less: [
    [8, 0.925],
    [16, 0.979],
    [32, 1.113],
    [64, 1.293],
  ],
  minMax: [
    [8, 1.436],
    [16, 1.43],
    [32, 1.589],
    [64, 1.879],
  ],
  select: [
    [8, 0.981],
    [16, 1.273],
    [32, 1.384],
    [64, 1.673],
  ],
  shift: [
    [8, 0.986],
    [16, 1.247],
    [32, 1.636],
    [64, 1.808],
  ],
  /** Multiplier in LUTs, operands of up to 8 bits each, full product. */
  lutMultiply: [
    [4, 1.7],
    [8, 2.548],
  ],
} as const satisfies Record<string, DelayCurve>;

/** Slowdown against grade -3 (the VC709 carries -2: 10 to 15 %). */
export const gradeFactor = { '-3': 1, '-2': 1.125, '-1': 1.3 } as const;
export type SpeedGrade = keyof typeof gradeFactor;

/** Delay of a curve at a width. */
export function delayAt(curve: DelayCurve, bits: number): number {
  const first = curve[0];
  if (bits <= first[0]) return first[1];
  for (let i = 1; i < curve.length; i++) {
    const [b0, d0] = curve[i - 1];
    const [b1, d1] = curve[i];
    if (bits <= b1 || i === curve.length - 1) return d0 + ((bits - b0) * (d1 - d0)) / (b1 - b0);
  }
  return first[1];
}
