/** `fastmamba plan`: the accelerator for a model on a device, how large it is and how fast it will be. All figures are planned ones. */
import type { Command } from 'commander';
import { CheckFailed } from '../errors.js';
import type { Plan } from '../plan/plan-types.js';
import { openArtifact } from '../quant/artifact.js';
import { planReport } from '../report/plan-report.js';
import { writeWhole } from '../util/write-whole.js';
import { runSteps } from './progress.js';
import { findModel, folderName, readConfig } from './support/model-folder.js';
import {
  addModelOptions,
  addPlanOptions,
  addQuantOptions,
  integer,
  type ModelOptions,
  type PlanOptions,
  type QuantizeOptions,
  quantOptions,
} from './support/options.js';
import { printResult } from './support/output.js';
import { planFor } from './support/planned.js';
import { refuseOtherOptions } from './support/quantized.js';

interface Options extends ModelOptions, QuantizeOptions, PlanOptions {
  readonly prefill?: readonly number[];
  readonly details?: boolean;
}

export function addPlan(program: Command): void {
  const command = program
    .command('plan')
    .description('plan the accelerator: lanes, FIFOs, area, cycles, tokens/s');
  addPlanOptions(addQuantOptions(addModelOptions(command, 'also write the plan to this .json file')))
    .option('--prefill <n,n,...>', 'prompt lengths to plan for', lengths)
    .option('--details', 'also list all processes and FIFOs')
    .action(plan);
}

const lengths = (text: string) => text.split(',').map(integer(1, 2 ** 24));

async function plan(path: string | undefined, options: Options): Promise<void> {
  const model = await findModel(path);
  const config = await readConfig(model);
  const artifact = model.kind === 'artifact' ? await openArtifact(model.path) : undefined;
  if (artifact) refuseOtherOptions(artifact, options);
  const quantized = artifact?.options ?? quantOptions(options);
  const name = artifact?.manifest.model ?? folderName(model.path);
  let result!: Plan;
  const run = async () => {
    result = (await planFor(name, config, quantized, options, options.prefill)).plan;
  };
  await runSteps([{ title: `Plan ${name} for ${options.device}`, run }], options);
  if (options.output !== undefined) await writeWhole(options.output, `${JSON.stringify(result, null, 1)}\n`);
  printResult(options, result, () => planReport(result, { details: options.details ?? false }));
  if (!result.resources.fits) throw new CheckFailed(`plan: ${name} does not fit ${options.device}`);
}
