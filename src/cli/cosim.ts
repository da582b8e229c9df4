/** `fastmamba cosim`: clocks the emitted RTL with a model of the board's memory at its ports; compares every word with the golden model and counts cycles. */
import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { UserError } from '../errors.js';
import { simulateRtl } from '../library/project.js';
import { cosimReport } from '../report/cosim-report.js';
import { type CosimEngine, type CosimOptions, chooseEngine } from '../tools/cosim/cosim.js';
import { makeFolder } from '../util/make-folder.js';
import { requireCosim } from '../verify/cosim-figures.js';
import { chainFlags, emitStep, quantizeAndPlan } from './support/chain.js';
import { addChainOptions, type ChainCommandOptions } from './support/chain-options.js';
import { commandLine, type Flag } from './support/command-line.js';
import { findModel } from './support/model-folder.js';
import { integer } from './support/options.js';
import { note, printResult } from './support/output.js';
import { stepRunner } from './support/progress.js';
import { saveResult } from './support/results.js';

interface Options extends ChainCommandOptions {
  readonly engine: 'auto' | CosimEngine;
  readonly kernel?: string;
  readonly layers: number;
  readonly vcd?: string;
  readonly fst?: string;
  readonly stalls?: boolean;
  readonly memory: 'ddr3' | 'ideal';
  readonly latency?: number;
  readonly trace?: string;
  readonly cycleLimit?: number;
}

export function addCosim(program: Command): void {
  const command = program
    .command('cosim')
    .description('simulate the emitted RTL cycle by cycle and compare with the golden model');
  addChainOptions(command, 'random calibration tokens and of --stalls')
    .addOption(
      new Option('--engine <name>', 'what simulates; auto: Verilator if it is installed')
        .choices(['auto', 'verilator', 'cxxrtl'])
        .default('auto'),
    )
    .option('--kernel <name>', 'simulate one process alone')
    .addOption(
      new Option('--layers <n>', 'simulate the first n layers of the model, and the head')
        .argParser(integer(1))
        .default(1)
        .conflicts('kernel'),
    )
    .addOption(new Option('--vcd <file>', 'write a waveform').conflicts('fst'))
    .option('--fst <file>', 'write a compressed waveform (Verilator)')
    .option('--stalls', 'make FIFOs, boundary and ports pause at random (--seed)')
    .addOption(
      new Option('--memory <kind>', 'the memory of the board, or one that never makes a port wait')
        .choices(['ddr3', 'ideal'])
        .default('ddr3'),
    )
    .option(
      '--latency <cycles>',
      'cycles from a port to the memory controller and back (default: by device)',
      integer(0, 1e6),
    )
    .option(
      '--trace <file>',
      'write what the memory is asked for, a burst a line: cycle, R or W, address, bytes',
    )
    .option('--cycle-limit <n>', 'give a call up after so many cycles', integer(1))
    .action(cosim);
}

async function cosim(path: string | undefined, options: Options): Promise<void> {
  const { kernel, layers } = options;
  const settings = await settingsOf(options);
  const step = stepRunner(options);
  const request = { model: await findModel(path, options), options, seed: options.seed };
  const planned = await quantizeAndPlan(request, step);
  const project = await emitStep(planned, request, step);
  const figures = await step(
    `Simulate the RTL with ${settings.engine === 'verilator' ? 'Verilator' : 'CXXRTL'}`,
    (tell) => simulateRtl(project, { ...settings, kernel, layers, tell }),
  );
  const { name, output, artifact } = planned;
  await saveResult(output, 'cosim', {
    command: commandLine('cosim', name, [...chainFlags(request), ...cosimFlags(options)]),
    plan: project.planned.plan.digest,
    quantized: artifact.options,
    kernel,
    tool: figures.engine === 'cxxrtl' ? 'yowasp' : figures.engine,
    result: figures,
  });
  printResult(options, figures, () => cosimReport(figures));
  requireCosim(figures);
}

/** What the result depends on, apart from model and plan. */
function cosimFlags(options: Options): Flag[] {
  const { kernel, layers, stalls, memory, latency } = options;
  return [
    ['--kernel', kernel],
    ['--layers', layers],
    ['--stalls', stalls],
    ['--memory', memory],
    ['--latency', latency],
  ];
}

async function settingsOf(options: Options): Promise<Omit<CosimOptions, 'script'>> {
  const { vcd, fst, seed = 1, stalls = false, memory, latency, trace, cycleLimit } = options;
  const best = await chooseEngine();
  const engine = options.engine === 'auto' ? best : options.engine;
  if (options.engine === 'auto' && best !== 'verilator')
    note(options, 'verilator is not installed: simulating with CXXRTL, which takes longer');
  if (fst !== undefined && engine !== 'verilator')
    throw new UserError('--fst: CXXRTL writes VCD only; use --vcd, or --engine verilator');
  if (trace !== undefined && memory === 'ideal')
    throw new UserError('--trace: an ideal memory is not asked for anything; use --memory ddr3');
  const file = vcd ?? fst;
  for (const written of [file, trace]) if (written !== undefined) makeFolder(dirname(resolve(written)));
  const waveform =
    vcd !== undefined
      ? { kind: 'vcd' as const, file: vcd }
      : fst !== undefined
        ? { kind: 'fst' as const, file: fst }
        : null;
  return {
    engine,
    seed,
    stalls,
    memory,
    waveform,
    ...(latency === undefined ? {} : { latency }),
    ...(trace === undefined ? {} : { trace }),
    ...(cycleLimit === undefined ? {} : { cycleLimit }),
  };
}
