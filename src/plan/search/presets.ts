/**
 * Accelerator shapes by name: `auto` is searched, `paper` is the paper's own configuration as near as lanes that are
 * powers of two and divide the model allow, `small` has few lanes, for tests and quick simulation of any model.
 */
import { UserError } from '../../errors.js';
import type { TimingTarget } from '../../schedule/target.js';
import { accumulatorSteps } from '../../units/layer/slots.js';
import { AcceleratorShape, type ModelDims, weightFormat } from '../../units/shape.js';
import { dividingPower, powerBelow } from '../../util/powers-of-two.js';
import type { Resources } from '../area/resources.js';
import { type Device, targetOf } from '../board/device.js';
import { budgetOf } from '../budget.js';
import type { FrontPoint } from '../plan-types.js';
import { bestArray, spacedSsm } from '../shape/array-shapes.js';
import {
  convolutionLanes,
  fifoWords,
  MAX_TOKENS,
  matrices,
  PORT_BYTES,
  sectionLanes,
  weightPorts,
} from '../shape/shape-limits.js';
import { autoShape } from './auto.js';
import { estimateBram } from './bram.js';
import type { CountedShape } from './search.js';
import type { Workload } from './workload.js';

/** Names of the presets. */
export const PRESETS = ['auto', 'paper', 'small'] as const;
/** Name of a preset. */
export type Preset = (typeof PRESETS)[number];

/** The preset of a name given by a user. Throws UserError naming the known ones. */
export function presetNamed(name: string): Preset {
  const known = PRESETS.find((preset) => preset === name);
  if (!known) throw new UserError(`--preset ${name}: not known; expected ${PRESETS.join(', ')}`);
  return known;
}

/** What a shape is chosen for; what is left out has the plan's defaults. */
export interface ShapeRequest {
  readonly dims: ModelDims;
  readonly device: Device;
  readonly workload?: Workload;
  /** What may be used of the device. */
  readonly limit?: Resources;
  readonly target?: TimingTarget;
}

/** A shape, what should be said about it, and what the search built and saw where there was one. */
export interface ChosenShape {
  readonly shape: AcceleratorShape;
  readonly notes: readonly string[];
  readonly built?: Pick<CountedShape, 'layer' | 'schedule'>;
  readonly front?: readonly FrontPoint[];
}

/** Prompts are as short as the paper's unless told otherwise, decode counts as much as they do. */
export const DEFAULT_WORKLOAD: Workload = { purpose: 'both', layers: 1, prefillTokens: 512 };

/** The shape of a preset. Throws UserError where `auto` finds nothing that fits. */
export function presetShape(preset: Preset, request: ShapeRequest): ChosenShape {
  const { dims, device, workload = DEFAULT_WORKLOAD, limit = budgetOf(device) } = request;
  if (preset === 'small') return smallShape(dims);
  if (preset === 'paper') return paperShape(dims, device);
  const { target = targetOf(device) } = request;
  const { found, notes, front } = autoShape({ dims, device, workload, limit, target });
  return { shape: found.shape, notes, built: found, front };
}

/** The paper's lanes: linear products a cycle over both arrays, convolution, state space and NAU. */
const paper = { inMacs: 1024, outMacs: 512, convLanes: 32, ssmRows: 32, ssmCols: 24, nauLanes: 24 };

function paperShape(dims: ModelDims, device: Device): ChosenShape {
  const notes: string[] = [];
  const nearest = (what: string, asked: number, total: number) => {
    const lanes = dividingPower(total, asked);
    if (lanes !== asked)
      notes.push(`${what}: ${lanes} lanes for the paper's ${asked} (powers of two that divide ${total})`);
    return lanes;
  };
  const both = matrices(dims);
  const inProj = bestArray(both.in, paper.inMacs) ?? { rows: 16, cols: dividingPower(dims.dModel, 64) };
  const outProj = bestArray(both.out, paper.outMacs) ?? { rows: 16, cols: dividingPower(dims.dInner, 32) };
  notes.push(
    `linear: ${inProj.rows} x ${inProj.cols} products a cycle for in_proj and ${outProj.rows} x ${outProj.cols} for out_proj, for the paper's one module of 1,536`,
  );
  if (dims.hatIn === 1 && dims.dModel % 2 === 0)
    notes.push('the paper transforms before in_proj too: quantize with hadamard online for that');
  const residualLanes = dividingPower(dims.dModel, PORT_BYTES / 4);
  const rescaleLanes = Math.min(dividingPower(inProj.rows), sectionLanes(dims, powerBelow(paper.nauLanes)));
  notes.push(`NAU: ${rescaleLanes} lanes for the paper's ${paper.nauLanes}`);
  const draft = new AcceleratorShape({
    dims,
    chunkTokens: 64,
    maxTokens: MAX_TOKENS,
    residualLanes,
    normLanes: Math.min(dividingPower(inProj.cols), residualLanes, 8),
    inProj: { ...inProj, lutRows: inProj.rows },
    outProj: { ...outProj, lutRows: outProj.rows },
    ...weightPorts(inProj, outProj, dims, device),
    rescaleLanes,
    convLanes: nearest('convolution', paper.convLanes, convolutionLanes(dims, paper.convLanes)),
    ssm: spacedSsm(
      {
        rows: nearest('state space positions', paper.ssmRows, dims.headDim),
        cols: nearest('state space indices', paper.ssmCols, dims.dState),
      },
      dims.dInner * dims.dState,
    ),
    gateLanes: Math.min(dividingPower(dims.headDim, 16), dividingPower(outProj.cols)),
    addLanes: Math.min(dividingPower(outProj.rows), residualLanes, 8),
    pairs: { xbc: true, z: true, out: true },
    weightFifoWords: 64,
  });
  const sized = draft.with({ weightFifoWords: fifoWords(draft) });
  const most = budgetOf(device).bram36;
  const fitting = [64, 32, 16].find((t) => estimateBram(sized.with({ chunkTokens: t })) <= most);
  return { shape: sized.with({ chunkTokens: fitting ?? 16 }), notes };
}

/** Few lanes everywhere: quick to compile and to simulate, slow in cycles. */
function smallShape(dims: ModelDims): ChosenShape {
  const residualLanes = dividingPower(dims.dModel, 4);
  const cols = dividingPower(dims.dModel, 8);
  const outCols = dividingPower(dims.dInner, 8);
  const lanes = 4;
  const shape = new AcceleratorShape({
    dims,
    chunkTokens: accumulatorSteps,
    maxTokens: MAX_TOKENS,
    residualLanes,
    normLanes: Math.min(residualLanes, cols),
    inProj: { rows: 8, cols, lutRows: 0 },
    outProj: { rows: 8, cols: outCols, lutRows: 0 },
    weightLanes: Math.min(8, (8 * Math.min(cols, outCols) * weightFormat(dims).bits) / 8),
    weightPorts: 1,
    rescaleLanes: sectionLanes(dims, lanes),
    convLanes: convolutionLanes(dims, lanes),
    ssm: { rows: dividingPower(dims.headDim, 2), cols: dividingPower(dims.dState, 4) },
    gateLanes: Math.min(dividingPower(dims.headDim, lanes), outCols),
    addLanes: Math.min(residualLanes, lanes),
    pairs: { xbc: false, z: false, out: false },
    weightFifoWords: 32,
  });
  return { shape, notes: [] };
}
