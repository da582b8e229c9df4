/** `fastmamba synth`: the area and the longest stages of the RTL, by a synthesis tool, beside what was planned. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { loadDevice } from '../plan/board/device.js';
import type { PlannedAccelerator } from '../plan/plan.js';
import { synthReport } from '../report/synth-report.js';
import { requireStagesWithinBudget } from '../tools/synth/planned.js';
import { SYNTH_TOOLS, type SynthTool, synthesizeWith } from '../tools/synth/tools.js';
import type { SynthResult } from '../tools/synth/units.js';
import { commandLine } from './support/command-line.js';
import { outputFolder } from './support/model-folder.js';
import {
  addModelOptions,
  addPlanOptions,
  addQuantOptions,
  type ModelOptions,
  type PlanOptions,
  type QuantizeOptions,
} from './support/options.js';
import { note, printResult } from './support/output.js';
import { planModel } from './support/plan-model.js';
import { planFor } from './support/planned.js';
import { runSteps } from './support/progress.js';
import { saveResult } from './support/results.js';
import { synthFigures } from './support/synth-figures.js';

interface Options extends ModelOptions, QuantizeOptions, PlanOptions {
  readonly tool?: SynthTool;
  readonly kernel?: string;
}

export function addSynth(program: Command): void {
  const command = program
    .command('synth')
    .description('synthesize the RTL for the 7 series: LUT, FF, DSP, block RAM and longest stages');
  addPlanOptions(addQuantOptions(addModelOptions(command)))
    .addOption(
      new Option('--tool <name>', 'what synthesizes (default: yosys, or yowasp where there is none)').choices(
        SYNTH_TOOLS,
      ),
    )
    .option('--kernel <name>', 'one unit alone, as the table names it')
    .action(synth);
}

/** The weights are not looked at: area and timing do not depend on them. */
async function synth(path: string | undefined, options: Options): Promise<void> {
  const { name, config, quantized } = await planModel(path, options);
  const device = await loadDevice(options.device);
  const output = outputFolder(name, options.output);
  const project = join(output, 'synth');
  let planned!: PlannedAccelerator;
  let result!: SynthResult;
  await runSteps(
    [
      {
        title: `Plan ${name} for ${options.device}`,
        run: async () => {
          planned = await planFor(name, config, quantized, options);
        },
      },
      {
        title: `Synthesize with ${options.tool ?? 'Yosys'}`,
        run: async (tell) => {
          const { tool, kernel } = options;
          const choice = { ...(tool ? { tool } : {}), ...(kernel ? { kernel } : {}) };
          result = await synthesizeWith({ planned, device, project, tell, ...choice });
        },
      },
    ],
    options,
  );
  const { figures, stages } = synthFigures(result, planned, device, result.warnings);
  for (const warning of result.warnings) note(options, warning);
  await saveResult(output, 'synth', {
    command: commandLine('synth', name, options, [
      ['--tool', options.tool],
      ['--kernel', options.kernel],
    ]),
    plan: planned.plan.digest,
    quantized,
    kernel: options.kernel,
    result: figures,
  });
  printResult(options, figures, () => synthReport(figures));
  requireStagesWithinBudget(result.units, stages);
}
