/** The chain from [model] to a simulated project as steps, shared by `emit`, `csim`, `hls` and --engine csim: each runs as many as it needs. */
import { join } from 'node:path';
import { emitAccelerator } from '../../emit/accelerator.js';
import type { ImageFile } from '../../emit/image/manifest.js';
import { CheckFailed } from '../../errors.js';
import { Random } from '../../model/random.js';
import { loadDevice } from '../../plan/device.js';
import type { PlannedAccelerator } from '../../plan/plan.js';
import { csimModel, type ModelCsimResult } from '../../tools/model-csim.js';
import type { Step } from '../progress.js';
import { commandLine } from './command-line.js';
import { readEmitted } from './emitted-project.js';
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
  image?: readonly ImageFile[];
  csim?: ModelCsimResult;
}

/** Of the whole-model simulation: so many tokens are prefilled, then so many decoded one by one. */
const PREFILL_TOKENS = 64;
const DECODE_TOKENS = 8;

/** Quantize (or find) and plan. Results go to `chain`. */
export function planSteps(model: ModelFolder, options: ChainOptions, chain: Chain): Step[] {
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
      const device = await loadDevice(options.device);
      const command = commandLine('emit', name, options);
      const tokens = csimTokens(artifact.config.vocabSize);
      const project = { name, model: artifact, planned: chain.planned!, device, command, tokens };
      const { files, image } = await emitAccelerator(project, chain.project!, (done, of) =>
        tell(`memory image: ${done} of ${of} layers`),
      );
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
      const { artifact } = chain.prepared!;
      const { shape, layer } = chain.planned!;
      const tokens = csimTokens(artifact.config.vocabSize);
      chain.csim = await csimModel({
        project: chain.project!,
        parts: { shape, ...layer },
        image: chain.image!,
        model: artifact,
        tokens,
        decode: DECODE_TOKENS,
        tell,
      });
    },
  };
}

/** Token ids for simulations: any will do, the same on every machine. */
export function csimTokens(vocabSize: number): number[] {
  const random = new Random(1, 'csim tokens');
  return Array.from({ length: PREFILL_TOKENS + DECODE_TOKENS }, () =>
    Math.floor(random.uniform() * vocabSize),
  );
}

/** Throws CheckFailed unless something was compared, every word was equal and every run came to its end. */
export function requireEqual({ mismatches, words, problems }: ModelCsimResult): void {
  if (mismatches > 0) throw new CheckFailed(`csim differs from the golden model: ${problems[0]}`);
  if (words === 0) throw new CheckFailed('csim compared nothing');
}
