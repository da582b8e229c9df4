/** `fastmamba synth`: area and longest stages of the RTL as a synthesis tool finds them, next to what was planned. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { boardTables } from '../report/board-report.js';
import { readResults } from '../report/html/results.js';
import { synthReport } from '../report/synth-report.js';
import { requireTiming } from '../tools/synth/planned.js';
import { SYNTH_TOOLS, type SynthTool, synthesizeWith } from '../tools/synth/tools.js';
import { commandLine } from './support/command-line.js';
import { outputFolder } from './support/model-folder.js';
import { addModelOptions, type ModelOptions } from './support/options.js';
import { note, printResult } from './support/output.js';
import { findPlanModel } from './support/plan-model.js';
import { addPlanOptions, type PlanOptions, planAsAsked, planFlags } from './support/plan-options.js';
import { stepRunner } from './support/progress.js';
import { addHardwareOptions, type HardwareOptions, hardwareFlags } from './support/quantizer-options.js';
import { resultsFolder, saveResult } from './support/results.js';
import { synthFigures } from './support/synth-figures.js';

interface Options extends ModelOptions, HardwareOptions, PlanOptions {
  readonly tool?: SynthTool;
  readonly kernel?: string;
}

export function addSynth(program: Command): void {
  const command = program
    .command('synth')
    .description('synthesize the RTL for the 7 series: LUT, FF, DSP, block RAM and longest stages');
  addPlanOptions(addHardwareOptions(addModelOptions(command)))
    .addOption(
      new Option(
        '--tool <name>',
        'what synthesizes (default: yosys, or yowasp if it is not installed)',
      ).choices(SYNTH_TOOLS),
    )
    .option('--kernel <name>', 'one unit alone, as the table names it')
    .action(synth);
}

/** The weights are not looked at: area and timing do not depend on them. */
async function synth(path: string | undefined, options: Options): Promise<void> {
  const { tool, kernel } = options;
  const step = stepRunner(options);
  const model = await findPlanModel(path, options);
  const { name } = model;
  const output = outputFolder(name, options.output);
  const planned = await step(`Plan ${name} for ${options.device}`, () => planAsAsked(model, options));
  const result = await step(`Synthesize with ${tool ?? 'Yosys'}`, (tell) =>
    synthesizeWith({ planned, project: join(output, 'synth'), tool, kernel, tell }),
  );
  const { figures, stages } = synthFigures(result, planned);
  for (const warning of result.warnings) note(options, warning);
  const flags = [...planFlags(options), ...hardwareFlags(options)];
  await saveResult(output, 'synth', {
    command: commandLine('synth', name, [...flags, ['--tool', tool], ['--kernel', kernel]]),
    plan: planned.plan.digest,
    quantized: model.options,
    kernel,
    result: figures,
  });
  const built = await builtBoard(output, planned.plan.digest);
  printResult(options, figures, () => synthReport(figures) + built);
  requireTiming(result.units, stages);
}

/** What Vivado made of the whole board, where it was built from this very plan. */
async function builtBoard(output: string, digest: string): Promise<string> {
  const { board } = await readResults(resultsFolder(output));
  return board?.plan === digest && board.result.built
    ? `\n${boardTables(board.result, board.result.built)}`
    : '';
}
