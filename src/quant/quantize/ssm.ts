/**
 * Formats of the state space part, the gate and its norm's input (docs/integer-model.md sections 6 to 8): a PoT scale a
 * head, coupled through the shifts between them. u, h and y are larger by 1 / ln 2 than in the float model. Where shifts
 * leave their range, formats with precision to spare give way, u first; otherwise the model is refused.
 */
import { UserError } from '../../errors.js';
import { ABS_A_LIMIT, toAbsA } from '../abs-a.js';
import type { LayerCalibration } from '../calibrate/types.js';
import { fracBitsFor, leastSquaresFracBits } from '../scale/choose.js';
import type { QuantizedLayer, TensorFracBits } from '../types.js';

const DT_FRAC_BITS = 20;
const DECAY_FRAC_BITS = 17;
const BASE2 = 1 / Math.LN2;
/** Largest state that fits is so many times the largest of the calibration. */
const STATE_HEADROOM = 4;
const MAX_INJECT_SHIFT = 15;
const MAX_SKIP_SHIFT = 20;
const MAX_Y_SHIFT = 47;
const MAX_GATE_SHIFT = 31;

/** Per-head arrays of a layer, and the fraction bits of g. */
export interface SsmFormats
  extends Pick<
    QuantizedLayer,
    'absA' | 'aShift' | 'uShift' | 'injectShift' | 'dSkip' | 'skipShift' | 'yShift' | 'gateShift'
  > {
  readonly gatedFracBits: number;
}

/** What the formats of a layer's state space follow from. */
export interface SsmSource {
  /** For errors. */
  readonly where: string;
  readonly calibration: LayerCalibration;
  readonly siluOut: TensorFracBits;
  readonly stateBits: number;
  /** [nHeads]. */
  readonly aLog: ArrayLike<number>;
  /** [nHeads]. */
  readonly d: ArrayLike<number>;
  /** Bound on the format of g from outside (the epsilon of its norm). */
  readonly maxGatedFracBits: number;
}

/** Throws UserError naming layer and head when a shift cannot be brought into its range. */
export function quantizeSsm(source: SsmSource): SsmFormats {
  const { where, calibration, siluOut, aLog, maxGatedFracBits } = source;
  const heads = aLog.length;
  const result = {
    absA: new Uint32Array(heads),
    aShift: new Uint8Array(heads),
    uShift: new Uint8Array(heads),
    injectShift: new Uint8Array(heads),
    dSkip: new Int16Array(heads),
    skipShift: new Uint8Array(heads),
    yShift: new Uint8Array(heads),
    gateShift: new Uint8Array(heads),
  };
  const yFracBits: number[] = [];
  for (let head = 0; head < heads; head++) {
    const name = `${where}: head ${head}`;
    const a = toAbsA(Math.exp(aLog[head]));
    if (a === undefined) {
      const found = `|A| = ${Math.exp(aLog[head])} (A_log ${aLog[head]})`;
      throw new UserError(`${name}: found ${found}, expected below ${ABS_A_LIMIT}`);
    }
    result.absA[head] = a.absA;
    result.aShift[head] = a.aShift;
    const chosen = chooseHead(name, source, head);
    result.uShift[head] = chosen.uShift;
    result.injectShift[head] = chosen.injectShift;
    result.dSkip[head] = chosen.dSkip;
    result.skipShift[head] = chosen.skipShift;
    result.yShift[head] = chosen.yShift;
    yFracBits.push(chosen.yFracBits);
  }

  const gatedFracBits = Math.min(
    leastSquaresFracBits(calibration.gated, 16, { min: -16, max: 40 }, { factor: BASE2 }),
    maxGatedFracBits,
    Math.min(...yFracBits) + siluOut.z,
  );
  for (let head = 0; head < heads; head++) {
    // A head whose y is far quieter than the layer's g has fraction bits to spare.
    const excess = yFracBits[head] + siluOut.z - gatedFracBits - MAX_GATE_SHIFT;
    if (excess > 0) {
      result.yShift[head] += excess;
      yFracBits[head] -= excess;
    }
    expectRange(`${where}: head ${head}`, 'y shift', result.yShift[head], MAX_Y_SHIFT);
    result.gateShift[head] = yFracBits[head] + siluOut.z - gatedFracBits;
  }
  return { ...result, gatedFracBits };
}

function chooseHead(name: string, { calibration, siluOut, stateBits, d }: SsmSource, head: number) {
  const dSkip = d[head] * BASE2;
  // State: as fine as the headroom allows, coarser only where D x or u B could not be shifted up to it.
  const dFracBits = Math.min(fracBitsFor(Math.abs(dSkip), 16), 30);
  const finestU = Math.min(DT_FRAC_BITS + siluOut.x, fracBitsFor(calibration.uMax[head] * BASE2 * 2, 16));
  const hFracBits = Math.min(
    fracBitsFor(calibration.stateMax[head] * BASE2 * STATE_HEADROOM, stateBits),
    finestU + siluOut.b - DECAY_FRAC_BITS + MAX_INJECT_SHIFT,
    dFracBits + MAX_SKIP_SHIFT + siluOut.x - siluOut.c,
  );
  const productFracBits = siluOut.c + hFracBits;

  const uFracBits = Math.min(finestU, hFracBits + DECAY_FRAC_BITS - siluOut.b);
  const uShift = DT_FRAC_BITS + siluOut.x - uFracBits;
  expectRange(name, 'u shift', uShift, 40);

  const storedDFracBits = Math.min(dFracBits, productFracBits - siluOut.x);
  const yFracBits = leastSquaresFracBits(
    calibration.y[head],
    16,
    { min: productFracBits - MAX_Y_SHIFT, max: productFracBits },
    { factor: BASE2 },
  );
  return {
    uShift,
    injectShift: hFracBits + DECAY_FRAC_BITS - uFracBits - siluOut.b,
    dSkip: Math.round(dSkip * 2 ** storedDFracBits),
    skipShift: productFracBits - siluOut.x - storedDFracBits,
    yShift: productFracBits - yFracBits,
    yFracBits,
  };
}

function expectRange(name: string, what: string, found: number, max: number): void {
  if (!(found >= 0 && found <= max)) {
    throw new UserError(`${name}: found a ${what} of ${found}, expected 0 to ${max}`);
  }
}
