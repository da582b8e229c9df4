import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldInput, foldOutput } from './fold.js';
import { denseHadamard } from './hadamard.js';
import { blockHadamard, fullHadamard, hatSizeOf, identityRotation, type Rotation } from './rotate.js';

const widths = [1, 2, 12, 24, 64, 96, 192, 320];

function matrixOf(rotation: Rotation): Float64Array[] {
  return Array.from({ length: rotation.width }, (_, i) => {
    const unit = new Float64Array(rotation.width);
    unit[i] = 1;
    rotation.apply(unit);
    return unit;
  });
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

describe('rotations', () => {
  it.each([
    [64, 64],
    [192, 64],
    [768, 256],
    [1024, 256],
    [2560, 256],
    [97, 1],
  ])('the transform of width %i has blocks of %i', (width, size) => {
    expect(hatSizeOf(width)).toBe(size);
  });

  it.each(widths)('Q of width %i is orthonormal', (width) => {
    for (const rotation of [identityRotation(width), blockHadamard(width), fullHadamard(width)]) {
      const columns = matrixOf(rotation);
      let worst = 0;
      for (let i = 0; i < width; i++) {
        for (let j = i; j < width; j++) {
          worst = Math.max(worst, Math.abs(dot(columns[i], columns[j]) - (i === j ? 1 : 0)));
        }
      }
      expect(worst).toBeLessThan(1e-12);
    }
  });

  it.each([12, 20])('Paley order %i: rows of +1 and -1, orthogonal', (order) => {
    const h = denseHadamard(order);
    const row = (i: number) => h.subarray(i * order, (i + 1) * order);
    expect(new Set(h)).toEqual(new Set([1, -1]));
    for (let i = 0; i < order; i++) {
      for (let j = 0; j < order; j++) expect(dot(row(i), row(j))).toBe(i === j ? order : 0);
    }
  });

  it.each([192, 768, 2560])('the full rotation of width %i spreads one outlier evenly', (width) => {
    const spike = new Float64Array(width);
    spike[width - 5] = 1;
    fullHadamard(width).apply(spike);
    const worst = spike.reduce((most, v) => Math.max(most, Math.abs(Math.abs(v) * Math.sqrt(width) - 1)), 0);
    expect(worst).toBeLessThan(1e-12);
  });

  it('block transform equals the Sylvester matrix written out by bit counts', () => {
    const columns = matrixOf(blockHadamard(24));
    for (let i = 0; i < 24; i++) {
      for (let j = 0; j < 24; j++) {
        const ones = ((i % 8) & (j % 8)).toString(2).replaceAll('0', '').length;
        const expected = i >> 3 === j >> 3 ? (-1) ** ones / Math.sqrt(8) : 0;
        expect(columns[j][i]).toBeCloseTo(expected, 12);
      }
    }
  });

  it('folded weights compute the same function of rotated activations (1e-9)', () => {
    const value = fc.double({ min: -8, max: 8, noNaN: true });
    const outer = 5;
    fc.assert(
      fc.property(
        fc.constantFrom(12, 16, 24, 40).chain((width) =>
          fc.record({
            width: fc.constant(width),
            weight: fc.array(value, { minLength: width * outer, maxLength: width * outer }),
            x: fc.array(value, { minLength: width, maxLength: width }),
            gain: fc.array(value, { minLength: width, maxLength: width }),
          }),
        ),
        fc.boolean(),
        ({ width, weight, x, gain }, full) => {
          const rotation = full ? fullHadamard(width) : blockHadamard(width);
          const rotated = Float64Array.from(x);
          rotation.apply(rotated);
          const folded = foldInput(weight, outer, rotation, gain);
          const scaled = x.map((v, i) => v * gain[i]);
          for (let o = 0; o < outer; o++) {
            const plain = dot(weight.slice(o * width, (o + 1) * width), scaled);
            const got = dot(folded.subarray(o * width, (o + 1) * width), rotated);
            expect(Math.abs(got - plain)).toBeLessThan(1e-9);
          }
          // Output side: the same numbers taken as [width][outer].
          const output = Float64Array.from(weight);
          foldOutput(output, outer, rotation);
          const input = x.slice(0, outer);
          const expected = Float64Array.from({ length: width }, (_, r) =>
            dot(weight.slice(r * outer, (r + 1) * outer), input),
          );
          rotation.apply(expected);
          for (let r = 0; r < width; r++) {
            const got = dot(output.subarray(r * outer, (r + 1) * outer), input);
            expect(Math.abs(got - expected[r])).toBeLessThan(1e-9);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
