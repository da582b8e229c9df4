/**
 * Test support: a random quantized layer with plausible magnitudes. Formats are chosen from estimates of the real values, as
 * calibration would choose them from a text, so heads have short and long memories and hardly anything saturates.
 */
import { dConv, dInProj, type Mamba2Config } from '../../model/config/mamba2-config.js';
import { Random } from '../../util/random.js';
import { toAbsA } from '../abs-a.js';
import type { QuantizedLayer, QuantizedScalars, QuantOptions } from '../types.js';
import { hatSizeFor, normOutFracBits, randomLinear, randomNorm } from './random-linear.js';

const clamp = (v: number, low: number, high: number) => Math.max(low, Math.min(high, v));
/** Fraction bits with which values up to `largest` fill a signed word of `bits` bits. */
const fracBitsFor = (largest: number, bits: number) => bits - 1 - Math.ceil(Math.log2(largest));

/** Deviation of the residual stream in real units, and the extra bits that `norm.inShift` takes away. */
const NORM_IN_SHIFT = 2;

/** Mean of dt's argument in base 2 and of absA in base 2 for every head: dt from 2^-8 to 1, memories from 2 tokens to 500. */
interface Head {
  readonly dtIn: number;
  readonly dt: number;
  readonly absA: number;
}

/** Random layer `index` of a model; needs residualFracBits from 12 to 20. */
export function randomLayer(
  config: Mamba2Config,
  options: QuantOptions,
  scalars: QuantizedScalars,
  seed: number,
  index: number,
): QuantizedLayer {
  const random = new Random(seed, `layer ${index}`);
  const { dInner, nHeads, dModel } = config;
  const fracBits = tensorBits(() => random.integer(11, 12));
  const siluIn = { ...tensorBits(() => random.integer(11, 13)), z: fracBits.z };
  const siluOut = tensorBits(() => random.integer(12, 13));
  const heads = Array.from({ length: nHeads }, (): Head => {
    const dtIn = random.between(-8, 0);
    return { dtIn, dt: Math.log2(1 + 2 ** dtIn), absA: random.between(0.5, 8) };
  });
  const ssm = ssmFormats(config, options, random, heads, siluOut);
  const smooth = options.hadamard === 'smooth';
  const groups = config.groupNorm ? config.nGroups : 1;
  const dtFrom = dInProj(config) - nHeads;
  const tensorOf = (o: number) => fracBits[tensorOfRow(config, o)];
  const inProj = randomLinear(random, {
    rows: dInProj(config),
    cols: dModel,
    hatSize: hatSizeFor(options.hadamard, 'residual', dModel),
    smooth,
    weightBits: options.weightBits,
    weightGroup: options.weightGroup,
    inputDeviation: 2 ** normOutFracBits(dModel) / Math.sqrt(dModel),
    outDeviation: (o) => (o >= dtFrom ? 2 ** 11 : 1.2 * 2 ** tensorOf(o)),
    outMean: (o) => (o >= dtFrom ? heads[o - dtFrom].dtIn * 2 ** 11 : 0),
  });
  const outProj = randomLinear(random, {
    rows: dModel,
    cols: dInner,
    hatSize: hatSizeFor(options.hadamard, 'inner', dInner),
    smooth,
    weightBits: options.weightBits,
    weightGroup: options.weightGroup,
    inputDeviation: 2 ** normOutFracBits(dInner / groups) / Math.sqrt(dInner / groups),
    outDeviation: () => 0.3 * 2 ** scalars.residualFracBits,
    outMean: () => 0.02 * random.normal() * 2 ** scalars.residualFracBits,
  });
  return {
    ...{ index, fracBits, siluIn, siluOut, inProj, outProj },
    norm: randomNorm(dModel, NORM_IN_SHIFT, scalars.residualFracBits - NORM_IN_SHIFT),
    ...randomConv(config, random, fracBits, siluIn),
    absA: Uint32Array.from(heads, (h) => toAbsA(h.absA)!.absA),
    aShift: Uint8Array.from(heads, (h) => toAbsA(h.absA)!.aShift),
    ...ssm.fields,
    gatedNorm: randomNorm(dInner / groups, 0, ssm.gateFracBits),
  };
}

function tensorBits(draw: () => number) {
  return { z: draw(), x: draw(), b: draw(), c: draw() };
}

/** Which tensor row o of in_proj (dt excepted) belongs to. */
function tensorOfRow({ dInner, nGroups, dState }: Mamba2Config, o: number): 'z' | 'x' | 'b' | 'c' {
  if (o < dInner) return 'z';
  if (o < 2 * dInner) return 'x';
  return o < 2 * dInner + nGroups * dState ? 'b' : 'c';
}

function randomConv(
  config: Mamba2Config,
  random: Random,
  fracBits: QuantizedLayer['fracBits'],
  siluIn: QuantizedLayer['siluIn'],
) {
  const channels = dConv(config);
  const taps = config.convKernel;
  const convWeight = new Int16Array(channels * taps);
  const convBias = new Int32Array(channels);
  const convShift = new Uint8Array(channels);
  for (let c = 0; c < channels; c++) {
    const tensor = tensorOfRow(config, c + config.dInner);
    const weightBits = random.integer(13, 14);
    for (let k = 0; k < taps; k++) {
      convWeight[c * taps + k] = clamp(Math.round(random.normal() * 0.45 * 2 ** weightBits), -32768, 32767);
    }
    convBias[c] = Math.round((random.normal() * 0.4 + 0.2) * 2 ** (fracBits[tensor] + weightBits));
    convShift[c] = fracBits[tensor] + weightBits - siluIn[tensor];
  }
  return { convWeight, convBias, convShift };
}

/** Shifts of sections 7 and 8 from estimates of u, h, y and g a head. */
function ssmFormats(
  config: Mamba2Config,
  options: QuantOptions,
  random: Random,
  heads: readonly Head[],
  siluOut: QuantizedLayer['siluOut'],
) {
  const { nHeads, dState } = config;
  const fields = {
    uShift: new Uint8Array(nHeads),
    injectShift: new Uint8Array(nHeads),
    dSkip: new Int16Array(nHeads),
    skipShift: new Uint8Array(nHeads),
    yShift: new Uint8Array(nHeads),
    gateShift: new Uint8Array(nHeads),
  };
  const yBits = new Float64Array(nHeads);
  let largestY = 0;
  heads.forEach(({ dt, absA }, head) => {
    const uBits = clamp(fracBitsFor(12 * dt, 16), 0, 20 + siluOut.x);
    fields.uShift[head] = 20 + siluOut.x - uBits;
    const typicalH = (0.3 * dt) / Math.min(1, dt * absA) + 0.3 * dt;
    const inject = fracBitsFor(4 * typicalH * 4, options.stateBits) + 17 - uBits - siluOut.b;
    fields.injectShift[head] = clamp(inject, 0, 15);
    const hBits = uBits + siluOut.b + fields.injectShift[head] - 17;
    const accBits = siluOut.c + hBits;
    fields.skipShift[head] = clamp(accBits - siluOut.x - 12, 0, 20);
    const dBits = accBits - siluOut.x - fields.skipShift[head];
    fields.dSkip[head] = clamp(Math.round(random.between(0.2, 1.5) * 2 ** dBits), -32768, 32767);
    // SiLU leaves B and C a positive mean, hence the term that grows with N.
    const largest = 4 + (3 * Math.sqrt(dState) + 0.4 * dState) * typicalH;
    fields.yShift[head] = clamp(accBits - fracBitsFor(largest, 16), 0, 47);
    yBits[head] = accBits - fields.yShift[head];
    largestY = Math.max(largestY, largest);
  });
  const gateFracBits = fracBitsFor(2 * largestY, 16);
  for (let head = 0; head < nHeads; head++) {
    fields.gateShift[head] = clamp(yBits[head] + siluOut.z - gateFracBits, 0, 31);
  }
  return { fields, gateFracBits };
}
