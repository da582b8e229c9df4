/**
 * The free parameters of the accelerator: model dimensions it must hold and the lanes of each engine (docs/accelerator.md has the table of
 * what must divide what). Every size in the emitted code, the cost model and the testbench follows from this one record.
 */
import { KernelError } from '../kernel/kernel-error.js';
import { MOST_TOKENS } from './idioms/call-parts.js';

/** Rows x columns of a MAT array or of the SSM lanes. */
export interface ArrayShape {
  readonly rows: number;
  readonly cols: number;
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
  /** Memory words per tile and port. */
  readonly tileWordsIn: number;
  readonly tileWordsOut: number;
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
  divides('ssm.rows', shape.ssm.rows, 'headDim', dims.headDim);
  divides('ssm.cols', shape.ssm.cols, 'dState', dims.dState);
  divides('gateLanes', shape.gateLanes, 'headDim', dims.headDim);
  divides('hatIn', dims.hatIn, 'dModel', dims.dModel);
  divides('hatOut', dims.hatOut, 'dInner', dims.dInner);
  const wordBytes = shape.weightLanes * shape.weightPorts;
  divides(
    'weightLanes x weightPorts',
    wordBytes,
    'inProj.rows x inProj.cols',
    shape.inProj.rows * shape.inProj.cols,
  );
  divides(
    'weightLanes x weightPorts',
    wordBytes,
    'outProj.rows x outProj.cols',
    shape.outProj.rows * shape.outProj.cols,
  );
  return {
    dConv: dims.dInner + 2 * bc,
    dtTiles: tilesOf(dims.nHeads, shape.inProj.rows),
    xbcTiles: tilesOf(dims.dInner + 2 * bc, shape.inProj.rows),
    zTiles: tilesOf(dims.dInner, shape.inProj.rows),
    headTiles: tilesOf(dims.vocabRows, shape.inProj.rows),
    outTiles: tilesOf(dims.dModel, shape.outProj.rows),
    inColTiles: dims.dModel / shape.inProj.cols,
    outColTiles: dims.dInner / shape.outProj.cols,
    tileWordsIn: (shape.inProj.rows * shape.inProj.cols) / wordBytes,
    tileWordsOut: (shape.outProj.rows * shape.outProj.cols) / wordBytes,
  };
}
