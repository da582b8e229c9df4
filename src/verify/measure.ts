/**
 * Measures an accelerator of any size as RTL: some layers with random weights (cycles do not depend on them), which overlap, and the head, in
 * Verilator with the board's memory at the ports. Every result in memory is compared with the golden model, all cycles stand next to the
 * planned ones.
 */
import { join } from 'node:path';
import { VectorWriter } from '../emit/testbench/vectors.js';
import type { PlannedAccelerator } from '../plan/plan.js';
import { steadyLayer } from '../plan/time/model-call.js';
import { callCycles, layersOf, runCalls } from '../plan/time/timing.js';
import type { QuantizedModel } from '../quant/types.js';
import { chooseEngine, runCosim } from '../tools/cosim/cosim.js';
import { missing } from '../tools/programs/run.js';
import { equalParts } from '../units/layer/call.js';
import { emitAccelerator, imageFolder } from './accelerator.js';
import { plannedMemory } from './cosim-memory.js';
import { AcceleratorMemory } from './expected/accelerator-memory.js';
import { inOrder, tokenPart } from './expected/golden-call.js';
import { type CaseDetail, writeModelCase } from './expected/model-case.js';
import type { Tell } from './project.js';

/** What to measure. */
export interface MeasureRequest {
  /** Of some layers, four or more for the steady state. */
  readonly model: QuantizedModel;
  readonly planned: PlannedAccelerator;
  /** Tokens of each call of the layers; calls of one token go on to the head. Each begins with a state of zeros. */
  readonly lengths: readonly number[];
  /** Sequences of further calls, one token of each, that go on to the head. */
  readonly sequences?: readonly number[];
  /** Calls of several prompts: the tokens of all, and how many prompts they are. */
  readonly packed?: readonly { readonly tokens: number; readonly sequences: number }[];
  readonly detail: CaseDetail;
  /** Working folder. */
  readonly folder: string;
  readonly command: string;
  readonly tell?: Tell;
}

/** What was counted, or planned by the timed simulation of the same calls. */
export interface MeasuredCycles {
  /** Of all layers that were run. */
  readonly layersCycles: number;
  /** Of a layer in the steady state. */
  readonly layerCycles: number;
  /** Of the head by itself; null where it was not run. */
  readonly headCycles: number | null;
}

/** One length's run. */
export interface Measurement {
  readonly tokens: number;
  readonly sequences: number;
  readonly layers: number;
  readonly found: MeasuredCycles;
  readonly planned: MeasuredCycles;
  /** Words on channels, and bytes in memory (residual rows, states, logits), that were compared. */
  readonly words: number;
  readonly bytes: number;
  readonly mismatches: number;
  readonly failure: string | null;
  readonly clockedCycles: number;
  readonly seconds: number;
  /** Busy cycles of each process in all calls. */
  readonly busy: Readonly<Record<string, number>>;
}

/** Builds once, runs a script a length. Throws ToolMissing without Verilator. */
export async function measure(request: MeasureRequest): Promise<Measurement[]> {
  const {
    model,
    planned,
    lengths,
    sequences = [],
    packed = [],
    detail,
    folder,
    command,
    tell = () => {},
  } = request;
  const engine = await chooseEngine();
  if (engine !== 'verilator') throw missing('verilator');
  tell('writing the project');
  const project = await emitAccelerator({ model, planned, command }, join(folder, 'project'));
  const vocabulary = model.config.paddedVocabSize;
  const options = { engine };
  const layers = model.config.nLayers;
  const board = plannedMemory(options);
  const found: Measurement[] = [];
  const runs = [
    ...lengths.map((tokens) => ({ tokens, sequences: 1 })),
    ...sequences.map((count) => ({ tokens: count, sequences: count })),
    ...packed,
  ];
  for (const { tokens, sequences } of runs) {
    const ids = Array.from({ length: tokens }, (_, i) => (i * 31 + tokens) % vocabulary);
    const isDecode = tokens === sequences;
    const calls = [partsOf(ids, sequences, !isDecode)];
    const vectors = new VectorWriter(join(project.folder, 'vectors', `tokens_${tokens}_of_${sequences}`));
    const contents = { ...project, slots: sequences };
    const memory = new AcceleratorMemory(contents, vectors, join('..', '..', imageFolder));
    await writeModelCase(memory, { model, calls, detail, heads: 'single' });
    const whose = sequences > 1 ? `, of ${sequences} sequences,` : '';
    tell(`${tokens} token${tokens > 1 ? 's' : ''}${whose} through ${layers} layers as RTL`);
    const report = await runCosim(project.folder, { ...options, script: vectors.finish() });
    const layer = { kind: 'layer', tokens, parts: inOrder(calls[0]) } as const;
    const { cycles, ends } = runCalls(planned, layersOf(layers, layer), board);
    found.push({
      ...{ tokens, sequences, layers },
      found: {
        layersCycles: report.calls[0] ?? 0,
        layerCycles: steadyLayer(report.ends[0] ?? [0]),
        headCycles: isDecode ? (report.calls[1] ?? 0) : null,
      },
      planned: {
        layersCycles: cycles,
        layerCycles: steadyLayer(ends),
        headCycles: isDecode ? callCycles(planned, { kind: 'head', tokens }, board) : null,
      },
      words: report.words,
      bytes: report.memories.reduce((sum, { bytes }) => sum + bytes, 0),
      mismatches: report.mismatches,
      failure: report.failure,
      clockedCycles: report.clockedCycles,
      seconds: report.seconds,
      busy: Object.fromEntries(report.processes.map((process) => [process.name, process.busy])),
    });
  }
  return found;
}

/** The tokens as parts of equal length, each in a slot of its own; prompts begin their sequences. */
function partsOf(ids: readonly number[], sequences: number, begins: boolean) {
  let first = 0;
  return equalParts(ids.length, sequences).map(({ slot, tokens }) => {
    const own = ids.slice(first, first + tokens);
    first += tokens;
    return tokenPart(own, { slot, begins });
  });
}
