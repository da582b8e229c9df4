/**
 * Runs an outside program the one way this project does it: arguments as a list, a time limit, both streams kept in a log file that a
 * failure names, success by exit code and by the expected files being there.
 */
import { createWriteStream, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CheckFailed, ToolMissing, UserError } from '../../errors.js';
import { writeErrorOf } from '../../util/write-error.js';
import { KNOWN_TOOLS } from './doctor-tools.js';
import { hasRun, start } from './start.js';

export interface RunOptions {
  readonly cwd?: string;
  /** Where both output streams go. */
  readonly log: string;
  readonly timeoutSeconds: number;
  /** Files that a success leaves; removed first. */
  readonly outputs?: readonly string[];
  /** Exit codes that are answers, not failures; 0 when absent. */
  readonly accept?: readonly number[];
  readonly signal?: AbortSignal;
}

export interface RunResult {
  readonly exitCode: number;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** Runs `program`. Throws ToolMissing when it is not there, CheckFailed, with the last lines and the log's name, when it fails. */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { cwd, log, timeoutSeconds, outputs = [], accept = [0], signal } = options;
  mkdirSync(dirname(log), { recursive: true });
  for (const output of outputs) rmSync(output, { force: true });
  const child = start(program, args, {
    all: true,
    stdin: 'ignore',
    timeout: timeoutSeconds * 1000,
    maxBuffer: 100_000_000,
    ...(cwd ? { cwd } : {}),
    ...(signal ? { cancelSignal: signal } : {}),
  });
  // Kept, not thrown: nobody would hear of it before the program has ended.
  const written = pipeline(child.all, createWriteStream(log)).catch((error: unknown) => error);
  const result = await child;
  const notWritten = await written;
  if (notWritten) throw writeErrorOf(log, notWritten);
  const output = result.all.trim();
  const fail = (what: string) => {
    const full = output.split('\n').find((line) => DISK_FULL.test(line));
    // The user's disk, and nothing that a check found.
    if (full) return new UserError(`${program}: ${full.trim()}`);
    return new CheckFailed(`${program} ${what}\n${tail(output)}\nlog: ${log}`.replace('\n\n', '\n'));
  };
  if (result.timedOut) throw fail(`took longer than ${timeoutSeconds} s`);
  if (result.isCanceled) throw fail('was interrupted');
  if (result.exitCode === undefined) throw fail(`was ended by ${result.signal ?? 'the system'}`);
  if (!hasRun(result)) throw missing(program);
  if (!accept.includes(result.exitCode)) throw fail(`failed with exit code ${result.exitCode}`);
  for (const path of outputs) if (!existsSync(path)) throw fail(`wrote no ${path}`);
  return { exitCode: result.exitCode, output };
}

/** The error for a program that is not in PATH: what it would have given and how to get it. */
export function missing(program: string): ToolMissing {
  const known = KNOWN_TOOLS.find((tool) => tool.name === program);
  if (!known) return new ToolMissing(`${program}: not found`);
  return new ToolMissing(`${program}: not found; it is needed for ${known.enables}. To get it: ${known.get}`);
}

/** What programs print where the disk takes no more. */
const DISK_FULL = /No space left on device|Disk quota exceeded|File too large|File size limit exceeded/;

const tail = (output: string) => output.split('\n').slice(-12).join('\n');
