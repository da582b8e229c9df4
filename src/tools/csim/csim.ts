/**
 * C simulation of an emitted project: compiles kernels and testbench (in a few units, cached), runs a script of vectors, and
 * returns the comparison word for word. A difference is a result, not an exception; a simulation that could not run throws.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Unit } from '../programs/compile.js';
import { compile } from '../programs/compile.js';
import { run } from '../programs/run.js';

const mismatch = z.object({
  call: z.number(),
  word: z.number(),
  lane: z.number(),
  expected: z.string(),
  found: z.string(),
});
export const csimReport = z.object({
  mode: z.string(),
  channels: z.array(
    z.object({
      name: z.string(),
      process: z.string(),
      words: z.number(),
      mismatches: z.number(),
      firstMismatch: mismatch.nullable(),
    }),
  ),
  memories: z.array(
    z.object({
      memory: z.string(),
      offset: z.number(),
      bytes: z.number(),
      wrongBytes: z.number(),
      firstWrong: z.number().nullable(),
    }),
  ),
  /** Most words each channel held, in checking mode. */
  depths: z.array(z.object({ channel: z.string(), depth: z.number(), peak: z.number() })),
  words: z.number(),
  mismatches: z.number(),
  seconds: z.number(),
  /** What stopped the simulation (a deadlock, a word left over, a read past the end), or null. */
  failure: z.string().nullable(),
});

/** What the testbench found. `words` crossed the channels that were compared; `seconds` is the time inside the kernel. */
export type CsimReport = z.infer<typeof csimReport>;

/** sequential: processes one after the other; checking: concurrently, streams bounded; region, top: the emitted functions themselves. */
export type CsimMode = 'sequential' | 'checking' | 'region' | 'top';

export interface CsimOptions {
  readonly script: string;
  readonly mode?: CsimMode;
  readonly timeoutSeconds?: number;
  readonly flags?: readonly string[];
  /** Of the kernels; 3 when absent. A project that is run once on little data is compiled faster with 1. */
  readonly optimize?: 1 | 2 | 3;
}

/** Compiles if need be and runs one script. Throws ToolMissing, or CheckFailed where compiling or the testbench itself fails. */
export async function runCsim(projectFolder: string, options: CsimOptions): Promise<CsimReport> {
  const program = await buildCsim(projectFolder, options);
  return runScript(program, projectFolder, options);
}

/** Runs one script with a testbench that was built. */
export async function runScript(
  program: string,
  projectFolder: string,
  options: CsimOptions,
): Promise<CsimReport> {
  const { script, mode = 'sequential', timeoutSeconds = 3600 } = options;
  const build = join(resolve(projectFolder), 'build');
  const path = join(build, `report-${mode}.json`);
  const args = [resolve(script), '--mode', mode, '--report', path];
  // Exit code 1 tells of differences, which the report has.
  await run(program, args, {
    log: join(build, `run-${mode}.log`),
    timeoutSeconds,
    outputs: [path],
    accept: [0, 1],
  });
  return csimReport.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** Compiles kernels and testbench; returns the program. */
export function buildCsim(
  projectFolder: string,
  { flags, optimize = 3 }: Pick<CsimOptions, 'flags' | 'optimize'> = {},
): Promise<string> {
  const project = resolve(projectFolder);
  return compile([...benchUnits(project), ...kernelUnits(project, optimize)], {
    includes: csimIncludes(project),
    buildFolder: join(project, 'build'),
    program: 'csim',
    ...(flags ? { flags } : {}),
  });
}

/** Kernels that are compiled together: most of a small file's time goes into the headers. */
const KERNELS_A_UNIT = 8;

/** Folders that kernels and testbench include from. */
export const csimIncludes = (project: string) => [join(project, 'csim', 'include')];

/** Folder of the testbench in a project. */
export const testbenchFolder = 'testbench';

const sourcesIn = (project: string, folder: string) =>
  readdirSync(join(project, folder))
    .filter((name) => name.endsWith('.cpp'))
    .sort()
    .map((name) => join(project, folder, name));

/** The testbench's sources. */
function benchUnits(project: string): Unit[] {
  return sourcesIn(project, testbenchFolder).map((path, i) => ({
    name: `testbench_${i}`,
    sources: [path],
    optimize: 1 as const,
  }));
}

/** The kernels, a few together. */
export function kernelUnits(project: string, optimize: 1 | 2 | 3): Unit[] {
  const kernels = sourcesIn(project, 'kernel');
  const count = Math.min(
    kernels.length,
    Math.max(availableParallelism(), Math.ceil(kernels.length / KERNELS_A_UNIT)),
  );
  return Array.from({ length: count }, (_, i) => ({
    name: `kernels_${i}`,
    sources: kernels.filter((_path, k) => k % count === i),
    optimize,
  }));
}
