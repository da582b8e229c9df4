import { describe, expect, it } from 'vitest';
import { Random } from '../../util/random.js';
import { goldenLinear, hadamardBlocks } from './linear.js';
import { matmul } from './matmul.js';

describe('matmul', () => {
  it.each([
    [1, 7, 5120],
    [2, 4, 300],
    [3, 1, 1],
    [5, 6, 2048],
    [4, 5, 5120],
    [33, 9, 2049],
  ])(
    '%i tokens, %i rows, %i columns equal the sum of products, at the ends of int8 too',
    (tokens, rows, cols) => {
      const random = new Random(1, `${tokens} ${rows} ${cols}`);
      const draws = [() => -128, () => random.edgy(-128, 127), (i: number) => (i & 1 ? -128 : 127)];
      for (const draw of draws) {
        const weight = Int8Array.from({ length: rows * cols }, () => draw(0));
        const x = Int8Array.from({ length: tokens * cols }, (_, i) => draw(i));
        const bias = Int32Array.from({ length: rows }, () => random.edgy(-(2 ** 30), 2 ** 30));
        const acc = new Int32Array(tokens * rows);
        matmul(weight, bias, rows, cols, x, tokens, acc);
        for (let t = 0; t < tokens; t++) {
          for (let o = 0; o < rows; o++) {
            let sum = bias[o];
            for (let i = 0; i < cols; i++) sum += weight[o * cols + i] * x[t * cols + i];
            expect(acc[t * rows + o]).toBe(sum);
          }
        }
      }
    },
  );
});

describe('hadamardBlocks', () => {
  it.each([1, 2, 8, 64, 256])('multiplies blocks of %i by (-1)^popcount(i & j)', (size) => {
    const random = new Random(size);
    const width = 3 * size;
    const data = Int16Array.from({ length: 2 * width }, () => random.edgy(-32768, 32767));
    const out = hadamardBlocks(data, width, size);
    for (let i = 0; i < data.length; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) {
        const ones = [...((i % size) & j).toString(2)].filter((bit) => bit === '1').length;
        sum += (ones % 2 === 0 ? 1 : -1) * data[i - (i % size) + j];
      }
      expect(out[i]).toBe(sum);
    }
  });

  it('refuses a block that does not divide the width', () => {
    expect(() => hadamardBlocks(new Int16Array(12), 12, 8)).toThrow('Hadamard block of 8 for a width of 12');
  });
});

describe('goldenLinear', () => {
  it('goes on exactly over several blocks of tokens', () => {
    const random = new Random(9);
    const [rows, cols, tokens] = [5, 6, 70];
    const layer = {
      ...{ rows, cols, hatSize: 2, inputShift: 22, weightBits: 8 as const, weightGroup: 0 },
      groupScale: new Uint8Array(0),
      inputMultiplier: Uint16Array.of(40000),
      weight: Int8Array.from({ length: rows * cols }, () => random.integer(-128, 127)),
      bias: Int32Array.from({ length: rows }, () => random.integer(-1000, 1000)),
      multiplier: Uint16Array.from({ length: rows }, () => random.integer(0, 65535)),
      shift: Uint8Array.from({ length: rows }, () => random.integer(8, 16)),
    };
    const y = Int16Array.from({ length: tokens * cols }, () => random.integer(-32768, 32767));
    const whole = goldenLinear(layer, y, new Int32Array(tokens * rows));
    for (let t = 0; t < tokens; t++) {
      const one = goldenLinear(layer, y.slice(t * cols, (t + 1) * cols), new Int32Array(rows));
      expect(whole.slice(t * rows, (t + 1) * rows)).toEqual(one);
    }
  });
});
