/** An accelerator as a project on disk: written, found again, simulated as C++ and as RTL, every word against the golden model. */

import type { PlannedAccelerator } from '../plan/plan.js';
import type { QuantizedModel } from '../quant/types.js';
import type { CosimFigures } from '../schema/cosim.js';
import { type CosimEngine, type CosimOptions, chooseEngine } from '../tools/cosim/cosim.js';
import { Random } from '../util/random.js';
import { emitAccelerator } from '../verify/accelerator.js';
import { cosimFigures } from '../verify/cosim-figures.js';
import { cosimModel } from '../verify/model-cosim.js';
import { csimModel, type ModelCsimResult } from '../verify/model-csim.js';
import type { Project, Tell, WrittenProject } from '../verify/project.js';
import { readEmitted } from '../verify/read-project.js';

export type { Project, Tell, WrittenProject } from '../verify/project.js';

/** How to write a project. */
export interface EmitRequest {
  /** For the banners: the command that makes this project again. */
  readonly command?: string;
  /** Token ids that the project's own vectors are made of; seeded ones when absent. */
  readonly tokens?: readonly number[];
  /** Called after each layer of the memory image. */
  readonly progress?: (done: number, of: number) => void;
}

/**
 * Writes the project of a planned accelerator for one quantized model into `folder`, whole or not at all: C++ for Vitis HLS, SystemVerilog,
 * testbenches of both, memory image and test vectors. Throws UserError for a folder that holds something else.
 */
export async function emitProject(
  model: QuantizedModel,
  planned: PlannedAccelerator,
  folder: string,
  request: EmitRequest = {},
): Promise<WrittenProject> {
  const { command = 'emitProject', progress, tokens = simulationTokens(model.config.vocabSize) } = request;
  return emitAccelerator({ model, planned, command, tokens, progress }, folder);
}

/** Opens a project that was written before, with any changes made to it. Throws UserError where there is none of this very plan. */
export async function openProject(
  model: QuantizedModel,
  planned: PlannedAccelerator,
  folder: string,
): Promise<Project> {
  return { folder, planned, model, image: await readEmitted(folder, planned.plan) };
}

/** What to simulate as C++. */
export interface CppRequest {
  /** Token ids; seeded ones when absent. */
  readonly tokens?: readonly number[];
  /** The last so many are run one by one, the others before them in one call; 8 when absent. */
  readonly decode?: number;
  readonly tell?: Tell;
}

/**
 * Compiles the C++ with g++ and runs one layer with streams bounded to their depths, then the whole model. A difference from the golden model
 * is a result (`mismatches`, `problems`), no exception. Throws ToolMissing without g++, CheckFailed where it does not compile.
 */
export function simulateCpp(project: Project, request: CppRequest = {}): Promise<ModelCsimResult> {
  const { vocabSize } = project.model.config;
  const { tokens = simulationTokens(vocabSize), decode = DECODE_TOKENS, tell } = request;
  return csimModel(project, { tokens, decode, tell });
}

/** What to simulate as RTL, and how. */
export interface RtlRequest extends Partial<Omit<CosimOptions, 'script' | 'unit' | 'boundaryStalls'>> {
  /** Verilator where it is installed, else CXXRTL, when absent. */
  readonly engine?: CosimEngine;
  /** One process alone. */
  readonly kernel?: string | undefined;
  /** The first so many layers, then the head; 1 when absent. */
  readonly layers?: number;
  /** Token ids; seeded ones when absent. */
  readonly tokens?: readonly number[];
  readonly tell?: Tell;
}

/**
 * Clocks the RTL with a model of the device's memory at its ports, in calls of several lengths. A difference from the golden model is a result
 * (`mismatches`, `problems`), no exception; `cycles` are measured, `plannedCycles` those of the timed simulation of the same calls. Throws
 * UserError for a kernel that is not there, ToolMissing without an engine, CheckFailed where it does not build.
 */
export async function simulateRtl(project: Project, request: RtlRequest = {}): Promise<CosimFigures> {
  const { nLayers, vocabSize } = project.model.config;
  const { kernel, layers = 1, tokens = simulationTokens(vocabSize), tell, engine, ...given } = request;
  const { layer } = project.planned;
  const options = { ...given, engine: engine ?? (await chooseEngine()) };
  const most = Math.min(layers, nLayers);
  const result = await cosimModel(project, { tokens, kernel, layers: most, options, tell });
  return cosimFigures(result, kernel ?? layer.network.name, options);
}

/** Of the whole-model simulation: so many tokens are prefilled, then so many decoded one by one. */
const PREFILL_TOKENS = 64;
const DECODE_TOKENS = 8;

/** Token ids for simulations: any will do, the same on every machine. */
export function simulationTokens(vocabSize: number): number[] {
  const random = new Random(1, 'csim tokens');
  return Array.from({ length: PREFILL_TOKENS + DECODE_TOKENS }, () =>
    Math.floor(random.uniform() * vocabSize),
  );
}
