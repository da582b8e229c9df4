/**
 * `--preset auto`: the balanced accelerator. For every pair of MAT arrays and chunk length the slowest of the two arrays and the memory sets
 * the pace; every other engine gets the fewest lanes that keep it. Candidates come best first by estimate; the caller takes the first that
 * fits when counted. The search is exhaustive over powers of two, some hundreds of candidates.
 */
import { UserError } from '../errors.js';
import { accumulatorSteps } from '../units/layer/slots.js';
import type { AcceleratorShape, ArrayShape, ModelDims } from '../units/shape.js';
import { bestArray, spacedSsm, ssmArray, type TiledMatrix } from './array-shapes.js';
import type { Device } from './device.js';
import { decodeCycles, decodePath, prefillBound, prefillLoads, streamBytesPerCycle } from './engine-load.js';
import { budgetOf, estimateResources, shortOf } from './estimate.js';
import { dividingPower, powerBelow, powersTo } from './lanes.js';
import type { Resources } from './resources.js';

/** A shape and what should be said about it. */
export interface Candidate {
  readonly shape: AcceleratorShape;
  readonly notes: readonly string[];
}

/** Longest call in tokens; longer prompts take several calls. */
export const MAX_TOKENS = 4096;
/** Bytes of a board's port word (512 bits). */
export const PORT_BYTES = 64;
/** A chunk keeps an array busy for so many tiles at least, so that filling and draining the pipeline stay small beside it. */
const LEAST_TILES = 256;
const MOST_MACS = 8192;
const MOST_LANES = 64;
const CHUNKS = [16, 32, 64, 128];
/** Norm, gate and residual rows may each take this share of a token's weight stream in decode. */
const DECODE_SHARE = 1 / 64;
/** How much a whole device's worth of area weighs against the logarithm of cycles. */
const AREA_WEIGHT = 0.05;

/** Weight matrices of the two arrays. */
export function matrices(dims: ModelDims): { in: TiledMatrix; out: TiledMatrix } {
  const xbc = dims.dInner + 2 * dims.nGroups * dims.dState;
  return {
    in: { sections: [dims.nHeads, xbc, dims.dInner], width: dims.dModel },
    out: { sections: [dims.dModel], width: dims.dInner },
  };
}

/** Shapes that fit by estimate, best first. Throws UserError naming what is short where none does. */
export function autoCandidates(dims: ModelDims, device: Device): Candidate[] {
  const limit = budgetOf(device);
  const both = matrices(dims);
  const rated: { shape: AcceleratorShape; score: number }[] = [];
  const short = new Set<keyof Resources>();
  for (const chunkTokens of CHUNKS) {
    for (const inProj of arrays(both.in)) {
      for (const outProj of arrays(both.out)) {
        const shape = balanced({ dims, device, chunkTokens, inProj, outProj });
        const used = estimateResources(shape);
        const missing = shortOf(used, limit);
        for (const kind of missing) short.add(kind);
        if (missing.length === 0) rated.push({ shape, score: scoreOf(shape, device, used, limit) });
      }
    }
  }
  if (rated.length === 0)
    throw new UserError(`plan: device ${device.name} is short of ${[...short].join(', ')} for this model`);
  rated.sort((a, b) => a.score - b.score);
  return rated.map(({ shape }) => ({ shape, notes: notesOf(shape, device) }));
}

/** Half for prefill, half for decode, a little for area: lower is better. */
function scoreOf(shape: AcceleratorShape, device: Device, used: Resources, limit: Resources): number {
  const share = Math.max(used.dsp / limit.dsp, used.lut / limit.lut, used.bram36 / limit.bram36);
  const speed = Math.log(prefillBound(shape, device).cycles) + Math.log(decodeCycles(shape, device));
  return speed + AREA_WEIGHT * share;
}

function arrays(matrix: TiledMatrix): ArrayShape[] {
  const rows = matrix.sections.reduce((sum, section) => sum + section, 0);
  const most = Math.min(MOST_MACS, Math.max(4, powerBelow((rows * matrix.width) / LEAST_TILES)));
  const sizes = powersTo(most, Math.min(most, 64));
  return sizes.flatMap((macs) => bestArray(matrix, macs) ?? []);
}

interface Core {
  readonly dims: ModelDims;
  readonly device: Device;
  readonly chunkTokens: number;
  readonly inProj: ArrayShape;
  readonly outProj: ArrayShape;
}

/** The arrays with the fewest lanes everywhere else that keep their pace. */
function balanced({ dims, device, chunkTokens, inProj, outProj }: Core): AcceleratorShape {
  const channelLanes = sectionLanes(dims);
  const residualLanes = dividingPower(dims.dModel, PORT_BYTES / 4);
  let shape: AcceleratorShape = {
    dims,
    chunkTokens: Math.max(chunkTokens, accumulatorSteps),
    maxTokens: MAX_TOKENS,
    residualLanes,
    inProj: { ...inProj, lutRows: 0 },
    outProj: { ...outProj, lutRows: 0 },
    ...weightPorts(inProj, outProj, device),
    weightFifoWords: 64,
    normLanes: dividingPower(inProj.cols, residualLanes),
    rescaleLanes: Math.min(dividingPower(inProj.rows), channelLanes),
    convLanes: channelLanes,
    ssm: spacedSsm(
      { rows: dividingPower(dims.headDim), cols: dividingPower(dims.dState) },
      dims.dInner * dims.dState,
    ),
    gateLanes: Math.min(dividingPower(dims.headDim, MOST_LANES), dividingPower(outProj.cols)),
    addLanes: Math.min(residualLanes, dividingPower(outProj.rows)),
  };
  // With all the lanes there can be, the pace is what the arrays, the memory and the widest engines allow.
  const pace = prefillBound(shape, device).cycles;
  const decodeBudget = (DECODE_SHARE * decodeBytes(dims)) / streamBytesPerCycle(device);
  const keeps = (candidate: AcceleratorShape) => prefillBound(candidate, device).cycles <= pace;
  /** The first choice, fewest lanes first, that keeps the pace and satisfies `also`; the last where none does. */
  const fewest = (
    choices: readonly Partial<AcceleratorShape>[],
    also: (candidate: AcceleratorShape) => boolean = () => true,
  ) => {
    const complete = choices.map((choice) => ({ ...shape, ...choice }));
    shape = complete.find((candidate) => keeps(candidate) && also(candidate)) ?? complete.at(-1)!;
  };
  const { normLanes, rescaleLanes, convLanes, ssm, gateLanes, addLanes } = shape;
  fewest(
    powersTo(normLanes).map((lanes) => ({ normLanes: lanes })),
    (s) => (2 * dims.dModel) / s.normLanes <= decodeBudget,
  );
  fewest(powersTo(rescaleLanes).map((lanes) => ({ rescaleLanes: lanes })));
  fewest(powersTo(convLanes).map((lanes) => ({ convLanes: lanes })));
  fewest(
    powersTo(ssm.rows * ssm.cols).map((lanes) => ({ ssm: ssmArray(lanes, dims.headDim, dims.dState)! })),
  );
  fewest(
    powersTo(gateLanes).map((lanes) => ({ gateLanes: lanes })),
    (s) => (3 * dims.dInner) / s.gateLanes <= decodeBudget,
  );
  fewest(
    powersTo(addLanes).map((lanes) => ({ addLanes: lanes })),
    (s) => (3 * dims.dModel) / s.addLanes <= decodeBudget,
  );
  return { ...shape, weightFifoWords: fifoWords(shape) };
}

/** Most lanes of a word that never mixes B, C, x and z: rescale and convolution. */
export function sectionLanes(dims: ModelDims, most = MOST_LANES): number {
  return Math.min(dividingPower(dims.dInner, most), dividingPower(dims.nGroups * dims.dState, most));
}

/** Weight bytes of a layer. */
function decodeBytes(dims: ModelDims): number {
  const both = matrices(dims);
  const bytes = ({ sections, width }: TiledMatrix) => sections.reduce((sum, rows) => sum + rows, 0) * width;
  return bytes(both.in) + bytes(both.out);
}

/** A port word a memory channel, less where an array's tile does not hold that many bytes. */
export function weightPorts(
  inProj: ArrayShape,
  outProj: ArrayShape,
  device: Device,
): Pick<AcceleratorShape, 'weightLanes' | 'weightPorts'> {
  const channels = dividingPower(2 ** 16, device.memory.channels);
  const most = Math.min(
    dividingPower(inProj.rows * inProj.cols),
    dividingPower(outProj.rows * outProj.cols),
    channels * PORT_BYTES,
  );
  const ports = Math.min(channels, most);
  return { weightPorts: ports, weightLanes: most / ports };
}

/** Weights fetched ahead cover the vector work in front of an array, so that the stream never stops in decode. */
export function fifoWords(shape: AcceleratorShape): number {
  const pipelineCycles = 200;
  return Math.min(1024, Math.max(64, 2 * powerBelow(decodePath(shape) + pipelineCycles)));
}

function notesOf(shape: AcceleratorShape, device: Device): string[] {
  const [slowest, next] = [...prefillLoads(shape, device)].sort((a, b) => b.cycles - a.cycles);
  return [
    `prefill is paced by ${slowest!.engine} (${slowest!.cycles.toFixed(0)} cycles a token and layer), next is ${next!.engine} (${next!.cycles.toFixed(0)})`,
  ];
}
