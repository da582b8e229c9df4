/** A row of tiles as the words that ports bring (weight-stream.ts): the host's side of what `unpackWeights` takes. */
import { packTile, type TileShape } from './tile-order.js';
import { SCALE_BITS, type WeightStream } from './weight-stream.js';

/** The rows of a row of tiles. */
export interface CodedRows {
  /** [rows][cols]: int8 weights, or codes of fewer bits. */
  readonly codes: Int8Array;
  /** [rows][groups], scales less 1; not looked at where the stream has none. */
  readonly scales: Uint8Array;
  readonly cols: number;
}

/** The bytes of each port, `stream.rowWords` words of `portBytes`. */
export function packTileRow(
  { codes, scales, cols }: CodedRows,
  stream: WeightStream,
  array: Omit<TileShape, 'weightLanes'>,
  portBytes: number,
): Uint8Array[] {
  const { rows, ports } = array;
  const tile = { ...array, weightLanes: stream.lanes };
  const matrix = { weight: codes, rows, cols };
  const out = Array.from({ length: ports }, () => new Fields(stream.rowWords * portBytes));
  const colTiles = cols / array.cols;
  const groups = scales.length / rows;
  /** Groups of a row that a step takes up. */
  const own = (stream.scales * ports) / rows;
  for (let step = 0, k = 0; step < stream.steps; step++) {
    if (stream.scales > 0 && step % stream.blockSteps === 0)
      out.forEach((port, i) => {
        const end = port.at + stream.blockWords * portBytes * 8;
        for (let of = step; of < step + stream.blockSteps; of++)
          for (let row = (i * rows) / ports; row < ((i + 1) * rows) / ports; row++)
            for (let g = of * own; g < (of + 1) * own; g++) port.put(scales[row * groups + g], SCALE_BITS);
        port.at = end;
      });
    for (const end = Math.min(colTiles, k + stream.stepTiles); k < end; k++)
      packTile(matrix, 0, k * array.cols, tile).forEach((part, i) => {
        out[i].append(part, stream.bits);
      });
  }
  return out.map(({ bytes }) => bytes);
}

/** Fields of a few bits side by side, from the lowest bits of a byte on. */
class Fields {
  readonly bytes: Uint8Array;
  /** Bits that are written. */
  at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  /** The low bits of a value; a field never crosses a byte. */
  put(value: number, bits: number): void {
    this.bytes[this.at >> 3] |= (value & (2 ** bits - 1)) << (this.at & 7);
    this.at += bits;
  }

  append(values: Int8Array, bits: number): void {
    if (bits < 8) for (const value of values) this.put(value, bits);
    else {
      this.bytes.set(values, this.at >> 3);
      this.at += 8 * values.length;
    }
  }
}
