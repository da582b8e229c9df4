/** Every kernel by itself, against the page's formulas in plain numbers: all int16 where an input has no more, the ends of the ranges elsewhere. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../util/random.js';
import { WasmLayout, WasmMemory } from '../../util/wasm.js';
import { hadamardBlocks } from '../golden/linear.js';
import { rsh, sat } from '../rounding.js';
import type { FastKernels } from './kernels.js';

const layout = new WasmLayout();
const [a, b, c, d, e, f] = Array.from({ length: 6 }, () => layout.take(8 * 65536));
const memory = new WasmMemory(layout.bytes);
const kernels = memory.instantiate<FastKernels>('quant');

const ALL_INT16 = Int16Array.from({ length: 65536 }, (_, i) => i - 32768);
const edges = (bits: number) => [-(2 ** (bits - 1)), -1, 0, 1, 2 ** (bits - 1) - 1];
const within = (bits: number) =>
  fc.oneof(
    fc.constantFrom(...edges(bits)),
    fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 }),
  );

/** toEqual, for long arrays. */
function expectSame(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (found[i] !== expected[i]) throw new Error(`[${i}]: found ${found[i]}, expected ${expected[i]}`);
  }
}

describe('kernels', () => {
  it('scale all int16 to 16 and to 8 bits', () => {
    memory.i16(a, 65536).set(ALL_INT16);
    kernels.widen(a, d, 65536);
    expectSame(memory.i32(d, 65536), Int32Array.from(ALL_INT16));
    for (const [multiplier, shift] of [
      [65535, 1],
      [65535, 40],
      [32768, 15],
      [40001, 24],
      [131072, 17],
      [99999, 33],
    ]) {
      const scale = multiplier * 2 ** -shift;
      const scaled = Int16Array.from(ALL_INT16, (v) => sat(rsh(v * multiplier, shift), 16));
      kernels.normOutput16(a, b, scale, 65536);
      expectSame(memory.i16(b, 65536), scaled);
      memory.i16(b, 65536).fill(0);
      kernels.normOutput32(d, b, scale, 65536);
      expectSame(memory.i16(b, 65536), scaled);
      memory.f64(c, 65536).fill(scale);
      const quantized = scaled.map((v) => sat(v, 8));
      kernels.quantize16(a, c, b, 65536);
      expectSame(memory.i16(b, 65536), quantized);
      memory.i16(b, 65536).fill(0);
      kernels.quantize32(d, c, b, 65536);
      expectSame(memory.i16(b, 65536), quantized);
    }
  });

  it('gate all int16, by all shifts', () => {
    memory.i16(a, 65536).set(ALL_INT16);
    for (let shift = 0; shift < 32; shift++) {
      const s = [-32768, -1, 3, 32767][shift % 4];
      memory.i16(b, 65536).fill(s);
      kernels.gate(a, b, c, shift, 65536);
      const expected = Int16Array.from(ALL_INT16, (y) => sat(rsh(y * s, shift), 16));
      expectSame(memory.i16(c, 65536), expected);
    }
  });

  it('turn all int16 into doubles', () => {
    memory.i16(a, 65536).set(ALL_INT16);
    kernels.toDoubles(a, b, 65536);
    expectSame(memory.f64(b, 65536), Float64Array.from(ALL_INT16));
  });

  it('rescale accumulators, and nothing after them', () => {
    const one = fc.record({
      acc: within(32),
      multiplier: fc.integer({ min: 0, max: 65535 }),
      shift: fc.integer({ min: 0, max: 48 }),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 21 }), (rows) => {
        memory.i32(a, rows.length).set(rows.map(({ acc }) => acc));
        memory.f64(b, rows.length).set(rows.map(({ multiplier, shift }) => multiplier * 2 ** -shift));
        const results = (bits: number) =>
          rows.map(({ acc, multiplier, shift }) => sat(rsh(acc * multiplier, shift), bits));
        memory.i16(c, rows.length + 1)[rows.length] = 77;
        kernels.rescale16(a, b, c, rows.length);
        expect([...memory.i16(c, rows.length + 1)]).toEqual([...results(16), 77]);
        memory.i32(c, rows.length + 1)[rows.length] = 77;
        kernels.rescale32(a, b, c, rows.length);
        expect([...memory.i32(c, rows.length + 1)]).toEqual([...results(32), 77]);
      }),
      { numRuns: 300 },
    );
  });

  it('shift and clamp the residual stream, and add to it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(within(32), within(32)), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 0, max: 31 }),
        (pairs, shift) => {
          const count = pairs.length;
          memory.i32(a, count).set(pairs.map(([r]) => r));
          memory.i32(b, count).set(pairs.map(([, delta]) => delta));
          kernels.normInput(a, c, shift, count);
          expect([...memory.i32(c, count)]).toEqual(pairs.map(([r]) => sat(rsh(r, shift), 18)));
          kernels.addSaturated(a, b, count);
          expect([...memory.i32(a, count)]).toEqual(pairs.map(([r, delta]) => sat(r + delta, 32)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('sum squares, of the largest values too', () => {
    const cases = (bits: number) => [
      ...Array.from({ length: 20 }, (_, n) => Array(n + 1).fill(-(2 ** (bits - 1)))),
      Array(5120).fill(-(2 ** (bits - 1))),
      Array.from({ length: 1031 }, (_, i) => ((i * 7919) % 2 ** bits) - 2 ** (bits - 1)),
    ];
    const squares = (values: number[]) => Number(values.reduce((sum, v) => sum + BigInt(v * v), 0n));
    for (const values of cases(16)) {
      memory.i16(a, values.length + 8).fill(5);
      memory.i16(a, values.length).set(values);
      expect(kernels.squares16(a, values.length)).toBe(squares(values));
    }
    for (const values of cases(18)) {
      memory.i32(a, values.length + 8).fill(5);
      memory.i32(a, values.length).set(values);
      expect(kernels.squares32(a, values.length)).toBe(squares(values));
    }
  });

  it.each([2, 4, 8, 64, 256])('transform blocks of %i', (size) => {
    const random = new Random(size);
    const data = Int32Array.from({ length: 3 * size }, () => random.edgy(-32768, 32767));
    memory.i32(a, data.length).set(data);
    kernels.hadamard(a, data.length, size);
    expect(memory.i32(a, data.length)).toEqual(hadamardBlocks(data, size, size));
  });

  it.each([
    [1, 4, 8],
    [2, 8, 1032],
    [3, 4, 5120],
    [5, 12, 2048],
  ])('multiply %i tokens by %i rows of %i columns, at the ends of int8 too', (tokens, rows, stride) => {
    const random = new Random(tokens);
    for (const draw of [() => -128, () => random.edgy(-128, 127), (i: number) => (i & 1 ? -128 : 127)]) {
      const weight = memory.i8(a, rows * stride).map((_, i) => draw(i));
      const x = memory.i16(b, tokens * stride).map((_, i) => draw(i));
      const bias = Int32Array.from({ length: rows }, () => random.edgy(-(2 ** 30), 2 ** 30));
      memory.i8(a, weight.length).set(weight);
      memory.i16(b, x.length).set(x);
      memory.i32(c, rows).set(bias);
      kernels.products(a, c, b, d, rows, stride, tokens, e);
      const expected = Int32Array.from({ length: tokens * rows }, (_, i) => {
        const [t, o] = [Math.floor(i / rows), i % rows];
        let sum = bias[o];
        for (let k = 0; k < stride; k++) sum += weight[o * stride + k] * x[t * stride + k];
        return sum;
      });
      expect(memory.i32(d, tokens * rows)).toEqual(expected);
    }
  });

  it('convolve with the largest weights, biases and shifts', () => {
    const channel = fc.record({
      weight: fc.array(within(16), { minLength: 4, maxLength: 4 }),
      bias: within(32),
      shift: fc.integer({ min: 0, max: 36 }),
    });
    fc.assert(
      fc.property(fc.array(channel, { minLength: 1, maxLength: 11 }), fc.nat(), (channels, seed) => {
        const random = new Random(seed);
        const [count, tokens] = [channels.length, 3];
        const input = Int16Array.from({ length: (tokens + 3) * count }, () => random.edgy(-32768, 32767));
        memory.i16(a, input.length).set(input);
        for (const [i, { weight, bias, shift }] of channels.entries()) {
          for (let k = 0; k < 4; k++) memory.i16(b, 64)[16 * k + i] = weight[k];
          memory.f64(c, count)[i] = bias;
          memory.f64(d, count)[i] = 2 ** -shift;
        }
        kernels.conv(a, b, c, d, e, count, 16, 4, tokens);
        const expected = Array.from({ length: tokens * count }, (_, at) => {
          const [t, i] = [Math.floor(at / count), at % count];
          const { weight, bias, shift } = channels[i];
          const sum = weight.reduce((total, w, k) => total + w * input[(t + k) * count + i], bias);
          return sat(rsh(sum, shift), 16);
        });
        expect([...memory.i16(e, tokens * count)]).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('update states of 24 bits by the largest decays and inputs', () => {
    const head = fc.record({
      dt: fc.oneof(fc.constantFrom(0, 2 ** 24 - 1), fc.integer({ min: 0, max: 2 ** 24 - 1 })),
      decay: fc.oneof(fc.constantFrom(0, 2 ** 17 - 1), fc.integer({ min: 0, max: 2 ** 17 - 1 })),
      uShift: fc.integer({ min: 0, max: 40 }),
      injectShift: fc.integer({ min: 0, max: 15 }),
      dSkip: within(16),
      skipShift: fc.integer({ min: 0, max: 20 }),
      yShift: fc.integer({ min: 0, max: 47 }),
      stateBits: fc.integer({ min: 16, max: 24 }),
      x: fc.array(within(16), { minLength: 1, maxLength: 3 }),
      bc: fc.array(fc.tuple(within(16), within(16)), { minLength: 1, maxLength: 9 }),
    });
    fc.assert(
      fc.property(head, fc.nat(), (p, seed) => {
        const random = new Random(seed);
        const [headDim, dState] = [p.x.length, p.bc.length];
        const limit = 2 ** (p.stateBits - 1);
        const h = Array.from({ length: headDim * dState }, () => random.edgy(-limit, limit - 1));
        memory.i32(a, h.length).set(h);
        memory.f64(b, dState).set(p.bc.map(([value]) => value));
        memory.f64(c, dState).set(p.bc.map(([, value]) => value));
        memory.i16(d, headDim).set(p.x);
        kernels.updateHead(
          ...([a, b, c, d, e, f, headDim, dState] as const),
          p.dt * 2 ** -p.uShift,
          p.decay * 2 ** -17,
          2 ** (p.injectShift - 17),
          limit,
          p.dSkip * 2 ** p.skipShift,
          2 ** -p.yShift,
        );
        const u = p.x.map((x) => sat(rsh(p.dt * x, p.uShift), 16));
        const next = h.map((value, i) => {
          const injected = u[Math.floor(i / dState)] * p.bc[i % dState][0] * 2 ** p.injectShift;
          return sat(rsh(value * p.decay + injected, 17), p.stateBits);
        });
        const y = p.x.map((x, row) => {
          const start = p.dSkip * x * 2 ** p.skipShift;
          const sum = p.bc.reduce((total, [, value], n) => total + value * next[row * dState + n], start);
          return sat(rsh(sum, p.yShift), 16);
        });
        expect([...memory.i16(e, headDim)]).toEqual(u);
        expect([...memory.i32(a, h.length)]).toEqual(next);
        expect([...memory.i16(f, headDim)]).toEqual(y);
      }),
      { numRuns: 1000 },
    );
  });
});
