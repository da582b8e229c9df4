/** The chain from [model] to a simulated project as steps, shared by `emit`, `csim` and `hls`: each runs as many as it needs. */
import { join } from 'node:path';
import { CASE_SCRIPTS, writeAcceleratorProject } from '../../emit/accelerator-project.js';
import { CheckFailed } from '../../errors.js';
import type { PlannedAccelerator } from '../../plan/plan.js';
import { type CsimSummary, runCsimCases } from '../../tools/csim-cases.js';
import type { Step } from '../progress.js';
import type { ModelFolder } from './model-folder.js';
import type { ModelOptions, PlanOptions, QuantizeOptions } from './options.js';
import { planFor } from './planned.js';
import { type Prepared, prepareQuantized } from './quantized.js';

export type ChainOptions = ModelOptions & QuantizeOptions & PlanOptions;

/** What the steps have made so far. */
export interface Chain {
  prepared?: Prepared;
  planned?: PlannedAccelerator;
  /** Folder of the emitted project. */
  project?: string;
  /** All its files, relative to it. */
  files?: string[];
  csim?: CsimSummary;
}

/** Sequential for the whole model, concurrent with bounded streams over the lengths, and the top function as synthesis sees it. */
const RUNS = [
  { script: CASE_SCRIPTS.model, mode: 'sequential' },
  { script: CASE_SCRIPTS.lengths, mode: 'checking' },
  { script: CASE_SCRIPTS.lengths, mode: 'top' },
] as const;

/** Quantize (or find), plan, emit. Results go to `chain`. */
export function emitSteps(model: ModelFolder, options: ChainOptions, command: string, chain: Chain): Step[] {
  return [
    {
      title: `Quantize ${model.path}`,
      run: async (tell) => {
        chain.prepared = await prepareQuantized(model, options, tell);
      },
    },
    {
      title: `Plan for ${options.device}`,
      run: async () => {
        const { artifact, name } = chain.prepared!;
        chain.planned = await planFor(name, artifact.config, artifact.options, options);
        const { fits } = chain.planned.plan.resources;
        if (!fits) throw new CheckFailed(`plan: ${name} does not fit ${options.device}; see fastmamba plan`);
      },
    },
    {
      title: 'Emit C++, memory image and test cases',
      run: async (tell) => {
        const { artifact, name, output } = chain.prepared!;
        chain.project = join(output, 'hls');
        const names = { model: name, command, tell };
        chain.files = await writeAcceleratorProject(chain.project, chain.planned!, artifact, names);
      },
    },
  ];
}

/** Simulate what was emitted. */
export function csimStep(chain: Chain): Step {
  return {
    title: 'Simulate with g++ and compare with the golden model',
    run: async (tell) => {
      chain.csim = await runCsimCases(chain.project!, RUNS, tell);
    },
  };
}

/** Throws CheckFailed unless every word was equal and every run came to its end. */
export function requireEqual({ mismatches, failures, units }: CsimSummary): void {
  if (failures.length > 0) throw new CheckFailed(`csim: ${failures[0]}`);
  if (mismatches === 0) return;
  const first = units.find((unit) => unit.mismatches > 0)!;
  throw new CheckFailed(`csim: ${mismatches} words differ from the golden model, first in ${first.name}`);
}

/** The command that makes the same project again, without the folders of this machine. */
export function commandLine(name: string, model: string, options: ChainOptions): string {
  const flags: [string, unknown][] = [
    ['--device', options.device],
    ['--preset', options.preset],
    ['--chunk', options.chunk],
    ['--hadamard', options.hadamard],
    ['--nau', options.nau],
    ['--state-bits', options.stateBits],
    ['--weight-bits', options.weightBits],
    ['--calibration-tokens', options.calibrationTokens],
    ['--seed', options.seed],
  ];
  const given = flags.filter(([, value]) => value !== undefined).map(([flag, value]) => `${flag} ${value}`);
  return ['fastmamba', name, model, ...given].join(' ');
}
