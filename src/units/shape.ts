/**
 * The free parameters of the accelerator: model dimensions it must hold and the lanes of each engine (docs/accelerator.md has the table of
 * what must divide what). Every size in the emitted code, the cost model and the testbench follows from this one record.
 */
import { KernelError } from '../kernel/kernel-error.js';
import type { WeightBits } from '../quant/types.js';
import { dividingPower } from '../util/powers-of-two.js';
import { MOST_TOKENS } from './idioms/call-parts.js';
import { type StoredMatrix, type WeightStream, weightStream } from './movement/weight-stream.js';

/** Rows x columns of a MAT array or of the SSM lanes. */
export interface ArrayShape {
  readonly rows: number;
  readonly cols: number;
}

/** Words of rows of all heads: the last one is filled up with rows that belong to no head where heads do not end with words. */
export function rowWords({ dInner }: Pick<ModelDims, 'dInner'>, { rows }: ArrayShape): number {
  return Math.ceil(dInner / rows);
}

/** Steps of the state space for a token. */
export function stateSteps({ dims, ssm }: Pick<ShapeParameters, 'dims' | 'ssm'>): number {
  return (rowWords(dims, ssm) * dims.dState) / ssm.cols;
}

/** Values of a layer's state, those of rows that belong to no head included. */
export function stateValues({ dims, ssm }: Pick<ShapeParameters, 'dims' | 'ssm'>): number {
  return rowWords(dims, ssm) * ssm.rows * dims.dState;
}

/** Whether a word of rows may hold the end of one head and the beginning of the next. */
export function sharesWords({ headDim }: Pick<ModelDims, 'headDim'>, { rows }: ArrayShape): boolean {
  return headDim % rows !== 0;
}

/** Lanes of a word of x before the state space: as many rows as it takes, or where heads share words, as many as lie within a head and divide them. */
export function xLanes({
  dims,
  ssm,
  convLanes,
}: Pick<ShapeParameters, 'dims' | 'ssm' | 'convLanes'>): number {
  return sharesWords(dims, ssm) ? dividingPower(ssm.rows, dividingPower(dims.headDim, convLanes)) : ssm.rows;
}

/** A MAT array: its rows' products two by two in DSP48E1 blocks, but for the last `lutRows`, whose multipliers are built of LUTs. */
export interface MatShape extends ArrayShape {
  readonly lutRows: number;
}

/** Which corner turns have two buffers: of dt, B, C and x; of z; of out_proj's results. */
export interface TurnPairs {
  readonly xbc: boolean;
  readonly z: boolean;
  readonly out: boolean;
}

/** Dimensions of the model that the hardware is built for. */
export interface ModelDims {
  readonly dModel: number;
  readonly dInner: number;
  readonly nHeads: number;
  readonly headDim: number;
  readonly dState: number;
  readonly nGroups: number;
  readonly convKernel: number;
  /** Rows of the LM head (padded vocabulary). */
  readonly vocabRows: number;
  /** Gated norm over each group instead of over all of dInner. */
  readonly groupNorm: boolean;
  /** Block size of the online transforms; 1 = none. */
  readonly hatIn: number;
  readonly hatOut: number;
  /** Width of the SSM state. */
  readonly stateBits: number;
  /** How weights lie in memory; absent: all of them as they are, 8 bits. */
  readonly weights?: WeightFormat;
}

/** Widths of linear weights in memory (docs/integer-model.md section 3). */
export interface WeightFormat {
  /** Of in_proj and out_proj. */
  readonly bits: WeightBits;
  /** Of the LM head: no fewer. */
  readonly headBits: WeightBits;
  /** Input columns that share a scale where weights have fewer than 8 bits; 0: no scales. */
  readonly group: number;
}

/** The format of a model's weights. */
export function weightFormat({ weights }: Pick<ModelDims, 'weights'>): WeightFormat {
  return weights ?? { bits: 8, headBits: 8, group: 0 };
}

/** What follows from a shape's parameters and several units need. All counts are in the units of their names. */
export interface ShapeSizes {
  /** Channels of the convolution. */
  readonly dConv: number;
  /** Output tiles of in_proj by section, and of the LM head and out_proj. */
  readonly dtTiles: number;
  readonly xbcTiles: number;
  readonly zTiles: number;
  readonly headTiles: number;
  readonly outTiles: number;
  /** Input tiles per row of tiles. */
  readonly inColTiles: number;
  readonly outColTiles: number;
  /** Words of the arrays per tile and port. */
  readonly tileWordsIn: number;
  readonly tileWordsOut: number;
  /** What a port brings: of in_proj, of the LM head, and of out_proj. */
  readonly weightsIn: WeightStream;
  readonly weightsHead: WeightStream;
  readonly weightsOut: WeightStream;
}

/**
 * A shape: its parameters and, in `sizes`, what follows from them. Copies by `{ ...shape }` are parameters alone; `with` makes a shape that
 * differs in some of them.
 */
export class AcceleratorShape {
  declare readonly dims: ModelDims;
  /** T: tokens per chunk. */
  declare readonly chunkTokens: number;
  /** Longest call the kernel accepts, in tokens. */
  declare readonly maxTokens: number;
  declare readonly residualLanes: number;
  declare readonly normLanes: number;
  declare readonly inProj: MatShape;
  declare readonly outProj: MatShape;
  /** Bytes that a weight port delivers in a cycle (64 on the board), and ports that an array reads from. */
  declare readonly weightLanes: number;
  declare readonly weightPorts: number;
  declare readonly rescaleLanes: number;
  declare readonly convLanes: number;
  declare readonly ssm: ArrayShape;
  declare readonly gateLanes: number;
  declare readonly addLanes: number;
  /** Corner turns made of two buffers that take turns, so that one chunk can be written while another is read; else one buffer does both. */
  declare readonly pairs: TurnPairs;
  /** Words each weight FIFO can hold ahead of its MAT array. */
  declare readonly weightFifoWords: number;
  readonly #sizes: ShapeSizes;

  /** Throws KernelError naming the first pair of sizes that do not go together. */
  constructor(parameters: ShapeParameters) {
    Object.assign(this, parameters);
    this.#sizes = sizesOf(parameters);
  }

  get sizes(): ShapeSizes {
    return this.#sizes;
  }

  /** This shape with other parameters. Throws as the constructor does. */
  with(changes: Partial<ShapeParameters>): AcceleratorShape {
    return new AcceleratorShape({ ...this, ...changes });
  }
}

/** The parameters alone, as plain data: what a plan holds and what makes a shape. */
export type ShapeParameters = Omit<AcceleratorShape, 'sizes' | 'with'>;

const tilesOf = (rows: number, tileRows: number) => Math.ceil(rows / tileRows);

function sizesOf(shape: ShapeParameters): ShapeSizes {
  const { dims } = shape;
  const divides = (name: string, part: number, of: string, whole: number) => {
    if (whole % part !== 0) throw new KernelError(`shape: ${name} = ${part} must divide ${of} = ${whole}`);
  };
  const bc = dims.nGroups * dims.dState;
  divides('nGroups', dims.nGroups, 'nHeads', dims.nHeads);
  divides('residualLanes', shape.residualLanes, 'dModel', dims.dModel);
  divides('normLanes', shape.normLanes, 'residualLanes', shape.residualLanes);
  divides('normLanes', shape.normLanes, 'inProj.cols', shape.inProj.cols);
  divides('inProj.cols', shape.inProj.cols, 'dModel', dims.dModel);
  divides('outProj.cols', shape.outProj.cols, 'dInner', dims.dInner);
  divides('gateLanes', shape.gateLanes, 'outProj.cols', shape.outProj.cols);
  divides('rescaleLanes', shape.rescaleLanes, 'inProj.rows', shape.inProj.rows);
  divides('addLanes', shape.addLanes, 'outProj.rows', shape.outProj.rows);
  divides('addLanes', shape.addLanes, 'residualLanes', shape.residualLanes);
  divides('convLanes', shape.convLanes, 'dInner', dims.dInner);
  divides('convLanes', shape.convLanes, 'nGroups x dState', bc);
  divides('rescaleLanes', shape.rescaleLanes, 'dInner', dims.dInner);
  divides('rescaleLanes', shape.rescaleLanes, 'nGroups x dState', bc);
  for (const [name, { rows, lutRows }] of [
    ['inProj', shape.inProj],
    ['outProj', shape.outProj],
  ] as const)
    if (lutRows < 0 || lutRows > rows || (rows - lutRows) % 2 !== 0)
      throw new KernelError(
        `shape: ${name}.lutRows = ${lutRows}, expected 0 to ${rows} and an even number of other rows`,
      );
  if (shape.maxTokens > MOST_TOKENS)
    throw new KernelError(`shape: maxTokens = ${shape.maxTokens}, at most ${MOST_TOKENS}`);
  if (dims.convKernel < 2)
    throw new KernelError(`shape: convKernel = ${dims.convKernel}, expected 2 or more`);
  // Heads that share a word need the same B and C, and there are two of them at most.
  if (dims.nGroups > 1 || shape.ssm.rows > dims.headDim)
    divides('ssm.rows', shape.ssm.rows, 'headDim', dims.headDim);
  divides('ssm.cols', shape.ssm.cols, 'dState', dims.dState);
  divides('gateLanes', shape.gateLanes, 'headDim', dims.headDim);
  divides('hatIn', dims.hatIn, 'dModel', dims.dModel);
  divides('hatOut', dims.hatOut, 'dInner', dims.dInner);
  const format = weightFormat(dims);
  if (format.headBits < format.bits)
    throw new KernelError(
      `shape: headBits = ${format.headBits}, expected at least the ${format.bits} of the other weights`,
    );
  const wordWeights = (shape.weightLanes * shape.weightPorts * 8) / format.bits;
  const streamed = (side: 'inProj' | 'outProj', width: number, bits: WeightBits) => {
    const { rows, cols } = shape[side];
    const words = format.bits === 8 ? 'weightLanes x weightPorts' : 'weights in a word of all ports';
    divides(words, wordWeights, `${side}.rows x ${side}.cols`, rows * cols);
    const array = { rows, cols, ports: shape.weightPorts, portBytes: shape.weightLanes };
    const matrix: StoredMatrix = { width, bits, group: format.group };
    return weightStream({ ...array, leastBits: format.bits }, matrix);
  };
  const weightsIn = streamed('inProj', dims.dModel, format.bits);
  const weightsOut = streamed('outProj', dims.dInner, format.bits);
  return {
    dConv: dims.dInner + 2 * bc,
    dtTiles: tilesOf(dims.nHeads, shape.inProj.rows),
    xbcTiles: tilesOf(dims.dInner + 2 * bc, shape.inProj.rows),
    zTiles: tilesOf(dims.dInner, shape.inProj.rows),
    headTiles: tilesOf(dims.vocabRows, shape.inProj.rows),
    outTiles: tilesOf(dims.dModel, shape.outProj.rows),
    inColTiles: dims.dModel / shape.inProj.cols,
    outColTiles: dims.dInner / shape.outProj.cols,
    tileWordsIn: weightsIn.tileWords,
    tileWordsOut: weightsOut.tileWords,
    weightsIn,
    weightsHead: streamed('inProj', dims.dModel, format.headBits),
    weightsOut,
  };
}
