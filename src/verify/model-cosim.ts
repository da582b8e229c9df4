/**
 * Co-simulation of an emitted accelerator, or of one of its processes alone, against the golden model, with the cycles that the timed
 * simulation of the same calls plans.
 */

import { join } from 'node:path';
import { VectorWriter } from '../emit/testbench/vectors.js';
import { UserError } from '../errors.js';
import { processAlone } from '../kernel/alone.js';
import { simulate } from '../kernel/simulate/simulate.js';
import { portAddresses } from '../plan/board/layout.js';
import { boardMemory } from '../plan/board/memory.js';
import { callCycles, layersOf } from '../plan/time/timing.js';
import { simulatedTiming } from '../schedule/schedule.js';
import { type CosimOptions, type CosimReport, runCosim } from '../tools/cosim/cosim.js';
import { headRuns, tokensOf } from '../units/layer/call.js';
import { firstLayers, imageFolder } from './accelerator.js';
import { plannedMemory } from './cosim-memory.js';
import { AcceleratorMemory } from './expected/accelerator-memory.js';
import {
  inOrder,
  mixedCalls,
  oneSequence,
  slotsOf,
  type TokenPart,
  wantedRows,
} from './expected/golden-call.js';
import { writeKernelCase } from './expected/kernel-case.js';
import { writeModelCase } from './expected/model-case.js';
import { type ValueBytes, valueBytesOf } from './model-csim.js';
import type { Project, Tell } from './project.js';
import { emitUnit } from './unit-project.js';

/** What to run, and how. */
export interface ModelCosimRequest {
  readonly tokens: readonly number[];
  /** One process alone. */
  readonly kernel?: string | undefined;
  /** The first layers, of which a call goes through each; then the head. 1 when absent. */
  readonly layers?: number;
  readonly options: Omit<CosimOptions, 'script'>;
  readonly tell?: Tell | undefined;
}

export interface ModelCosimResult {
  readonly report: CosimReport;
  /** Cycles of the same calls in the timed simulation. */
  readonly plannedCycles: number;
  /** Bytes of a value in the memories that were compared. */
  readonly valueBytes?: ValueBytes;
}

/**
 * One token, then a chunk that is not full, then several, then one token again, then calls of several sequences, each through the layers and the
 * head, the states carried on; every channel, the states and the logits are compared.
 */
export async function cosimModel(project: Project, request: ModelCosimRequest): Promise<ModelCosimResult> {
  const { tokens } = request;
  const chunk = project.planned.shape.chunkTokens;
  let at = 0;
  const calls = [1, chunk - 1, 2 * chunk + 3, 1].map((length) =>
    oneSequence(Array.from({ length: Math.max(1, length) }, () => tokens[at++ % tokens.length])),
  );
  const run = request.kernel === undefined ? cosimLayer : cosimKernel;
  return run(project, request, [...calls, ...mixedCalls(tokens)]);
}

async function cosimLayer(
  project: Project,
  { layers = 1, options, tell = () => {} }: ModelCosimRequest,
  calls: readonly (readonly TokenPart[])[],
): Promise<ModelCosimResult> {
  const { folder, planned } = project;
  const vectors = new VectorWriter(join(folder, 'vectors', 'cosim'));
  const memory = new AcceleratorMemory(
    { ...project, slots: slotsOf(calls) },
    vectors,
    join('..', '..', imageFolder),
  );
  const model = firstLayers(project.model, layers);
  await writeModelCase(memory, { model, calls, detail: 'channels' });
  const script = vectors.finish();
  tell(`building with ${options.engine}`);
  const report = await runCosim(folder, { ...options, script });
  const plannedCycles = calls
    .flatMap((given) => {
      const parts = inOrder(given);
      const layer = { kind: 'layer', tokens: tokensOf(parts), parts } as const;
      const heads = headRuns(wantedRows(parts)).map(({ starts, length }) => starts.length * length);
      return [
        callCycles(planned, layersOf(layers, layer), plannedMemory(options)),
        ...heads.map((tokens) => callCycles(planned, { kind: 'head', tokens }, plannedMemory(options))),
      ];
    })
    .reduce((sum, cycles) => sum + cycles, 0);
  return { report, plannedCycles, valueBytes: valueBytesOf(planned.shape) };
}

async function cosimKernel(
  project: Project,
  { kernel = '', options, tell = () => {} }: ModelCosimRequest,
  calls: readonly (readonly TokenPart[])[],
): Promise<ModelCosimResult> {
  const { planned } = project;
  const { device, layer, shape } = planned;
  const { network } = layer;
  const names = network.processes.map(({ name }) => name);
  if (!names.includes(kernel))
    throw new UserError(`--kernel ${kernel}: not known; expected ${names.join(', ')}`);
  const alone = processAlone(network, kernel);
  const nests = planned.schedule.nests.filter(({ process }) => process === kernel);
  const schedule = { ...planned.schedule, network: kernel, nests };
  const folder = join(project.folder, 'build', 'kernels', kernel);
  const planDigest = planned.plan.digest.slice(0, 12);
  await emitUnit(alone, folder, device, { schedule, planDigest, command: 'cosim --kernel' });
  const vectors = new VectorWriter(join(folder, 'vectors'));
  const model = firstLayers(project.model, 1);
  const made = await writeKernelCase(vectors, { planned, alone, model, calls });
  const script = vectors.finish();
  tell(`building with ${options.engine}`);
  const report = await runCosim(folder, { ...options, script });
  const addresses = portAddresses(shape, network.ports, device, slotsOf(calls));
  const plannedCycles = made
    .map(({ scalars }) => {
      const memory = boardMemory(alone, device, { addresses, ...plannedMemory(options) });
      return simulate(alone, scalars, { ...simulatedTiming(schedule), memory }).cycles;
    })
    .reduce((sum, cycles) => sum + cycles, 0);
  return { report, plannedCycles, valueBytes: valueBytesOf(shape) };
}
