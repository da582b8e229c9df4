/** Cases of the units around a projection: the three processes of the norm, and the Hadamard transform. */
import { sint, uint } from '../../src/kernel/type.js';
import { hat } from '../../src/units/compute/hat.js';
import { normRoot, normScale, normSquare } from '../../src/units/compute/norm.js';
import type { Random } from '../../src/util/random.js';
import { lanesFrom, pick, type UnitPlan } from './unit-cases.js';
import { hadamard, normRoots, normScaled, normSums, normValues } from './unit-reference-vector.js';

const MOST_ROWS = 4;
const MOST_ROW_WORDS = 6;

const squareCase =
  (shifted: boolean): UnitPlan =>
  (at, shape) => {
    const lanes = at.lanes(shape);
    const input = at.channel('input', sint(shifted ? 32 : 16), lanes);
    const values = at.channel('values', sint(shifted ? 18 : 16), lanes);
    const sums = at.channel('sums', uint(50));
    const rows = at.scalar('rows', 0, MOST_ROWS);
    const words = at.scalar('words', 1, MOST_ROW_WORDS);
    const inShift = shifted ? at.scalar('in_shift', 0, 31) : undefined;
    normSquare(at.net, at.name, { input, values, sums, rows, words, ...(inShift ? { inShift } : {}) });
    return (random) => {
      const [r, w] = [random.integer(0, MOST_ROWS), random.integer(1, MOST_ROW_WORDS)];
      const limit = 2 ** (shifted ? random.integer(0, 31) : random.integer(0, 15));
      const data = lanesFrom(random, r * w * lanes, -limit, limit - 1);
      const shift = shifted ? random.edgy(0, 31) : undefined;
      at.give(rows, r);
      at.give(words, w);
      if (inShift) at.give(inShift, shift!);
      at.send(input, data);
      const kept = normValues(data, shift);
      at.expect(values, kept);
      at.expect(sums, normSums(kept, w * lanes));
    };
  };

const rootCase: UnitPlan = (at) => {
  const [sums, q, k] = [at.channel('sums', uint(50)), at.channel('q', uint(18)), at.channel('k', uint(5))];
  const rows = at.scalar('rows', 0, 16);
  const epsLow = at.scalar('eps_low', 0, 2 ** 32 - 1);
  const epsHigh = at.scalar('eps_high', 0, 2 ** 18 - 1);
  normRoot(at.net, at.name, { sums, q, k, rows, epsLow, epsHigh });
  return (random) => {
    const wide = (bits: number) =>
      Math.min(2 ** bits - 1, random.integer(0, 2 ** 26) * 2 ** Math.max(0, bits - 26) + random.edgy(0, 3));
    const eps = random.bits() & 1 ? random.integer(0, 3) : wide(random.integer(0, 50));
    const values = Array.from({ length: random.integer(0, 16) }, () => {
      // On both sides of every position of the leading one.
      const near = 2 ** random.integer(0, 50) + random.integer(-2, 2) - eps;
      return Math.min(2 ** 50 - 1 - eps, Math.max(0, random.bits() & 1 ? near : wide(random.integer(0, 50))));
    });
    at.give(rows, values.length);
    at.give(epsLow, eps % 2 ** 32);
    at.give(epsHigh, Math.floor(eps / 2 ** 32));
    at.send(sums, values);
    const roots = normRoots(values, eps);
    at.expect(
      q,
      roots.map((root) => root.q),
    );
    at.expect(
      k,
      roots.map((root) => root.k),
    );
  };
};

const scaleCase: UnitPlan = (at, shape) => {
  const lanes = at.lanes(shape);
  const values = at.channel('values', sint(18), lanes);
  const [q, k] = [at.channel('q', uint(18)), at.channel('k', uint(5))];
  const output = at.channel('output', sint(16), lanes);
  const rows = at.scalar('rows', 0, MOST_ROWS);
  const words = at.scalar('words', 1, MOST_ROW_WORDS);
  const outFracBits = at.scalar('out_frac_bits', 0, 17);
  normScale(at.net, at.name, { values, q, k, output, rows, words, outFracBits });
  return (random) => {
    const [r, w] = [random.integer(0, MOST_ROWS), random.integer(1, MOST_ROW_WORDS)];
    const data = lanesFrom(random, r * w * lanes, -(2 ** 17), 2 ** 17 - 1);
    const roots = Array.from({ length: r }, () => ({
      q: random.edgy(2 ** 16, 2 ** 17),
      k: random.edgy(0, 24),
    }));
    const bits = random.edgy(0, 17);
    at.give(rows, r);
    at.give(words, w);
    at.give(outFracBits, bits);
    at.send(values, data);
    at.send(
      q,
      roots.map((root) => root.q),
    );
    at.send(
      k,
      roots.map((root) => root.k),
    );
    at.expect(output, normScaled(data, w * lanes, roots, bits));
  };
};

/** `factor`: values of a block over lanes of a word. */
const hatCase =
  (lanesOf: (shape: Random) => number, factor: number, bits: number): UnitPlan =>
  (at, shape) => {
    const lanes = lanesOf(shape);
    const block = lanes * factor;
    const input = at.channel('input', sint(bits), lanes);
    const output = at.channel('output', sint(bits + Math.log2(block)), lanes);
    const words = at.scalar('words', 0, 4 * Math.max(1, factor));
    hat(at.net, at.name, { input, output, block, words });
    return (random) => {
      const count = random.integer(0, 4) * Math.max(1, factor);
      const limit = 2 ** (bits - 1);
      const values = lanesFrom(random, count * lanes, -limit, limit - 1);
      at.give(words, count);
      at.send(input, values);
      at.expect(output, hadamard(block, values));
    };
  };

export const normUnits: Readonly<Record<string, UnitPlan>> = {
  norm_square: squareCase(false),
  norm_square_shifted: squareCase(true),
  norm_root: rootCase,
  norm_scale: scaleCase,
  hat_part_of_word: hatCase((shape) => pick(shape, 4, 8), 1 / 2, 16),
  hat_in_word: hatCase((shape) => pick(shape, 4, 8), 1, 16),
  hat_across_words: hatCase((shape) => pick(shape, 2, 4), 16, 16),
  hat_one_lane: hatCase(() => 1, 4, 2),
};
