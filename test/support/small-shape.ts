/** A small accelerator in which no two lane counts that could be mixed up are the same: for tests. */
import { AcceleratorShape } from '../../src/units/shape.js';

export const smallShape = new AcceleratorShape({
  dims: {
    dModel: 64,
    dInner: 128,
    nHeads: 4,
    headDim: 32,
    dState: 32,
    nGroups: 1,
    convKernel: 4,
    vocabRows: 97,
    groupNorm: false,
    hatIn: 1,
    hatOut: 128,
    stateBits: 24,
  },
  chunkTokens: 8,
  maxTokens: 64,
  residualLanes: 16,
  normLanes: 4,
  inProj: { rows: 16, cols: 16, lutRows: 0 },
  outProj: { rows: 8, cols: 16, lutRows: 2 },
  weightLanes: 32,
  weightPorts: 2,
  rescaleLanes: 4,
  convLanes: 8,
  ssm: { rows: 4, cols: 8 },
  gateLanes: 4,
  addLanes: 4,
  pairs: { xbc: true, z: false, out: true },
  weightFifoWords: 16,
});
