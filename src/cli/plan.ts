/** `fastmamba plan`: the accelerator for a model on a device, how large it is and how fast it will be. All figures are planned ones. */
import { type Command, Option } from 'commander';
import { CheckFailed, UserError } from '../errors.js';
import { isPublishedSize, PUBLISHED_SIZES } from '../model/config/published-sizes.js';
import type { Plan } from '../plan/plan-types.js';
import { comparisonReport } from '../report/comparison-report.js';
import { readMeasurements } from '../report/measurements.js';
import { planReport } from '../report/plan-report.js';
import type { Comparison } from '../schema/comparison.js';
import { writeWhole } from '../util/write-whole.js';
import { COMPARED_SIZES, compare } from './support/compare.js';
import {
  addModelOptions,
  addPlanOptions,
  addQuantOptions,
  integer,
  type ModelOptions,
  type PlanOptions,
  type QuantizeOptions,
} from './support/options.js';
import { printResult } from './support/output.js';
import { planModel } from './support/plan-model.js';
import { planFor } from './support/planned.js';
import { runSteps } from './support/progress.js';

interface Options extends ModelOptions, QuantizeOptions, PlanOptions {
  readonly prefill?: readonly number[];
  readonly details?: boolean;
  readonly compare?: 'paper';
}

export function addPlan(program: Command): void {
  const command = program
    .command('plan')
    .description('plan the accelerator: lanes, FIFOs, area, cycles, tokens/s');
  addPlanOptions(addQuantOptions(addModelOptions(command, 'also write the plan to this .json file')))
    .option('--prefill <n,n,...>', 'prompt lengths to plan for', lengths)
    .option('--details', 'also list all processes and FIFOs')
    .addOption(
      new Option(
        '--compare <with>',
        'presets paper and auto side by side, for one size or for 130m and 2.7b',
      ).choices(['paper']),
    )
    .action(plan);
}

const lengths = (text: string) => text.split(',').map(integer(1, 2 ** 24));

async function plan(path: string | undefined, options: Options): Promise<void> {
  if (options.compare) return comparePaper(path, options);
  const { name, config, quantized } = await planModel(path, options);
  let result!: Plan;
  const run = async () => {
    result = (await planFor(name, config, quantized, options, options.prefill)).plan;
  };
  await runSteps([{ title: `Plan ${name} for ${options.device}`, run }], options);
  if (options.output !== undefined) await writeWhole(options.output, `${JSON.stringify(result, null, 1)}\n`);
  printResult(options, result, () => planReport(result, { details: options.details ?? false }));
  if (!result.resources.fits) throw new CheckFailed(`plan: ${name} does not fit ${options.device}`);
}

/** Both presets beside each other, with what was measured of them, what was published and what there is. */
async function comparePaper(size: string | undefined, options: Options): Promise<void> {
  if (size !== undefined && !isPublishedSize(size))
    throw new UserError(
      `--compare: found ${size}, expected a size: ${Object.keys(PUBLISHED_SIZES).join(', ')}`,
    );
  let comparison!: Comparison;
  const run = async (tell: (text: string) => void) => {
    const sizes = size === undefined ? COMPARED_SIZES : [size];
    comparison = await compare(sizes, options.device, await readMeasurements(), tell);
  };
  await runSteps([{ title: `Plan presets paper and auto for ${options.device}`, run }], options);
  if (options.output !== undefined)
    await writeWhole(options.output, `${JSON.stringify(comparison, null, 1)}\n`);
  printResult(options, comparison, () => comparisonReport(comparison));
}
