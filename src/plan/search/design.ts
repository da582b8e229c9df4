/**
 * The smallest accelerator of a pace: for a chunk length and a number of cycles that a token may take in each engine, every engine gets the
 * fewest lanes that keep it. Lanes cost area of every kind, so no other choice keeps the pace with less; only how many products are built of
 * LUTs is a trade (`withLutRows`), and that is decided by the DSP blocks there are.
 */
import { accumulatorSteps, loopSteps } from '../../units/layer/slots.js';
import {
  AcceleratorShape,
  type ArrayShape,
  type MatShape,
  type ModelDims,
  type ShapeParameters,
  stateSteps,
  weightFormat,
} from '../../units/shape.js';
import { dividingPower, powersTo } from '../../util/powers-of-two.js';
import type { Resources } from '../area/resources.js';
import type { Device } from '../board/device.js';
import { streamBytesPerCycle } from '../board/stream-rate.js';
import { paddedRows, type TiledMatrix } from '../shape/array-shapes.js';
import {
  convolutionLanes,
  fifoWords,
  MAX_TOKENS,
  MOST_LANES,
  matrices,
  PORT_BYTES,
  sectionLanes,
  streamWeights,
  weightPorts,
} from '../shape/shape-limits.js';
import { prefillLoads } from '../time/engine-load.js';
import type { SearchSpace } from './space.js';
import { COUPLING } from './workload.js';

export interface Arena {
  readonly dims: ModelDims;
  readonly device: Device;
  readonly space: SearchSpace;
  /** What may be used. */
  readonly limit: Resources;
  /** Of a prompt. */
  readonly tokens: number;
}

/**
 * Norm and residual rows may each take the first share of a token's weight stream in decode, and up to the second one where weights that lie ahead
 * hide them.
 */
const ROW_SHARE = { always: 1 / 64, hidden: 1 / 32, hiddenCycles: 700 };
/** Gate, gated norm and its transform: a lane of theirs takes most. */
const GATE_SHARE = { always: 1 / 48, hidden: 1 / 24, hiddenCycles: 1500 };
/** Norm at the beginning and residual rows at the end of a prompt may each take this share of it. */
const END_SHARE = 1 / 16;

/** An array with the cycles per token that it takes for its matrix at a chunk length. */
export interface RatedArray extends ArrayShape {
  readonly cycles: number;
}

/** The arrays that are worth their size at a chunk length, smallest first: each is faster than all smaller ones. */
function ratedArrays(
  arrays: readonly ArrayShape[],
  matrix: TiledMatrix,
  t: number,
  wordWeights: number,
): RatedArray[] {
  const rated = arrays.map(({ rows, cols }) => {
    const words = Math.ceil((rows * cols) / wordWeights);
    const steps =
      (paddedRows(matrix.sections, rows) / rows) *
      (matrix.width / cols) *
      Math.max(accumulatorSteps, t, words);
    return { rows, cols, cycles: steps / t };
  });
  const skew = ({ rows, cols }: ArrayShape) => Math.abs(Math.log2(rows / cols));
  rated.sort((a, b) => a.rows * a.cols - b.rows * b.cols || a.cycles - b.cycles || skew(a) - skew(b));
  let best = Number.POSITIVE_INFINITY;
  return rated.filter(({ cycles }) => {
    const isFaster = cycles < best;
    best = Math.min(best, cycles);
    return isFaster;
  });
}

/** The arrays worth having at a chunk length, for in_proj and for out_proj. */
export interface ChunkArrays {
  readonly chunkTokens: number;
  readonly in: readonly RatedArray[];
  readonly out: readonly RatedArray[];
}

/** What the space offers at chunks of `chunkTokens`. */
export function arraysAt({ space, dims, device }: Arena, chunkTokens: number): ChunkArrays {
  const both = matrices(dims);
  const wordWeights = streamWeights(dims, device);
  return {
    chunkTokens,
    in: ratedArrays(space.inProj, both.in, chunkTokens, wordWeights),
    out: ratedArrays(space.outProj, both.out, chunkTokens, wordWeights),
  };
}

/** The smallest shape of a pace, with arrays that take the whole weight stream of decode where asked; undefined where no engine of the space can keep it. */
export function designFor(
  { dims, device, space, tokens }: Arena,
  arrays: ChunkArrays,
  pace: number,
  takesStream: boolean,
): AcceleratorShape | undefined {
  // A tile stays at least for the latency of the accumulator: with a smaller tile, memory would have to wait.
  const leastMacs = takesStream ? loopSteps(dims, arrays.chunkTokens) * streamWeights(dims, device) : 0;
  const isEnough = ({ rows, cols }: ArrayShape) => rows * cols >= leastMacs;
  const inProj = arrays.in.find((array) => COUPLING * array.cycles <= pace && isEnough(array));
  const outProj = arrays.out.find((array) => array.cycles <= pace && isEnough(array));
  if (!inProj || !outProj) return undefined;
  const residualLanes = dividingPower(dims.dModel, PORT_BYTES / 4);
  let shape = new AcceleratorShape({
    dims,
    chunkTokens: Math.max(arrays.chunkTokens, accumulatorSteps),
    maxTokens: MAX_TOKENS,
    residualLanes,
    normLanes: dividingPower(inProj.cols, residualLanes),
    inProj: inDsp(inProj),
    outProj: inDsp(outProj),
    ...weightPorts(inProj, outProj, dims, device),
    rescaleLanes: Math.min(dividingPower(inProj.rows), sectionLanes(dims)),
    convLanes: convolutionLanes(dims),
    ssm: space.ssm.at(-1)!,
    gateLanes: Math.min(dividingPower(dims.headDim, MOST_LANES), dividingPower(outProj.cols)),
    addLanes: Math.min(residualLanes, dividingPower(outProj.rows)),
    pairs: space.pairs[0],
    weightFifoWords: 64,
  });
  const keeps = (candidate: AcceleratorShape) =>
    prefillLoads(candidate, device).every(({ cycles }) => cycles <= pace * (1 + 1e-9));
  if (!keeps(shape)) return undefined;
  /** The first choice, fewest lanes first, that keeps the pace and satisfies `also`; the last where none does. */
  const fewest = (
    choices: readonly Partial<ShapeParameters>[],
    also: (candidate: AcceleratorShape) => boolean = () => true,
  ) => {
    const before = shape;
    for (const choice of choices) {
      shape = before.with(choice);
      if (keeps(shape) && also(shape)) return;
    }
  };
  const stream = weightBytes(dims) / streamBytesPerCycle(device);
  const most = ({ always, hidden, hiddenCycles }: typeof ROW_SHARE) =>
    Math.max(always * stream, Math.min(hidden * stream, hiddenCycles));
  const row = most(ROW_SHARE);
  /** What begins or ends a prompt alone, a chunk's norm and way back to memory, may take this much of it. */
  const end = END_SHARE * pace * tokens;
  const chunk = shape.chunkTokens * dims.dModel;
  const dConv = dims.dInner + 2 * dims.nGroups * dims.dState;
  const { normLanes, rescaleLanes, convLanes, gateLanes, addLanes } = shape;
  fewest(space.ssm.map((ssm) => ({ ssm })));
  fewest(
    powersTo(normLanes).map((lanes) => ({ normLanes: lanes })),
    (s) => (2 * dims.dModel) / s.normLanes <= row && chunk / s.normLanes <= end,
  );
  fewest(powersTo(rescaleLanes).map((lanes) => ({ rescaleLanes: lanes })));
  fewest(
    powersTo(convLanes).map((lanes) => ({ convLanes: lanes })),
    // It works beside the state space and matters only where it is slower.
    ({ ssm, convLanes: n, chunkTokens }) =>
      dConv / n <= Math.max(stateSteps({ dims, ssm }), end / chunkTokens),
  );
  fewest(
    powersTo(gateLanes).map((lanes) => ({ gateLanes: lanes })),
    (s) => (3 * dims.dInner) / s.gateLanes <= most(GATE_SHARE),
  );
  fewest(
    powersTo(addLanes).map((lanes) => ({ addLanes: lanes })),
    (s) => (3 * dims.dModel) / s.addLanes <= row && chunk / s.addLanes <= end,
  );
  return shape.with({ weightFifoWords: fifoWords(shape) });
}

const inDsp = ({ rows, cols }: ArrayShape): MatShape => ({ rows, cols, lutRows: 0 });

/** So many rows in LUTs that `excess` DSP blocks less are needed: those of the array that wastes fewest products by it, then of the other. */
export function withLutRows(shape: AcceleratorShape, excess: number): AcceleratorShape {
  if (excess <= 0) return shape;
  const moved = (['inProj', 'outProj'] as const).map((name) => {
    const array = shape[name];
    // Two rows more in LUTs free a DSP block a column.
    const rows = Math.min(array.rows - array.lutRows, 2 * Math.ceil(excess / array.cols));
    return { name, array, rows, freed: (rows / 2) * array.cols };
  });
  moved.sort((a, b) => Number(b.freed >= excess) - Number(a.freed >= excess) || a.freed - b.freed);
  const { name, array, rows, freed } = moved.find((choice) => choice.freed >= excess) ?? moved.at(-1)!;
  if (rows === 0) return shape;
  const next = { [name]: { ...array, lutRows: array.lutRows + rows } };
  return withLutRows(shape.with(next), excess - freed);
}

function weightBytes(dims: ModelDims): number {
  const both = matrices(dims);
  const bytes = ({ sections, width }: TiledMatrix) => sections.reduce((sum, rows) => sum + rows, 0) * width;
  return ((bytes(both.in) + bytes(both.out)) * weightFormat(dims).bits) / 8;
}
