/** The way from [model] to a simulated project, for `emit`, `csim`, `cosim`, `hls` and --engine csim, rtl and board. Each step takes what the one before made. */
import { join } from 'node:path';
import { CheckFailed } from '../../errors.js';
import { emitProject, simulateCpp } from '../../library/project.js';
import { loadDevice } from '../../plan/board/device.js';
import type { PlannedAccelerator } from '../../plan/plan.js';
import type { ModelCsimResult } from '../../verify/model-csim.js';
import type { Project, WrittenProject } from '../../verify/project.js';
import { commandLine, type Flag } from './command-line.js';
import type { ModelFolder } from './model-folder.js';
import type { ModelOptions } from './options.js';
import { type PlanOptions, planAsAsked, planFlags } from './plan-options.js';
import type { RunStep } from './progress.js';
import { type Prepared, prepareQuantized } from './quantized.js';
import { type QuantizeOptions, quantizeFlags } from './quantizer-options.js';

export type ChainOptions = ModelOptions & QuantizeOptions & PlanOptions;

/** What the chain begins with. */
export interface ChainRequest {
  readonly model: ModelFolder;
  readonly options: ChainOptions;
  /** Of random calibration tokens; 1 when absent. */
  readonly seed?: number | undefined;
}

/** A quantized model with its accelerator. */
export interface Planned extends Prepared {
  readonly planned: PlannedAccelerator;
  /** Where its project is, or will be. */
  readonly project: string;
}

/** Quantizes (or finds) the model and plans. Throws CheckFailed for a plan that is larger than the device. */
export async function quantizeAndPlan(request: ChainRequest, step: RunStep): Promise<Planned> {
  const { model, options } = request;
  const prepared = await step(`Quantize ${model.path}`, async (tell) => {
    // A mistake in the device is reported before the long work.
    await loadDevice(options.device);
    return prepareQuantized(request, tell);
  });
  const { name, artifact, output } = prepared;
  const planned = await step(`Plan for ${options.device}`, () =>
    planAsAsked({ name, config: artifact.config, options: artifact.options }, options),
  );
  if (!planned.plan.resources.fits)
    throw new CheckFailed(`plan: ${name} does not fit ${options.device}; see fastmamba plan`);
  return { ...prepared, planned, project: join(output, 'hls') };
}

/** Writes the project. */
export function emitStep(
  { artifact, name, planned, project }: Planned,
  request: ChainRequest,
  step: RunStep,
): Promise<WrittenProject> {
  return step('Emit C++, memory image and test vectors', (tell) =>
    emitProject(artifact, planned, project, {
      command: commandLine('emit', name, chainFlags(request)),
      progress: (done, of) => tell(`memory image: ${done} of ${of} layers`),
    }),
  );
}

/** Simulates the C++ and compares. Tokens are seeded. */
export function csimStep(project: Project, step: RunStep): Promise<ModelCsimResult> {
  return step('Simulate the C++ and compare with the golden model', (tell) => simulateCpp(project, { tell }));
}

/** What project and results depend on, for the command that repeats the run. */
export function chainFlags({ options, seed }: ChainRequest): Flag[] {
  return [...planFlags(options), ...quantizeFlags(options), ['--seed', seed]];
}

/** Throws CheckFailed unless something was compared, every word was equal and every run came to its end. */
export function requireEqual({ mismatches, words, problems }: ModelCsimResult): void {
  if (mismatches > 0) throw new CheckFailed(`csim differs from the golden model: ${problems[0]}`);
  if (words === 0) throw new CheckFailed('csim compared nothing');
}
