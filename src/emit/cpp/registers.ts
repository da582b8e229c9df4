/** How the tool is told to keep every lane of an array in registers, so that all of them are read and written in one cycle. */
import { type DataType, laneCount } from '../../kernel/type.js';

/** Most elements that Vitis HLS makes of one array. */
const MOST_ELEMENTS = 1024;

/** The pragmas for the array `name`. One of more lanes than the tool takes apart becomes a word a row, or one word where it has no rows. */
export function inRegisters(name: string, { shape }: Pick<DataType, 'shape'>): string[] {
  if (laneCount(shape) <= MOST_ELEMENTS)
    return [`#pragma HLS ARRAY_PARTITION variable=${name} complete dim=0`];
  const rows = shape.length > 1 ? [`#pragma HLS ARRAY_PARTITION variable=${name} complete dim=1`] : [];
  return [...rows, `#pragma HLS ARRAY_RESHAPE variable=${name} complete dim=${shape.length}`];
}
