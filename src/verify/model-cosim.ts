/**
 * Co-simulation of an emitted accelerator, or of one of its processes alone, against the golden model, with the cycles that the timed
 * simulation of the same calls plans.
 */
import { join } from 'node:path';
import type { ImageFile } from '../emit/image/manifest.js';
import { VectorWriter } from '../emit/testbench/vectors.js';
import { UserError } from '../errors.js';
import { processAlone } from '../kernel/alone.js';
import { channelDepths } from '../kernel/depths.js';
import { simulate } from '../kernel/simulate/simulate.js';
import type { Device } from '../plan/board/device.js';
import { boardMemory } from '../plan/board/memory.js';
import type { PlannedAccelerator } from '../plan/plan.js';
import { callCycles } from '../plan/time/timing.js';
import type { QuantizedModel } from '../quant/types.js';
import { type CosimOptions, type CosimReport, runCosim } from '../tools/cosim/cosim.js';
import { firstLayers, imageFolder } from './accelerator.js';
import { plannedMemory } from './cosim-memory.js';
import { AcceleratorMemory } from './expected/accelerator-memory.js';
import { writeKernelCase } from './expected/kernel-case.js';
import { writeModelCase } from './expected/model-case.js';
import { emitUnit } from './unit-project.js';

export interface ModelCosimRequest {
  /** The emitted project's folder. */
  readonly project: string;
  readonly image: readonly ImageFile[];
  readonly planned: PlannedAccelerator;
  readonly device: Device;
  readonly model: QuantizedModel;
  readonly tokens: readonly number[];
  /** One process alone. */
  readonly kernel?: string;
  /** The first layers, of which a call goes through each; then the head. 1 when absent. */
  readonly layers?: number;
  readonly options: Omit<CosimOptions, 'script'>;
  readonly tell?: (line: string) => void;
}

export interface ModelCosimResult {
  readonly report: CosimReport;
  /** Cycles of the same calls in the timed simulation. */
  readonly plannedCycles: number;
}

/**
 * One token, then a chunk that is not full, then several, then one token again, each through the layers and the head, the states carried on;
 * every channel, the states and the logits are compared.
 */
export async function cosimModel(request: ModelCosimRequest): Promise<ModelCosimResult> {
  const { kernel, planned, tokens } = request;
  const chunk = planned.shape.chunkTokens;
  let at = 0;
  const calls = [1, chunk - 1, 2 * chunk + 3, 1].map((length) =>
    Array.from({ length: Math.max(1, length) }, () => tokens[at++ % tokens.length]),
  );
  return kernel === undefined ? cosimLayer(request, calls) : cosimKernel(request, kernel, calls);
}

async function cosimLayer(request: ModelCosimRequest, calls: number[][]): Promise<ModelCosimResult> {
  const { project, image, planned, device, model, options, layers = 1, tell = () => {} } = request;
  const { shape, layer, schedule } = planned;
  const vectors = new VectorWriter(join(project, 'vectors', 'cosim'));
  const images = join('..', '..', imageFolder);
  const parts = { shape, ...layer };
  const memory = new AcceleratorMemory(parts, vectors, model.config.nLayers, model.scalars, image, images);
  await writeModelCase(memory, firstLayers(model, layers), calls, 'channels');
  const script = vectors.finish();
  tell(`building with ${options.engine}`);
  const report = await runCosim(project, { ...options, script });
  const timed = { layer, schedule, shape, device, depths: channelDepths(layer.network) };
  const plannedCycles = calls
    .flatMap(({ length: tokens }) => [
      layers * callCycles(timed, { kind: 'layer', tokens }, plannedMemory(options)),
      callCycles(timed, { kind: 'head', tokens }, plannedMemory(options)),
    ])
    .reduce((sum, cycles) => sum + cycles, 0);
  return { report, plannedCycles };
}

async function cosimKernel(
  request: ModelCosimRequest,
  kernel: string,
  calls: number[][],
): Promise<ModelCosimResult> {
  const { project, planned, device, model, options, tell = () => {} } = request;
  const { network } = planned.layer;
  const names = network.processes.map(({ name }) => name);
  if (!names.includes(kernel))
    throw new UserError(`--kernel ${kernel}: not known; expected ${names.join(', ')}`);
  const alone = processAlone(network, kernel);
  const nests = planned.schedule.nests.filter(({ process }) => process === kernel);
  const schedule = { ...planned.schedule, network: kernel, nests };
  const folder = join(project, 'build', 'kernels', kernel);
  const planDigest = planned.plan.digest.slice(0, 12);
  await emitUnit(alone, folder, device, { schedule, planDigest, command: 'cosim --kernel' });
  const vectors = new VectorWriter(join(folder, 'vectors'));
  const parts = { shape: planned.shape, ...planned.layer };
  const made = await writeKernelCase(vectors, parts, alone, firstLayers(model, 1), calls);
  const script = vectors.finish();
  tell(`building with ${options.engine}`);
  const report = await runCosim(folder, { ...options, script });
  const plannedCycles = made
    .map(({ scalars }) => {
      const memory = boardMemory(alone, device, plannedMemory(options));
      return simulate(alone, scalars, { timings: nests, memory }).cycles;
    })
    .reduce((sum, cycles) => sum + cycles, 0);
  return { report, plannedCycles };
}
