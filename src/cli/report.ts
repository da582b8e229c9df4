/** `fastmamba report`: one HTML page about a model on a device: the plan, its network and limits, and what was measured. */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Plan } from '../plan/plan-types.js';
import { recordCall } from '../plan/timeline/timeline.js';
import { RESULT_NAMES, type ResultName, type Results, readResults } from '../report/html/results.js';
import type { ReportResult } from '../schema/report.js';
import { writeWhole } from '../util/write-whole.js';
import { commandLine } from './support/command-line.js';
import { outputFolder } from './support/model-folder.js';
import { addModelOptions, type ModelOptions } from './support/options.js';
import { printResult } from './support/output.js';
import { findPlanModel } from './support/plan-model.js';
import { addPlanOptions, type PlanOptions, planAsAsked, planFlags } from './support/plan-options.js';
import { stepRunner } from './support/progress.js';
import {
  addHardwareOptions,
  addRoundingOption,
  type HardwareOptions,
  hardwareFlags,
  quantizeFlags,
  type RoundingOption,
} from './support/quantizer-options.js';
import { resultsFolder } from './support/results.js';

interface Options extends ModelOptions, HardwareOptions, RoundingOption, PlanOptions {
  readonly results?: string;
}

export function addReport(program: Command): void {
  const command = program
    .command('report')
    .description('one HTML page: plan, network, limits, and what was measured');
  addModelOptions(command, 'the page (default: build/<model>/report.html)');
  addPlanOptions(addRoundingOption(addHardwareOptions(command)))
    .option('--results <folder>', 'folder of what was measured (default: build/<model>/results)')
    .action(report);
}

/** The weights are not looked at; nothing is measured here. */
async function report(path: string | undefined, options: Options): Promise<void> {
  const model = await findPlanModel(path, options);
  const { name, options: quantized } = model;
  const output = outputFolder(name, undefined);
  const page = options.output ?? join(output, 'report.html');
  const results = await readResults(options.results ?? resultsFolder(output));
  const step = stepRunner(options);
  const planned = await step(`Plan ${name} for ${options.device}`, () => planAsAsked(model, options));
  const { plan, calls } = planned;
  const timelines = await step('Record a decode and a prefill call', async () => ({
    decode: recordCall(planned, calls.decode),
    prefill: recordCall(planned, calls.prefill[1]),
  }));
  await step('Write the page', async () => {
    // Layout and charts take a second to load: no other command should wait for them.
    const { reportPage } = await import('../report/html/page.js');
    const commands = commandsFor(path ?? '', options);
    await writeWhole(page, await reportPage({ plan, calls, timelines, quantized, results, commands }));
  });
  const shown = summary(plan, results);
  const result: ReportResult = { path: page, plan: plan.digest, ...shown };
  printResult(options, result, () => {
    const said = (names: readonly ResultName[]) => names.join(', ') || 'none';
    return `${page}: plan ${plan.digest.slice(0, 12)}; results of this plan: ${said(shown.results)}, of another: ${said(shown.ofOtherPlans)}`;
  });
}

/** Which results the page shows as this plan's and which as another's. */
function summary(plan: Plan, results: Results): { results: ResultName[]; ofOtherPlans: ResultName[] } {
  const present = RESULT_NAMES.filter((name) => results[name]);
  const isOther = (name: ResultName) => ![null, plan.digest].includes(results[name]!.plan);
  return { results: present.filter((name) => !isOther(name)), ofOtherPlans: present.filter(isOther) };
}

/** How to make what is missing; `model` as it was given. */
function commandsFor(model: string, options: Options): Record<ResultName, string> {
  const hardware = [...planFlags(options), ...hardwareFlags(options)];
  const planned = [...planFlags(options), ...quantizeFlags(options)];
  return {
    hls: commandLine('hls', model, planned),
    eval: commandLine('eval', model, [...quantizeFlags(options), ['--ablations', true]]),
    taps: commandLine('eval', model, [...quantizeFlags(options), ['--taps', true], ['--ablations', true]]),
    tasks: commandLine('eval', model, [...quantizeFlags(options), ['--tasks', 'DIR']]),
    csim: commandLine('csim', model, planned),
    cosim: commandLine('cosim', model, planned),
    synth: commandLine('synth', model, hardware),
    board: commandLine('board', model, hardware),
  };
}
