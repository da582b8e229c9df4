/** Floats of a file, decoded piece by piece. */
import type { RandomAccessFile } from '../../util/random-access-file.js';
import { BYTES_PER_ELEMENT, decodeFloats } from './float-decode.js';
import type { WeightType } from './tensor-source.js';

/** Bytes decoded at a time: large enough to be fast, small beside any tensor that matters. */
const PIECE_BYTES = 1 << 20;

/** Where they lie: the offset is of bytes, the count of floats. */
export interface FloatRange {
  readonly type: WeightType;
  readonly offset: number;
  readonly count: number;
}

/** Reads them as float32. Throws UserError when the file does not hold them all, before anything is allocated. */
export async function readFloats(
  file: RandomAccessFile,
  { type, offset, count }: FloatRange,
): Promise<Float32Array> {
  const elementBytes = BYTES_PER_ELEMENT[type];
  file.require(offset, count * elementBytes);
  const out = new Float32Array(count);
  const step = PIECE_BYTES / elementBytes;
  for (let at = 0; at < count; at += step) {
    const n = Math.min(step, count - at);
    decodeFloats(type, await file.read(offset + at * elementBytes, n * elementBytes), out, at);
  }
  return out;
}
