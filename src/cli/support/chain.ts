/** The chain from [model] to a simulated project as steps, shared by `emit`, `csim`, `hls` and --engine csim: each runs as many as it needs. */
import { join } from 'node:path';
import type { ImageFile } from '../../emit/image/manifest.js';
import { CheckFailed } from '../../errors.js';
import type { AcceleratorPlan } from '../../library/plan-for.js';
import { emitProject, type Project, simulateCpp } from '../../library/project.js';
import { loadDevice } from '../../plan/board/device.js';
import type { ModelCsimResult } from '../../verify/model-csim.js';
import { readEmitted } from '../../verify/read-project.js';
import { commandLine } from './command-line.js';
import type { ModelFolder } from './model-folder.js';
import type { ModelOptions, PlanOptions, QuantizeOptions } from './options.js';
import { planFor } from './planned.js';
import type { Step } from './progress.js';
import { type Prepared, prepareQuantized } from './quantized.js';

export type ChainOptions = ModelOptions & QuantizeOptions & PlanOptions;

/** What the steps have made so far. */
export interface Chain {
  prepared?: Prepared;
  planned?: AcceleratorPlan;
  /** Folder of the emitted project. */
  project?: string;
  /** All its files, relative to it. */
  files?: readonly string[];
  image?: readonly ImageFile[];
  csim?: ModelCsimResult;
}

/** Quantize (or find) and plan. Results go to `chain`. */
export function planSteps(model: ModelFolder, options: ChainOptions, chain: Chain): Step[] {
  return [
    {
      title: `Quantize ${model.path}`,
      run: async (tell) => {
        // A mistake in the device is told before the long work.
        await loadDevice(options.device);
        chain.prepared = await prepareQuantized(model, options, tell);
      },
    },
    {
      title: `Plan for ${options.device}`,
      run: async () => {
        const { artifact, name, output } = chain.prepared!;
        chain.project = join(output, 'hls');
        chain.planned = await planFor(name, artifact.config, artifact.options, options);
        const { fits } = chain.planned.plan.resources;
        if (!fits) throw new CheckFailed(`plan: ${name} does not fit ${options.device}; see fastmamba plan`);
      },
    },
  ];
}

/** Write the project. */
export function emitStep(options: ChainOptions, chain: Chain): Step {
  return {
    title: 'Emit C++, memory image and test vectors',
    run: async (tell) => {
      const { artifact, name } = chain.prepared!;
      const command = commandLine('emit', name, options);
      const progress = (done: number, of: number) => tell(`memory image: ${done} of ${of} layers`);
      const request = { command, progress };
      const { files, image } = await emitProject(artifact, chain.planned!, chain.project!, request);
      Object.assign(chain, { files, image });
    },
  };
}

/** Take the project as it lies there, with whatever was changed in it. */
export function findProjectStep(chain: Chain): Step {
  return {
    title: 'Read the project',
    run: async () => {
      chain.image = await readEmitted(chain.project!, chain.planned!.plan);
    },
  };
}

/** Simulate and compare. Tokens are seeded. */
export function csimStep(chain: Chain): Step {
  return {
    title: 'Simulate the C++ and compare with the golden model',
    run: async (tell) => {
      chain.csim = await simulateCpp(projectOf(chain), { tell });
    },
  };
}

/** The project as the library takes it. */
export function projectOf({ project, planned, prepared, image }: Chain): Project {
  return { folder: project!, planned: planned!, model: prepared!.artifact, image: image! };
}

/** Throws CheckFailed unless something was compared, every word was equal and every run came to its end. */
export function requireEqual({ mismatches, words, problems }: ModelCsimResult): void {
  if (mismatches > 0) throw new CheckFailed(`csim differs from the golden model: ${problems[0]}`);
  if (words === 0) throw new CheckFailed('csim compared nothing');
}
