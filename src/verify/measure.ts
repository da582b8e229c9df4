/**
 * Measures an accelerator of any size as RTL: one layer with random weights (cycles do not depend on them) and the head, in Verilator behind
 * the board's memory, every result in memory against the golden model, every call's cycles beside the planned ones.
 */
import { join } from 'node:path';
import { VectorWriter } from '../emit/testbench/vectors.js';
import { channelDepths } from '../kernel/depths.js';
import type { Device } from '../plan/board/device.js';
import type { PlannedAccelerator } from '../plan/plan.js';
import { callCycles } from '../plan/time/timing.js';
import type { QuantizedModel } from '../quant/types.js';
import { chooseEngine, runCosim } from '../tools/cosim/cosim.js';
import { missing } from '../tools/programs/run.js';
import { emitAccelerator, imageFolder } from './accelerator.js';
import { AcceleratorMemory } from './expected/accelerator-memory.js';
import { type CaseDetail, writeModelCase } from './expected/model-case.js';

export interface MeasureRequest {
  readonly name: string;
  /** Of one layer. */
  readonly model: QuantizedModel;
  readonly planned: PlannedAccelerator;
  readonly device: Device;
  /** Tokens of each call of the layer; calls of one token go on to the head. Each begins with a state of zeros. */
  readonly lengths: readonly number[];
  readonly detail: CaseDetail;
  /** Working folder. */
  readonly folder: string;
  readonly command: string;
  readonly tell?: (line: string) => void;
}

/** One call as it was run. */
export interface MeasuredCall {
  readonly kind: 'layer' | 'head';
  readonly tokens: number;
  readonly cycles: number;
  /** The timed simulation of the same call. */
  readonly plannedCycles: number;
}

/** All calls of one length's run. */
export interface Measurement {
  readonly tokens: number;
  readonly calls: readonly MeasuredCall[];
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

/** Random cycles more in a latency, at most: the testbench's own. */
const JITTER = 4;

/** Builds once, runs a script a length. Throws ToolMissing without Verilator. */
export async function measure(request: MeasureRequest): Promise<Measurement[]> {
  const { name, model, planned, device, lengths, detail, folder, command, tell = () => {} } = request;
  const engine = await chooseEngine();
  if (engine !== 'verilator') throw missing('verilator');
  const project = join(folder, 'project');
  tell(`${name}: writing the project`);
  const { image } = await emitAccelerator({ name, model, planned, device, command }, project);
  const vocabulary = model.config.paddedVocabSize;
  const timed = { ...planned, device, depths: channelDepths(planned.layer.network) };
  const plannedCycles = (kind: 'layer' | 'head', tokens: number) =>
    callCycles(timed, { kind, tokens }, { jitterCycles: JITTER });
  const found: Measurement[] = [];
  for (const tokens of lengths) {
    const ids = Array.from({ length: tokens }, (_, i) => (i * 31 + tokens) % vocabulary);
    const vectors = new VectorWriter(join(project, 'vectors', `tokens_${tokens}`));
    const parts = { shape: planned.shape, ...planned.layer };
    const images = join('..', '..', imageFolder);
    const memory = new AcceleratorMemory(parts, vectors, 1, model.scalars, image, images);
    await writeModelCase(memory, model, [ids], detail, () => {}, 'single');
    tell(`${name}: ${tokens} token${tokens > 1 ? 's' : ''} through one layer as RTL`);
    const report = await runCosim(project, { script: vectors.finish(), engine });
    const kinds = tokens > 1 ? (['layer'] as const) : (['layer', 'head'] as const);
    found.push({
      tokens,
      calls: kinds.map((kind, i) => ({
        kind,
        tokens,
        cycles: report.calls[i] ?? 0,
        plannedCycles: plannedCycles(kind, tokens),
      })),
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
