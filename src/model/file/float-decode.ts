/**
 * From stored bytes (little endian F32, F16, BF16, F64) to float32. F16 and BF16 are widened exactly; F64 is rounded to
 * nearest.
 */
import type { WeightType } from './tensor-source.js';

/** Bytes an element. */
export const BYTES_PER_ELEMENT: Record<WeightType, number> = { F32: 4, F16: 2, BF16: 2, F64: 8 };

/** Whether the type is one we read weights of. */
export function isWeightType(type: string): type is WeightType {
  return Object.hasOwn(BYTES_PER_ELEMENT, type);
}

/** The value of a half-precision float given its 16 bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let halfTable: Float32Array | undefined;

/** Decodes as many elements as `bytes` holds into `out` from index `at`. */
export function decodeFloats(type: WeightType, bytes: Uint8Array, out: Float32Array, at: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const n = Math.floor(bytes.byteLength / BYTES_PER_ELEMENT[type]);
  switch (type) {
    case 'F32':
      for (let i = 0; i < n; i++) out[at + i] = view.getFloat32(4 * i, true);
      return;
    case 'F64':
      for (let i = 0; i < n; i++) out[at + i] = view.getFloat64(8 * i, true);
      return;
    case 'F16': {
      halfTable ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToNumber(bits));
      for (let i = 0; i < n; i++) out[at + i] = halfTable[view.getUint16(2 * i, true)];
      return;
    }
    case 'BF16': {
      const words = new Uint32Array(out.buffer, out.byteOffset, out.length);
      for (let i = 0; i < n; i++) words[at + i] = view.getUint16(2 * i, true) << 16;
      return;
    }
  }
}
