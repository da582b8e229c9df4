/**
 * Co-simulation of an emitted project: the RTL, clocked by the testbench in Verilator or CXXRTL, runs a script of vectors. Words are compared
 * as in C simulation, cycles are counted. A difference is a result, not an exception; a simulation that could not run throws.
 */
import { readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { csimReport } from '../csim/csim.js';
import { run } from '../programs/run.js';
import { start } from '../programs/start.js';
import { buildFolderOf, type CosimBuildOptions } from './build.js';
import { buildCxxrtl } from './cxxrtl.js';
import { buildVerilator } from './verilator.js';

/** What clocks the RTL. */
export type CosimEngine = 'verilator' | 'cxxrtl';

const report = csimReport.extend({
  engine: z.enum(['verilator', 'cxxrtl']).optional(),
  /** Cycles of each start of the region, in which calls follow each other and overlap, and their sum. */
  calls: z.array(z.number()).default([]),
  /** For each start: where each of its calls has ended. */
  ends: z.array(z.array(z.number())).default([]),
  cycles: z.number().default(0),
  /** Calls of the top that ended before their end and were made again, as its registers tell. */
  stops: z.array(z.string()).default([]),
  /** Every cycle that was simulated, reset and control included. */
  clockedCycles: z.number().default(0),
  processes: z
    .array(
      z.object({
        name: z.string(),
        busy: z.number(),
        starved: z.number(),
        blocked: z.number(),
        waiting: z.number(),
      }),
    )
    .default([]),
});

/** What the testbench found. `depths` has the highest fill of every FIFO; `waiting` are cycles in which a process waited for memory. */
export type CosimReport = z.infer<typeof report>;

export interface CosimOptions extends Omit<CosimBuildOptions, 'waveform'> {
  readonly script: string;
  readonly engine: CosimEngine;
  readonly seed?: number;
  readonly memory?: 'ddr3' | 'ideal';
  /** Cycles from a port to the memory controller and back; those of the device when absent. */
  readonly latency?: number;
  readonly jitter?: number;
  /** So many times slower memory: a whole number. */
  readonly slow?: number;
  readonly cycleLimit?: number;
  /** Random pauses at boundary channels; with `stalls` they come too. */
  readonly boundaryStalls?: boolean;
  /** Faults of the memory: `port:request:error`, `port:request:never` or `port:request:cycles`, that many late; requests count from 0. */
  readonly faults?: readonly string[];
  /** Of the top: cycles that a descriptor may take, cycles after which the host ends the first call, calls that may be made again. */
  readonly timeLimit?: number;
  readonly stopAfter?: number;
  readonly retries?: number;
  /** File for the bursts that the memory sees, a line each: kernel cycle, R or W, address, bytes. */
  readonly trace?: string;
  readonly waveform?: { readonly kind: 'vcd' | 'fst'; readonly file: string } | null;
  readonly timeoutSeconds?: number;
}

/** Builds if need be and runs one script. */
export async function runCosim(projectFolder: string, options: CosimOptions): Promise<CosimReport> {
  return runCosimScript(await buildCosim(projectFolder, options), projectFolder, options);
}

/** Builds the testbench with the design; returns the program. Throws ToolMissing, or CheckFailed where building fails. */
export function buildCosim(projectFolder: string, options: Omit<CosimOptions, 'script'>): Promise<string> {
  const build = buildOptions(options);
  return options.engine === 'verilator'
    ? buildVerilator(projectFolder, build)
    : buildCxxrtl(projectFolder, build);
}

/** Runs one script with a program that was built with the same options. */
export async function runCosimScript(
  program: string,
  projectFolder: string,
  options: CosimOptions,
): Promise<CosimReport> {
  const { script, engine, trace, timeoutSeconds = 7200, signal } = options;
  const build = buildFolderOf(resolve(projectFolder), engine, buildOptions(options));
  const path = join(build, 'report.json');
  const given = testbenchArguments(options);
  const mode = options.unit ?? 'region';
  // Exit code 1 tells of differences, which the report has.
  await run(program, [resolve(script), '--mode', mode, '--report', path, ...given], {
    log: join(build, 'run.log'),
    timeoutSeconds,
    outputs: [path],
    accept: [0, 1],
    ...(signal ? { signal } : {}),
  });
  if (trace !== undefined) renameSync(unfinished(resolve(trace)), resolve(trace));
  return report.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** The testbench's own arguments, also those of the host program on the RTL. */
export function testbenchArguments(options: Partial<CosimOptions>): string[] {
  const numbers: [string, number | string | undefined][] = [
    ['--seed', options.seed],
    ['--memory', options.memory],
    ['--latency', options.latency],
    ['--jitter', options.jitter],
    ['--slow', options.slow],
    ['--cycle-limit', options.cycleLimit],
    ['--time-limit', options.timeLimit],
    ['--stop-after', options.stopAfter],
    ['--retries', options.retries],
    ...(options.faults ?? []).map((fault): [string, string] => ['--fault', fault]),
    ['--stalls', (options.boundaryStalls ?? options.stalls) ? 'on' : undefined],
    ['--trace', options.trace === undefined ? undefined : unfinished(resolve(options.trace))],
    ['--waveform', options.waveform ? resolve(options.waveform.file) : undefined],
  ];
  return numbers.flatMap(([name, value]) => (value === undefined ? [] : [name, `${value}`]));
}

/** Verilator where it is installed (it is faster), else CXXRTL, which comes with the npm packages. */
export async function chooseEngine(): Promise<CosimEngine> {
  const answer = await start('verilator', ['--version'], { stdin: 'ignore', timeout: 60_000 });
  const major = /^Verilator (\d+)\./.exec(answer.stdout ?? '')?.[1];
  return Number(major ?? 0) >= 5 ? 'verilator' : 'cxxrtl';
}

function buildOptions({ unit, stalls, waveform, optimize, signal }: Omit<CosimOptions, 'script'>) {
  const options: CosimBuildOptions = {
    ...(unit ? { unit } : {}),
    ...(stalls ? { stalls } : {}),
    ...(waveform ? { waveform: waveform.kind } : {}),
    ...(optimize ? { optimize } : {}),
    ...(signal ? { signal } : {}),
  };
  return options;
}

/** The name of a file that is being written. */
const unfinished = (path: string) => `${path}.part`;
