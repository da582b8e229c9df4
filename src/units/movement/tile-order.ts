/**
 * Where the weights of a tile lie in memory. A tile is rows x cols int8, row-major; byte n = row cols + col of it goes to port
 * floor(n / portBytes), there to byte n mod portBytes, portBytes = tileWords weightLanes. So each port holds a run of consecutive
 * rows, and word w, lane b of a port is byte w weightLanes + b of its run. The same for one and for two products per DSP block.
 */
import { KernelError } from '../../kernel/kernel-error.js';

/** Size of a tile and how it comes in. */
export interface TileShape {
  /** O: rows of the MAT array. */
  readonly rows: number;
  /** I: columns. */
  readonly cols: number;
  /** Bytes per word of a port. */
  readonly weightLanes: number;
  readonly ports: number;
}

/** Place of one weight. */
export interface TilePlace {
  readonly port: number;
  /** Word of the port's part of the tile, in order of arrival. */
  readonly word: number;
  readonly lane: number;
}

/** Words of a tile a port. Throws KernelError where the ports' words do not fill a tile exactly. */
export function tileWords({ rows, cols, weightLanes, ports }: TileShape): number {
  const words = (rows * cols) / (weightLanes * ports);
  if (!Number.isInteger(words) || words < 1)
    throw new KernelError(
      `tile of ${rows} x ${cols}: ${ports} ports of ${weightLanes} bytes per word do not divide its ${rows * cols} bytes`,
    );
  return words;
}

/** Where weight [row][col] of a tile arrives. */
export function tilePlace(shape: TileShape, row: number, col: number): TilePlace {
  const portBytes = tileWords(shape) * shape.weightLanes;
  const n = row * shape.cols + col;
  const within = n % portBytes;
  return {
    port: Math.floor(n / portBytes),
    word: Math.floor(within / shape.weightLanes),
    lane: within % shape.weightLanes,
  };
}

/** A weight matrix, row-major; rows that are absent (beyond `rows`) count as zero. */
export interface WeightMatrix {
  readonly weight: Int8Array;
  readonly rows: number;
  readonly cols: number;
}

/** The tile whose first weight is [row0][col0] as bytes per port, padded with zeros beyond the matrix's last row and column. */
export function packTile(matrix: WeightMatrix, row0: number, col0: number, shape: TileShape): Int8Array[] {
  const tile = new Int8Array(shape.rows * shape.cols);
  const liveRows = Math.min(shape.rows, matrix.rows - row0);
  const liveCols = Math.min(shape.cols, matrix.cols - col0);
  for (let row = 0; row < liveRows; row++) {
    const from = (row0 + row) * matrix.cols + col0;
    tile.set(matrix.weight.subarray(from, from + liveCols), row * shape.cols);
  }
  const portBytes = tileWords(shape) * shape.weightLanes;
  return Array.from({ length: shape.ports }, (_, port) =>
    tile.subarray(port * portBytes, (port + 1) * portBytes),
  );
}
