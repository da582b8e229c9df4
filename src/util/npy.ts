/**
 * NumPy's .npy files (format 1.0, little endian; written in C order, read in either): how logits and intermediates leave and enter the program.
 */
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { UserError } from '../errors.js';
import { addTemporary, dropTemporary } from './temporary.js';

/** Typed arrays that can be written. */
export type NpyData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** An array with its shape, row-major. */
export interface NpyArray<T extends NpyData = NpyData> {
  readonly shape: number[];
  readonly data: T;
}

const TYPES = {
  '<f8': Float64Array,
  '<f4': Float32Array,
  '<i8': BigInt64Array,
  '<u8': BigUint64Array,
  '<i4': Int32Array,
  '<u4': Uint32Array,
  '<i2': Int16Array,
  '<u2': Uint16Array,
  '|i1': Int8Array,
  '|u1': Uint8Array,
} as const;

type Descr = keyof typeof TYPES;

const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');

/** The bytes of a .npy file. */
export function encodeNpy(shape: readonly number[], data: NpyData): Buffer {
  const elements = shape.reduce((n, size) => n * size, 1);
  if (elements !== data.length)
    throw new RangeError(`shape [${shape}] does not hold ${data.length} elements`);
  const descr = (Object.keys(TYPES) as Descr[]).find((key) => TYPES[key] === data.constructor);
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // The data start at a multiple of 64 bytes; the header ends in a newline.
  const headerLength = Math.ceil((MAGIC.length + 2 + dict.length + 1) / 64) * 64 - MAGIC.length - 2;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(headerLength);
  const header = Buffer.from(`${dict.padEnd(headerLength - 1)}\n`, 'latin1');
  return Buffer.concat([
    MAGIC,
    length,
    header,
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);
}

/** Writes an array to `path`, whole or not at all. */
export async function writeNpy(path: string, shape: readonly number[], data: NpyData): Promise<void> {
  const temporary = addTemporary(`${path}.${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, encodeNpy(shape, data));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw code ? new UserError(`${path}: cannot be written (${code})`) : error;
  } finally {
    dropTemporary(temporary);
  }
}

/** Reads an array of any of the types above. Throws UserError when the file is something else or cut short. */
export async function readNpy(path: string): Promise<NpyArray> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  return decodeNpy(bytes, path);
}

/** Reads an array of float64 or float32, as float64. */
export async function readNpyFloats(path: string): Promise<NpyArray<Float64Array>> {
  const { shape, data } = await readNpy(path);
  if (data instanceof Float64Array) return { shape, data };
  if (data instanceof Float32Array) return { shape, data: Float64Array.from(data) };
  throw new UserError(`${path}: found ${data.constructor.name}, expected floats`);
}

function decodeNpy(bytes: Buffer, path: string): NpyArray {
  const major = bytes[6];
  const lengthBytes = major === 1 ? 2 : 4;
  if (!bytes.subarray(0, 6).equals(MAGIC.subarray(0, 6)) || bytes.length < 8 + lengthBytes || major > 3) {
    throw new UserError(`${path}: found no .npy header, expected one`);
  }
  const headerLength = bytes.readUIntLE(8, lengthBytes);
  const start = 8 + lengthBytes + headerLength;
  const header = bytes.subarray(8 + lengthBytes, start).toString('latin1');
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? '';
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (
    !Object.hasOwn(TYPES, descr) ||
    sizes === undefined ||
    !/'fortran_order':\s*(True|False)/.test(header)
  ) {
    throw new UserError(
      `${path}: found header ${header.trim().slice(0, 80)}, expected one of a plain number type`,
    );
  }
  const shape = sizes
    .split(',')
    .filter((size) => size.trim())
    .map(Number);
  const ArrayType = TYPES[descr as Descr];
  const expected = shape.reduce((n, size) => n * size, 1) * ArrayType.BYTES_PER_ELEMENT;
  if (bytes.length - start !== expected) {
    throw new UserError(`${path}: found ${bytes.length - start} bytes of data, expected ${expected}`);
  }
  // Copied, so that the elements are aligned.
  const data = new Uint8Array(bytes.subarray(start));
  const array = { shape, data: new ArrayType(data.buffer) as NpyData };
  return /'fortran_order':\s*True/.test(header) ? toRowMajor(array) : array;
}

/** From column-major (Fortran) order, in which NumPy saves transposed arrays. */
function toRowMajor({ shape, data }: NpyArray): NpyArray {
  const strides = shape.map((_, i) => shape.slice(0, i).reduce((n, size) => n * size, 1));
  const rows = data.slice() as NpyData;
  const index = shape.map(() => 0);
  for (let at = 0; at < data.length; at++) {
    rows[at] = data[index.reduce((sum, k, i) => sum + k * strides[i], 0)];
    for (let i = shape.length - 1; i >= 0 && ++index[i] === shape[i]; i--) index[i] = 0;
  }
  return { shape, data: rows };
}
