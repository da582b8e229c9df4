import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFloats } from './float-decode.js';
import { encodeFloats, toBfloat16, toHalf } from './float-encode.js';

function decode16(type: 'F16' | 'BF16'): Float32Array {
  const out = new Float32Array(65536);
  decodeFloats(type, new Uint8Array(Uint16Array.from(out, (_, i) => i).buffer), out, 0);
  return out;
}
const halves = decode16('F16');
const bfloats = decode16('BF16');

describe('16-bit floats', () => {
  it('have the values of the formats', () => {
    const cases = [
      [0x3c00, 1],
      [0xc000, -2],
      [0x7bff, 65504],
      [0x0001, 2 ** -24],
      [0x0400, 2 ** -14],
      [0x7c00, Infinity],
    ];
    for (const [bits, value] of cases) expect(halves[bits]).toBe(value);
    expect(halves[0x7e00]).toBeNaN();
    expect([bfloats[0x3f80], bfloats[0xc000], bfloats[0x7f80], bfloats[1]]).toEqual([
      1,
      -2,
      Infinity,
      2 ** -133,
    ]);
  });

  it('come back to the same bits, all of them', () => {
    for (let bits = 0; bits < 65536; bits++) {
      if (Number.isFinite(halves[bits]) && toHalf(halves[bits]) !== bits)
        expect(toHalf(halves[bits])).toBe(bits);
      if (!Number.isNaN(bfloats[bits]) && toBfloat16(bfloats[bits]) !== bits) {
        expect(toBfloat16(bfloats[bits])).toBe(bits);
      }
    }
  });

  it('are rounded to nearest, ties to even', () => {
    const value = fc.oneof(
      fc.float({ min: -65504, max: 65504, noNaN: true }),
      // Exactly half way between two half floats.
      fc.nat(0x7bfe).map((bits) => (halves[bits] + halves[bits + 1]) / 2),
    );
    fc.assert(
      fc.property(value, (x) => {
        const bits = toHalf(x);
        const error = Math.abs(halves[bits] - x);
        for (const other of [bits - 1, bits + 1]) {
          if ((other & 0x7fff) > 0x7bff || (other ^ bits) & 0x8000) continue;
          const otherError = Math.abs(halves[other & 0xffff] - x);
          expect(error < otherError || (error === otherError && bits % 2 === 0)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
    expect(toHalf(1e9)).toBe(0x7bff);
    // 1 + 2^-8 lies half way between 1 and 1 + 2^-7, 1 + 3 * 2^-8 between 1 + 2^-7 and 1 + 2^-6.
    expect([toBfloat16(1 + 2 ** -8), toBfloat16(1 + 3 * 2 ** -8)]).toEqual([0x3f80, 0x3f82]);
  });

  it('and wider ones are read from any byte offset', () => {
    const out = new Float32Array(3);
    decodeFloats('F32', encodeFloats('F32', Float32Array.of(0, 1.25, -3)).subarray(4), out, 1);
    expect([...out]).toEqual([0, 1.25, -3]);
    decodeFloats('F64', new Uint8Array(Float64Array.of(0.1).buffer), out, 0);
    expect(out[0]).toBe(Math.fround(0.1));
  });
});
