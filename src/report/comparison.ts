/**
 * The paper's configuration beside the planner's: for each model the plans of both presets, what was measured of them as RTL, what the paper
 * published, and what board and device allow. Planned, measured and published figures are kept apart.
 */

import type { Resources } from '../plan/area/resources.js';
import type { Plan } from '../plan/plan-types.js';
import type { ComparedModel, MeasuredSpeed } from '../schema/comparison.js';
import type { MeasuredRow } from '../schema/measurements.js';
import type { ModelDims } from '../units/shape.js';
import { paperTotal } from './paper-area.js';

/** Decode speeds in the paper (arXiv 2505.18975), tokens/s. */
const publishedDecode: Readonly<Record<string, number>> = { '2.7b': 5.68 };

/** What the paper says of a size. */
export function publishedFor(size: string): ComparedModel['published'] {
  const decodeTokensPerSecond = publishedDecode[size];
  return decodeTokensPerSecond === undefined ? null : { decodeTokensPerSecond };
}

/** What others published for a size. */
export function othersFor(size: string): ComparedModel['others'] {
  if (size !== '2.7b') return [];
  return [
    {
      name: 'LightMamba, 4-bit weights and activations, VCK190',
      source: 'arXiv 2502.15260',
      decodeTokensPerSecond: 7.21,
    },
  ];
}

/** Area of the paper's accelerator. */
export const publishedArea: Resources = {
  lut: paperTotal.lut,
  ff: paperTotal.ff,
  dsp: paperTotal.dsp,
  bram36: paperTotal.bram36!,
};

/** Products of a token and layer. */
export function productsPerToken(dims: ModelDims): number {
  const inRows = 2 * dims.dInner + 2 * dims.nGroups * dims.dState + dims.nHeads;
  return inRows * dims.dModel + dims.dModel * dims.dInner;
}

/** Speeds of a plan from the row of its digest; null where nothing was measured, or before layers overlapped. */
export function measuredSpeed(plan: Plan, rows: readonly MeasuredRow[]): MeasuredSpeed | null {
  const row = rows.find(({ plan: digest }) => digest === plan.digest);
  if (!row?.runs.every(({ modelCycles }) => modelCycles !== undefined)) return null;
  const hz = plan.device.clockMHz * 1e6;
  const { dims } = plan.model;
  const own = row.runs.filter(({ sequences = 1 }) => sequences === 1);
  const single = own.find((run) => run.headCycles !== null);
  const prompts = own.filter(({ tokens }) => tokens > 1).sort((a, b) => a.tokens - b.tokens);
  const longest = prompts.at(-1);
  const decoded = ({ tokens, modelCycles }: MeasuredRow['runs'][number]) => (hz * tokens) / modelCycles!;
  const perSecond = single ? decoded(single) : 0;
  const off = row.runs.flatMap((run) => [
    run.modelCycles! / run.plannedModelCycles! - 1,
    run.headCycles === null || !run.plannedHeadCycles ? 0 : run.headCycles / run.plannedHeadCycles - 1,
  ]);
  return {
    tool: row.tool,
    decode: single
      ? {
          layerCycles: single.layerCycles,
          headCycles: single.headCycles!,
          tokensPerSecond: perSecond,
          rooflineShare: perSecond / plan.roofline.decodeTokensPerSecondAtPins,
        }
      : null,
    batches: row.runs
      .filter(({ sequences = 1, headCycles }) => sequences > 1 && headCycles !== null)
      .map((run) => ({
        sequences: run.sequences!,
        layerCycles: run.layerCycles,
        headCycles: run.headCycles!,
        tokensPerSecond: decoded(run),
      })),
    prefill: longest
      ? {
          tokens: longest.tokens,
          layerCycles: longest.layerCycles,
          cyclesPerToken: longest.layerCycles / longest.tokens,
          tokensPerSecond: decoded(longest),
          ...arrayShares(plan, dims, longest),
        }
      : null,
    firstToken: prompts.map((run) => ({ tokens: run.tokens, seconds: run.modelCycles! / hz })),
    offPlan: Math.max(...off.map(Math.abs)),
    bytes: row.runs.reduce((sum, { bytes }) => sum + bytes, 0),
    mismatches: row.runs.reduce((sum, { mismatches }) => sum + mismatches, 0),
  };
}

/** How well a layer of a prompt uses the arrays, where layers overlap. */
function arrayShares(
  { shape: { inProj, outProj } }: Plan,
  dims: ModelDims,
  { tokens, layerCycles, busy }: MeasuredRow['runs'][number],
) {
  const macs = inProj.rows * inProj.cols + outProj.rows * outProj.cols;
  return {
    busyIn: busy.matIn / layerCycles,
    busyOut: busy.matOut / layerCycles,
    usefulProducts: (productsPerToken(dims) * tokens) / (macs * layerCycles),
  };
}
