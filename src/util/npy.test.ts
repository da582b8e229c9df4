import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../errors.js';
import { encodeNpy, readNpy, writeNpy } from './npy.js';

const dir = mkdtempSync(join(tmpdir(), 'npy-'));
afterAll(() => rmSync(dir, { recursive: true }));
const path = join(dir, 'a.npy');

describe('.npy files', () => {
  it('writes the bytes that NumPy writes', () => {
    // numpy.save of numpy.array([[1, -2, 3]], dtype=numpy.int16)
    const header = `\x93NUMPY\x01\x00\x76\x00{'descr': '<i2', 'fortran_order': False, 'shape': (1, 3), }`;
    const expected = Buffer.concat([
      Buffer.from(`${header.padEnd(127)}\n`, 'latin1'),
      Buffer.from([1, 0, 254, 255, 3, 0]),
    ]);
    expect(encodeNpy([1, 3], Int16Array.of(1, -2, 3))).toEqual(expected);
  });

  it('reads back what it wrote, of every type, and leaves nothing else', async () => {
    const arrays = fc.oneof(
      fc.float64Array(),
      fc.float32Array(),
      fc.int32Array(),
      fc.uint32Array(),
      fc.int16Array(),
      fc.uint16Array(),
      fc.int8Array(),
      fc.uint8Array(),
      fc.bigInt64Array(),
    );
    await fc.assert(
      fc.asyncProperty(arrays, async (data) => {
        await writeNpy(path, [1, data.length, 1], data);
        expect(await readNpy(path)).toEqual({ shape: [1, data.length, 1], data });
        expect(readdirSync(dir)).toEqual(['a.npy']);
      }),
    );
  });

  it('reads column-major data in row-major order', async () => {
    const columnMajor = encodeNpy([2, 3], Int8Array.of(1, 4, 2, 5, 3, 6)).toString('latin1');
    const text = columnMajor.replace('False', 'True ');
    writeFileSync(path, Buffer.from(text, 'latin1'));
    expect(await readNpy(path)).toEqual({ shape: [2, 3], data: Int8Array.of(1, 2, 3, 4, 5, 6) });
  });

  it('refuses damaged files with a UserError and wrong shapes as a defect', async () => {
    const whole = encodeNpy([2, 2], Float64Array.of(1, 2, 3, 4));
    for (let length = 0; length < whole.length; length += 7) {
      writeFileSync(path, whole.subarray(0, length));
      await expect(readNpy(path)).rejects.toThrow(UserError);
    }
    await expect(readNpy(join(dir, 'none.npy'))).rejects.toThrow('none.npy: cannot be read (ENOENT)');
    await expect(writeNpy(join(dir, 'none', 'a.npy'), [1], Int8Array.of(1))).rejects.toThrow(UserError);
    expect(() => encodeNpy([3], Int8Array.of(1))).toThrow(RangeError);
    expect(readFileSync(path).length).toBeLessThan(whole.length);
  });
});
