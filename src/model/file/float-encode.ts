/**
 * From float32 to stored bytes (little endian F32, F16, BF16), rounding to nearest even. F16 saturates at its largest
 * finite value.
 */

/** Types that we write. */
export type WrittenType = 'F32' | 'F16' | 'BF16';

const word = new DataView(new ArrayBuffer(4));

function bitsOf(value: number): number {
  word.setFloat32(0, value);
  return word.getUint32(0);
}

/** The 16 bits of the nearest bfloat16. */
export function toBfloat16(value: number): number {
  const bits = bitsOf(value);
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The 16 bits of the nearest half-precision float. */
export function toHalf(value: number): number {
  const sign = (bitsOf(value) >>> 16) & 0x8000;
  const size = Math.min(Math.abs(value), 65504);
  // Spacing of half floats near `size`: 2^-24 below the normal range, else 2^-10 of the leading power of two.
  const exponent = Math.max((bitsOf(size) >>> 23) - 127, -14);
  const units = size * 2 ** (10 - exponent);
  let rounded = Math.floor(units);
  const rest = units - rounded;
  if (rest > 0.5 || (rest === 0.5 && rounded % 2 === 1)) rounded++;
  // `rounded` holds the leading one at bit 10; a carry out of it moves into the exponent by itself.
  return sign | (rounded + ((exponent + 14) << 10));
}

/** The bytes of the values in `type`. */
export function encodeFloats(type: WrittenType, values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * (type === 'F32' ? 4 : 2));
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) {
    if (type === 'F32') view.setFloat32(4 * i, values[i], true);
    else view.setUint16(2 * i, type === 'F16' ? toHalf(values[i]) : toBfloat16(values[i]), true);
  }
  return bytes;
}
