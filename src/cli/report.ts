/** `fastmamba report`: one HTML page about a model on a device: the plan, its network and limits, and what was really measured of it. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { channelDepths } from '../kernel/depths.js';
import type { AcceleratorPlan } from '../library/plan-for.js';
import type { Plan } from '../plan/plan-types.js';
import { recordCall, type Timeline } from '../plan/timeline/timeline.js';
import { RESULT_NAMES, type ResultName, type Results, readResults } from '../report/html/results.js';
import type { ReportResult } from '../schema/report.js';
import { writeWhole } from '../util/write-whole.js';
import { commandLine, commandLineUnplanned } from './support/command-line.js';
import { outputFolder } from './support/model-folder.js';
import {
  addModelOptions,
  addPlanOptions,
  addQuantOptions,
  type ModelOptions,
  type PlanOptions,
  type QuantizeOptions,
} from './support/options.js';
import { printResult } from './support/output.js';
import { planModel } from './support/plan-model.js';
import { planFor } from './support/planned.js';
import { runSteps } from './support/progress.js';
import { resultsFolder } from './support/results.js';

interface Options extends ModelOptions, QuantizeOptions, PlanOptions {
  readonly results?: string;
}

export function addReport(program: Command): void {
  const command = program
    .command('report')
    .description('one HTML page: plan, network, limits, and what was measured');
  addPlanOptions(addQuantOptions(addModelOptions(command, 'the page (default: build/<model>/report.html)')))
    .option('--results <folder>', 'what was measured (default: build/<model>/results)')
    .action(report);
}

/** The weights are not looked at; nothing is measured here. */
async function report(path: string | undefined, options: Options): Promise<void> {
  const { name, config, quantized } = await planModel(path, options);
  const output = outputFolder(name, undefined);
  const page = options.output ?? join(output, 'report.html');
  const results = await readResults(options.results ?? resultsFolder(output));
  let planned!: AcceleratorPlan;
  let timelines!: { decode: Timeline; prefill: Timeline };
  await runSteps(
    [
      {
        title: `Plan ${name} for ${options.device}`,
        run: async () => {
          planned = await planFor(name, config, quantized, options);
        },
      },
      {
        title: 'Record a decode and a prefill call',
        run: async () => {
          const { layer, schedule, shape, device, calls } = planned;
          const timed = { layer, schedule, shape, device, depths: channelDepths(layer.network) };
          timelines = {
            decode: recordCall(timed, calls.decode),
            prefill: recordCall(timed, calls.prefill[1]),
          };
        },
      },
      {
        title: 'Write the page',
        run: async () => {
          // Layout and charts take a second to load: no other command should wait for them.
          const { reportPage } = await import('../report/html/page.js');
          const commands = commandsFor(path ?? '', options);
          const { plan, calls } = planned;
          await writeWhole(page, await reportPage({ plan, calls, timelines, quantized, results, commands }));
        },
      },
    ],
    options,
  );
  const { plan } = planned;
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
  const planned = (command: ResultName) => commandLine(command, model, options);
  return {
    hls: planned('hls'),
    eval: commandLineUnplanned('eval', model, options, [['--ablations', true]]),
    csim: planned('csim'),
    cosim: planned('cosim'),
    synth: planned('synth'),
  };
}
