/**
 * The order in which rows of a projection lie in memory. in_proj: dt | B, C, x | z, each section padded to whole tiles, so that the SSM
 * can start while z is still being computed; the checkpoint's order is z, x, B, C, dt. LM head and out_proj keep their order.
 */
import type { AcceleratorShape } from '../../units/shape.js';

/** Stands for a row of zeros. */
export const paddingRow = -1;

/** For every memory row of in_proj the row of the checkpoint's in_proj, or `paddingRow`. */
export function inProjRows(shape: AcceleratorShape): Int32Array {
  const { dims, inProj } = shape;
  const { dInner, nHeads } = dims;
  const d = shape.sizes;
  const bc = dims.nGroups * dims.dState;
  const [z, x, b, c, dt] = [0, dInner, 2 * dInner, 2 * dInner + bc, 2 * dInner + 2 * bc] as const;
  const sections = [
    { tiles: d.dtTiles, parts: [[dt, nHeads]] },
    {
      tiles: d.xbcTiles,
      parts: [
        [b, bc],
        [c, bc],
        [x, dInner],
      ],
    },
    { tiles: d.zTiles, parts: [[z, dInner]] },
  ] as const;
  const rows = new Int32Array((d.dtTiles + d.xbcTiles + d.zTiles) * inProj.rows).fill(paddingRow);
  let start = 0;
  for (const { tiles, parts } of sections) {
    let at = start;
    for (const [first, count] of parts) for (let i = 0; i < count; i++) rows[at++] = first + i;
    start += tiles * inProj.rows;
  }
  return rows;
}

/** `count` rows in their own order, padded to whole tiles. */
export function plainRows(count: number, tileRows: number): Int32Array {
  const rows = new Int32Array(Math.ceil(count / tileRows) * tileRows).fill(paddingRow);
  for (let i = 0; i < count; i++) rows[i] = i;
  return rows;
}

/** Channels of the convolution in memory order B, C, x as channels of the model's order x, B, C. */
export function convChannels(shape: AcceleratorShape): Int32Array {
  const { dInner, nGroups, dState } = shape.dims;
  const bc = 2 * nGroups * dState;
  return Int32Array.from({ length: dInner + bc }, (_, i) => (i < bc ? dInner + i : i - bc));
}
