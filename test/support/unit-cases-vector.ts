/** Cases of the units that work value by value: residual adder, quantizer, SiLU, SoftPlus, decay, gate. */
import { sint, uint } from '../../src/kernel/type.js';
import { addResidual } from '../../src/units/compute/add-residual.js';
import { gate } from '../../src/units/compute/gate.js';
import { nauDecay, nauSoftplus } from '../../src/units/compute/nau.js';
import { quantize } from '../../src/units/compute/quantize.js';
import { silu } from '../../src/units/compute/silu.js';
import { DECAY_FIELDS, packAbsA, paddedHeads } from '../../src/units/movement/head-params.js';
import { int16s, lanesFrom, pick, type UnitPlan } from './unit-cases.js';
import {
  activatedSegments,
  decayOf,
  gated,
  NO_ABS_A,
  quantized,
  randomAbsA,
  timeStep,
  updatedResidual,
} from './unit-reference-vector.js';

const MAX_DT = 2 ** 24 - 1;
const EVERY_INT16 = Array.from({ length: 65536 }, (_, i) => i - 32768);
const INT32 = [-(2 ** 31), 2 ** 31 - 1] as const;

const residualCase: UnitPlan = (at, shape) => {
  const lanes = at.lanes(shape);
  const int32 = (name: string) => at.channel(name, sint(32), lanes);
  const [residual, delta, output] = [int32('residual'), int32('delta'), int32('output')];
  const words = at.scalar('words', 0, 9);
  addResidual(at.net, at.name, { residual, delta, output, words });
  return (random) => {
    const count = random.integer(0, 9);
    const r = lanesFrom(random, count * lanes, ...INT32);
    const d = lanesFrom(random, count * lanes, ...INT32);
    at.give(words, count);
    at.send(residual, r);
    at.send(delta, d);
    at.expect(output, updatedResidual(r, d));
  };
};

const quantizeCase =
  (bits: number): UnitPlan =>
  (at, shape) => {
    const lanes = at.lanes(shape);
    const input = at.channel('input', sint(bits), lanes);
    const output = at.channel('output', sint(8), lanes);
    const words = at.scalar('words', 0, 12);
    const multiplier = at.scalar('multiplier', 0, 65535);
    const shift = at.scalar('shift', 1, 40);
    quantize(at.net, at.name, { input, output, words, multiplier, shift });
    return (random) => {
      const count = random.integer(0, 12);
      const m = random.bits() & 7 ? random.edgy(32768, 65535) : pick(random, 0, 1, 65535);
      const s = random.edgy(1, 40);
      const limit = 2 ** (bits - 1);
      // Values near the steps and the ends of int8 count most: scale a small number back.
      const step = 2 ** s / Math.max(1, m);
      const near = () => Math.round((random.integer(-270, 270) / 2) * step) + random.integer(-2, 2);
      const values = lanesFrom(random, count * lanes, -limit, limit - 1).map((v) =>
        random.bits() & 1 ? Math.min(limit - 1, Math.max(-limit, near())) : v,
      );
      at.give(words, count);
      at.give(multiplier, m);
      at.give(shift, s);
      at.send(input, values);
      at.expect(output, quantized(values, m, s));
    };
  };

const siluCase =
  (count: number): UnitPlan =>
  (at, shape) => {
    const lanes = at.lanes(shape);
    const input = at.channel('input', sint(16), lanes);
    const tokens = at.scalar('tokens', 0, 3);
    const segments = Array.from({ length: count }, (_, i) => ({
      output: at.channel(`output_${i}`, sint(16), lanes),
      words: at.scalar(`words_${i}`, 0, 3),
      inFracBits: at.scalar(`in_frac_bits_${i}`, 7, 14),
      outFracBits: at.scalar(`out_frac_bits_${i}`, 0, 15),
    }));
    silu(at.net, at.name, { input, tokens, segments });
    return (random) => {
      const t = random.integer(0, 3);
      const drawn = segments.map(() => ({
        words: random.integer(0, 3),
        inFracBits: random.integer(7, 14),
        outFracBits: random.edgy(0, 15),
      }));
      const values = int16s(random, t * lanes * drawn.reduce((sum, s) => sum + s.words, 0));
      at.give(tokens, t);
      segments.forEach((segment, i) => {
        at.give(segment.words, drawn[i].words);
        at.give(segment.inFracBits, drawn[i].inFracBits);
        at.give(segment.outFracBits, drawn[i].outFracBits);
      });
      at.send(input, values);
      activatedSegments(values, lanes, t, drawn).forEach((words, i) => {
        at.expect(segments[i].output, words);
      });
    };
  };

const softplusCase: UnitPlan = (at, shape) => {
  const lanes = at.lanes(shape);
  const input = at.channel('input', sint(16, 11), lanes);
  const outputs = ['first', 'second'].map((name) => at.channel(name, uint(24, 20), lanes));
  const words = at.scalar('words', 0, 12);
  const dtMin = at.scalar('dt_min', 0, MAX_DT);
  const dtMax = at.scalar('dt_max', 0, MAX_DT);
  nauSoftplus(at.net, at.name, { input, outputs, tokens: 1, words, dtMin, dtMax });
  return (random) => {
    const values = int16s(random, random.integer(0, 12) * lanes);
    const least = random.bits() & 1 ? 0 : random.edgy(0, MAX_DT);
    const most = random.bits() & 1 ? MAX_DT : random.edgy(least, MAX_DT);
    at.give(words, values.length / lanes);
    at.give(dtMin, least);
    at.give(dtMax, most);
    at.send(input, values);
    const wanted = values.map((x) => timeStep(x, least, most));
    for (const output of outputs) at.expect(output, wanted);
  };
};

const decayCase: UnitPlan = (at, shape) => {
  const lanes = at.lanes(shape);
  const heads = shape.integer(1, 9);
  const padded = paddedHeads(heads, lanes);
  const input = at.channel('input', uint(24, 20), lanes);
  const output = at.channel('output', uint(17, 17), lanes);
  const parameters = at.channel('parameters', uint(16), DECAY_FIELDS.length);
  const tokens = at.scalar('tokens', 0, 5);
  const passes = at.scalar('passes', 0, 1);
  nauDecay(at.net, at.name, { input, output, parameters, tokens, heads, passes });
  return (random) => {
    const t = random.integer(0, 5);
    const pass = t > 0 ? 1 : random.integer(0, 1);
    const absA = Array.from({ length: padded }, (_, head) => (head < heads ? randomAbsA(random) : NO_ABS_A));
    const dt = Array.from({ length: t * padded }, () => random.edgy(0, 2 ** random.integer(1, 24) - 1));
    at.give(tokens, t);
    at.give(passes, pass);
    if (pass)
      at.send(
        parameters,
        absA.flatMap((a) => Object.values(packAbsA(a.absA, a.aShift))),
      );
    at.send(input, dt);
    at.expect(
      output,
      dt.map((v, i) => decayOf(v, absA[i % padded])),
    );
  };
};

const gateCase: UnitPlan = (at, shape) => {
  const lanes = at.lanes(shape);
  const heads = shape.integer(1, 5);
  const headWords = shape.integer(1, 3);
  const int16 = (name: string) => at.channel(name, sint(16), lanes);
  const [y, s, output] = [int16('y'), int16('s'), int16('output')];
  const parameters = at.channel('parameters', uint(16), 1);
  const tokens = at.scalar('tokens', 0, 5);
  const passes = at.scalar('passes', 0, 1);
  gate(at.net, at.name, { y, s, output, parameters, tokens, heads, headWords, passes });
  return (random) => {
    const t = random.integer(0, 5);
    const pass = t > 0 ? 1 : random.integer(0, 1);
    const count = t * heads * headWords * lanes;
    const [ys, ss] = [int16s(random, count), int16s(random, count)];
    const shifts = lanesFrom(random, heads, 0, 31);
    at.give(tokens, t);
    at.give(passes, pass);
    if (pass) at.send(parameters, shifts);
    at.send(y, ys);
    at.send(s, ss);
    at.expect(output, gated(ys, ss, shifts, headWords * lanes));
  };
};

/** Every int16 in each of the eight formats, one a call; afterwards one lane a word. */
const everySilu: UnitPlan = (at) => {
  const LANES = 8;
  const input = at.channel('input', sint(16), LANES);
  const output = at.channel('output', sint(16), LANES);
  const tokens = at.scalar('tokens', 0, 65536 / LANES);
  const inFracBits = at.scalar('in_frac_bits', 7, 14);
  const outFracBits = at.scalar('out_frac_bits', 0, 15);
  silu(at.net, at.name, { input, tokens, segments: [{ output, words: 1, inFracBits, outFracBits }] });
  let format = 7;
  return (random) => {
    const values = format <= 14 ? EVERY_INT16 : int16s(random, LANES);
    const segment = { words: 1, inFracBits: Math.min(14, format), outFracBits: Math.min(14, format) + 1 };
    format++;
    at.give(tokens, values.length / LANES);
    at.give(inFracBits, segment.inFracBits);
    at.give(outFracBits, segment.outFracBits);
    at.send(input, values);
    at.expect(output, activatedSegments(values, LANES, values.length / LANES, [segment])[0]);
  };
};

/** Every int16 in the first call. */
const everySoftplus: UnitPlan = (at) => {
  const LANES = 8;
  const input = at.channel('input', sint(16, 11), LANES);
  const outputs = [at.channel('output', uint(24, 20), LANES)];
  const words = at.scalar('words', 0, 65536 / LANES);
  const dtMin = at.scalar('dt_min', 0, MAX_DT);
  const dtMax = at.scalar('dt_max', 0, MAX_DT);
  nauSoftplus(at.net, at.name, { input, outputs, tokens: 1, words, dtMin, dtMax });
  let first = true;
  return (random) => {
    const values = first ? EVERY_INT16 : int16s(random, LANES);
    first = false;
    at.give(words, values.length / LANES);
    at.give(dtMin, 0);
    at.give(dtMax, MAX_DT);
    at.send(input, values);
    at.expect(
      outputs[0],
      values.map((x) => timeStep(x, 0, MAX_DT)),
    );
  };
};

export const vectorUnits: Readonly<Record<string, UnitPlan>> = {
  add_residual: residualCase,
  quantize_s16: quantizeCase(16),
  quantize_s24: quantizeCase(24),
  silu_plain: siluCase(1),
  silu_segments: siluCase(3),
  softplus: softplusCase,
  decay: decayCase,
  gate: gateCase,
  silu_every_int16: everySilu,
  softplus_every_int16: everySoftplus,
};
