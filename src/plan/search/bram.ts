/** Block RAM of a shape before anything is built, for the search. */
import { type AcceleratorShape, stateValues } from '../../units/shape.js';
import { BLOCK_WORDS } from '../area/memory.js';

const BRAM_WIDTH = 72;

/** 36 Kbit blocks of a memory, in the width that wastes least. */
function blocks(bits: number, words: number): number {
  if (words <= 64) return 0;
  const shapes = [0.5, 1, 2, 4, 8].map(
    (deep) => Math.ceil((bits * deep * 2) / BRAM_WIDTH) * Math.ceil(words / (BLOCK_WORDS * deep)),
  );
  return Math.min(...shapes) / 2;
}

/** Block RAM of an accelerator from its shape alone: the large memories one by one, some for the rest. */
export function estimateBram(shape: AcceleratorShape): number {
  const { dims, chunkTokens: t, rescaleLanes: r, inProj, outProj, ssm, pairs } = shape;
  const d = shape.sizes;
  const state = stateValues(shape) / (ssm.rows * ssm.cols);
  const buffers = (isPair: boolean) => (isPair ? 2 : 1);
  const turnIn = (tiles: number) => blocks(16 * r, (t * tiles * inProj.rows) / r);
  return (
    blocks(dims.stateBits * ssm.rows * ssm.cols, state) +
    buffers(pairs.xbc) * (turnIn(d.dtTiles) + turnIn(d.xbcTiles)) +
    buffers(pairs.z) * turnIn(d.zTiles) +
    buffers(pairs.out) * blocks(32 * shape.addLanes, (t * d.outTiles * outProj.rows) / shape.addLanes) +
    blocks(8 * inProj.cols, 2 * t * d.inColTiles) +
    2 * blocks(8 * outProj.cols, t * d.outColTiles) +
    blocks(32 * inProj.rows, t) * 2 +
    blocks(32 * outProj.rows, t) * 2 +
    2 * shape.weightPorts * blocks(8 * shape.weightLanes, shape.weightFifoWords) +
    blocks(16 * (2 * dims.convKernel + 2) * shape.convLanes, d.dConv / shape.convLanes) +
    blocks(18 * shape.normLanes, (2 * dims.dModel) / shape.normLanes) +
    blocks(16 * shape.gateLanes, (2 * dims.dInner) / shape.gateLanes) +
    30
  );
}
