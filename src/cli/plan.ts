/** `fastmamba plan`: the accelerator for a model on a device, how large it is and how fast it will be. All figures are planned ones. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CheckFailed, UserError } from '../errors.js';
import { isPublishedSize, PUBLISHED_SIZES } from '../model/config/published-sizes.js';
import { loadDevice } from '../plan/board/device.js';
import type { PlannedAccelerator } from '../plan/plan.js';
import type { Plan } from '../plan/plan-types.js';
import { MAX_TOKENS } from '../plan/shape/shape-limits.js';
import { callTimer } from '../plan/time/call-cycles.js';
import { type PackedPrompts, packedPlan } from '../plan/time/packed.js';
import { speculationPlan } from '../plan/time/speculation.js';
import { comparisonReport } from '../report/comparison-report.js';
import { readMeasurements } from '../report/measurements.js';
import { planReport } from '../report/plan-report.js';
import { MAX_DRAFTS } from '../serve/draft/draft-count.js';
import { MOST_PARTS } from '../units/idioms/call-parts.js';
import { writeWhole } from '../util/write-whole.js';
import { COMPARED_SIZES, compare } from './support/compare.js';
import { addModelOptions, integer, type ModelOptions } from './support/options.js';
import { printResult } from './support/output.js';
import { findPlanModel } from './support/plan-model.js';
import { addPlanOptions, type PlanOptions, planAsAsked } from './support/plan-options.js';
import { stepRunner } from './support/progress.js';
import { addHardwareOptions, type HardwareOptions } from './support/quantizer-options.js';

interface Options extends ModelOptions, HardwareOptions, PlanOptions {
  readonly prefill?: readonly number[];
  readonly details?: boolean;
  /** True where no numbers are given. */
  readonly speculate?: readonly number[] | true;
  readonly packed?: PackedPrompts;
  readonly compare?: 'paper';
}

export function addPlan(program: Command): void {
  const command = program
    .command('plan')
    .description('plan the accelerator: lanes, FIFOs, area, cycles, tokens/s');
  addPlanOptions(addHardwareOptions(addModelOptions(command, 'also write the plan to this .json file')))
    .option('--prefill <n,n,...>', 'prompt lengths to plan for', lengths)
    .option('--speculate [n,n,...]', 'also the speed of calls with so many drafts (2,4,8)', draftCounts)
    .option(
      '--packed <prompts>x<tokens>',
      'also so many prompts of so many tokens in one call, such as 8x64',
      packed,
    )
    .option('--details', 'also list all processes and FIFOs')
    .addOption(
      new Option('--compare <with>', 'compare presets paper and auto, for one size or for 130m and 2.7b')
        .choices(['paper'])
        .conflicts(NOT_COMPARED),
    )
    .action(plan);
}

/** Sequences of the batches that a plan is timed with. */
const BATCHES = [2, 4, 8, 16];

/** What the comparison fixes. */
const NOT_COMPARED = [
  ...['preset', 'chunk', 'for', 'under', 'prefill', 'details', 'speculate', 'packed'],
  ...['hadamard', 'stateBits', 'normGroups', 'weightBits', 'headBits', 'weightGroup'],
];

const lengths = (text: string) => text.split(',').map(integer(1, 2 ** 24));

/** Throws InvalidArgumentError for what is not two numbers, or more than a call has. */
function packed(text: string): PackedPrompts {
  const [prompts, tokens, ...rest] = text.split('x');
  if (tokens === undefined || rest.length > 0)
    throw new InvalidArgumentError('expected <prompts>x<tokens>, such as 8x64');
  const asked = { prompts: integer(1, MOST_PARTS)(prompts), tokens: integer(1, MAX_TOKENS)(tokens) };
  if (asked.prompts * asked.tokens > MAX_TOKENS)
    throw new InvalidArgumentError(
      `found ${asked.prompts * asked.tokens} tokens, expected at most ${MAX_TOKENS}`,
    );
  return asked;
}

const draftCounts = (text: string) => text.split(',').map(integer(1, MAX_DRAFTS));
const DRAFT_COUNTS = [2, 4, 8];

async function plan(path: string | undefined, options: Options): Promise<void> {
  if (options.compare) return comparePaper(path, options);
  const model = await findPlanModel(path, options);
  const plan = await stepRunner(options)(`Plan ${model.name} for ${options.device}`, async () => {
    const planned = await planAsAsked(model, options, { prefillTokens: options.prefill, sequences: BATCHES });
    return { ...planned.plan, ...moreSpeeds(planned, options) };
  });
  await writeAsked(options, plan);
  printResult(options, plan, () => planReport(plan, { details: options.details ?? false }));
  if (!plan.resources.fits) throw new CheckFailed(`plan: ${model.name} does not fit ${options.device}`);
}

/** What --speculate and --packed add to a plan. */
function moreSpeeds(
  planned: PlannedAccelerator,
  { speculate, packed }: Options,
): Pick<Plan, 'speculation' | 'packed'> {
  const { plan, device } = planned;
  const hz = device.clockMHz * 1e6;
  const cyclesOf = callTimer(planned, plan.model.layers);
  const drafts = speculate === true ? DRAFT_COUNTS : speculate;
  return {
    ...(drafts ? { speculation: speculationPlan(cyclesOf, hz, drafts) } : {}),
    ...(packed ? { packed: packedPlan(cyclesOf, hz, packed) } : {}),
  };
}

/** Both presets beside each other, with what was measured of them, what was published and what there is. */
async function comparePaper(size: string | undefined, options: Options): Promise<void> {
  if (size !== undefined && !isPublishedSize(size))
    throw new UserError(
      `--compare: found ${size}, expected a size: ${Object.keys(PUBLISHED_SIZES).join(', ')}`,
    );
  const device = await loadDevice(options.device);
  const measured = await readMeasurements();
  const sizes = size === undefined ? COMPARED_SIZES : [size];
  const title = `Plan presets paper and auto for ${options.device}`;
  const comparison = await stepRunner(options)(title, async (tell) =>
    compare({ sizes, device, measured, tell }),
  );
  await writeAsked(options, comparison);
  printResult(options, comparison, () => comparisonReport(comparison));
}

/** Writes the file that --output names. */
async function writeAsked({ output }: Options, result: object): Promise<void> {
  if (output !== undefined) await writeWhole(output, `${JSON.stringify(result, null, 1)}\n`);
}
