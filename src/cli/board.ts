/** `fastmamba board`: the Vivado project of a model's accelerator on its board; builds the bitstream, reads the reports, loads it. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { CheckFailed } from '../errors.js';
import type { PlannedAccelerator } from '../plan/plan.js';
import { boardReport } from '../report/board-report.js';
import type { BoardFigures } from '../schema/board.js';
import {
  BOARD_STEPS,
  type BoardBuild,
  type BoardStep,
  buildBoard,
  makeProject,
  programBoard,
  requireBoard,
  requireVivado,
  writeBoardProject,
} from '../tools/board/build.js';
import { commandLine } from './support/command-line.js';
import { outputFolder } from './support/model-folder.js';
import { addModelOptions, type ModelOptions } from './support/options.js';
import { printResult } from './support/output.js';
import { findPlanModel } from './support/plan-model.js';
import { addPlanOptions, type PlanOptions, planAsAsked, planFlags } from './support/plan-options.js';
import { stepRunner } from './support/progress.js';
import { addHardwareOptions, type HardwareOptions, hardwareFlags } from './support/quantizer-options.js';
import { saveResult } from './support/results.js';

interface Options extends ModelOptions, HardwareOptions, PlanOptions {
  readonly step: BoardStep;
}

export function addBoard(program: Command): void {
  const command = program
    .command('board')
    .description('the Vivado project of a board: to the bitstream and its reports, or into the board');
  addPlanOptions(addHardwareOptions(addModelOptions(command)))
    .addOption(
      new Option('--step <name>', 'make the project alone, build the bitstream, or load what was built')
        .choices(BOARD_STEPS)
        .default('build'),
    )
    .action(board);
}

/** The weights are not looked at: the hardware does not depend on them. */
async function board(path: string | undefined, options: Options): Promise<void> {
  // Before any work.
  const version = await requireVivado();
  const say = stepRunner(options);
  const model = await findPlanModel(path, options);
  const { name } = model;
  const output = outputFolder(name, options.output);
  const planned = await say(`Plan ${name} for ${options.device}`, () => planAsAsked(model, options));
  requireBoard(planned);
  if (!planned.plan.resources.fits)
    throw new CheckFailed(`plan: ${name} does not fit ${options.device}; see fastmamba plan`);
  const command = commandLine('board', name, [...planFlags(options), ...hardwareFlags(options)]);
  const request = { planned, project: join(output, 'board'), command };
  const figures = (built: BoardBuild | null) =>
    boardFigures(planned, request.project, options.step, version, built);
  if (options.step === 'program') {
    await say('Load the bitstream with Vivado', () => programBoard(request));
    printResult(options, figures(null), () => boardReport(figures(null)));
    return;
  }
  await say('Write RTL, block design, controllers and constraints', async () => writeBoardProject(request));
  if (options.step === 'project') {
    await say('Make the project with Vivado', () => makeProject(request));
    printResult(options, figures(null), () => boardReport(figures(null)));
    return;
  }
  const result = figures(await say('Build the bitstream with Vivado', () => buildBoard(request, version)));
  await saveResult(output, 'board', { command, plan: planned.plan.digest, quantized: model.options, result });
  printResult(options, result, () => boardReport(result));
  requireTiming(result);
}

function boardFigures(
  { plan, device }: PlannedAccelerator,
  project: string,
  step: BoardStep,
  version: string,
  built: BoardBuild | null,
): BoardFigures {
  const { name, part, lut, ff, dsp, bram36 } = device;
  return {
    ...{ model: plan.model.name, plan: plan.digest, project, step, version },
    device: { name, part, area: { lut, ff, dsp, bram36 } },
    kernel: plan.resources.used,
    built: built && {
      ...{ bitstream: built.bitstream, area: built.area, cells: built.cells, power: built.power },
      timing: { isMet: built.timing.failingEndpoints === 0, ...built.timing },
    },
  };
}

/** Throws CheckFailed where an endpoint misses its time: the bitstream may work by chance. */
function requireTiming({ built }: BoardFigures): void {
  if (!built || built.timing.isMet) return;
  const { setupSlack, holdSlack, failingEndpoints } = built.timing;
  throw new CheckFailed(
    `board: ${failingEndpoints} endpoints miss their time, worst slack ${Math.min(setupSlack, holdSlack)} ns`,
  );
}
