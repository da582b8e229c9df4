/**
 * Runs a Yosys script on the files of a folder: with the program in PATH when it is recent enough, else with the npm package. Inputs and
 * outputs, however large, go through the folder; both kinds see the same relative paths and give the same files.
 */
import { closeSync, createReadStream, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { CheckFailed } from '../../errors.js';
import { writeText } from '../../util/write-error.js';
import { start } from '../programs/start.js';
import { netlistMark, yosysChild } from './yosys-child.js';
import { type FoundYosys, findYosys, type YosysKind } from './yosys-find.js';

export interface YosysOptions {
  /** Commands, one a line; paths are relative to `folder`. */
  readonly script: string;
  readonly folder: string;
  /** Files of `folder` that the script reads. */
  readonly inputs: readonly string[];
  /** Files that it writes: all of them are there after a success. */
  readonly outputs: readonly string[];
  /** Of script and log, `<name>.ys` and `<name>.log` in `folder` (or below it: a path); yosys when absent. Runs at the same time need different ones. */
  readonly name?: string;
  readonly timeoutSeconds: number;
  /** Which Yosys; the best there is when absent. A found one saves looking again. */
  readonly tool?: YosysKind | FoundYosys;
  readonly signal?: AbortSignal;
}

export interface YosysResult {
  readonly tool: FoundYosys;
  /** Path of all that Yosys printed. */
  readonly log: string;
  /** Every different warning once, in order. */
  readonly warnings: readonly string[];
}

/**
 * Runs the script. Throws ToolMissing where there is no Yosys, CheckFailed with its first error and the log's path where it fails, takes too
 * long or leaves an output unwritten.
 */
export async function runYosys(options: YosysOptions): Promise<YosysResult> {
  const { script, inputs, outputs, name = 'yosys', timeoutSeconds, signal } = options;
  const folder = resolve(options.folder);
  const tool = typeof options.tool === 'object' ? options.tool : await findYosys(options.tool);
  const scriptName = `${name}.ys`;
  const log = join(folder, `${name}.log`);
  mkdirSync(dirname(log), { recursive: true });
  const isNative = tool.kind === 'yosys';
  const own = isNative ? script : script.replace(/^write_json (.*?)(\S+)$/gm, netlistToOutput);
  writeText(join(folder, scriptName), own.endsWith('\n') ? own : `${own}\n`);
  for (const output of outputs) {
    mkdirSync(dirname(join(folder, output)), { recursive: true });
    rmSync(join(folder, output), { force: true });
  }

  const args = ['-Q', '-T', '-s', scriptName];
  const { module } = tool;
  const request = { module, folder, inputs: [...inputs, scriptName], outputs, args };
  // The file itself, no pipe: a long log costs no memory here, and is whole when the child is ended. (The type knows small numbers only.)
  const printed = openSync(log, 'w') as 3;
  const result = await start(
    isNative ? 'yosys' : process.execPath,
    isNative ? args : ['--input-type=module', '-e', yosysChild],
    {
      cwd: folder,
      timeout: timeoutSeconds * 1000,
      stdout: printed,
      stderr: printed,
      input: isNative ? '' : JSON.stringify(request),
      ...(signal ? { cancelSignal: signal } : {}),
    },
  ).finally(() => closeSync(printed));

  const { warnings, error, last } = await readLog(log);
  const fail = (what: string) => new CheckFailed(`yosys: ${what}\nlog: ${log}`);
  if (result.timedOut) throw fail(`took longer than ${timeoutSeconds} s`);
  if (result.isCanceled) throw fail('was interrupted');
  if (result.exitCode === undefined) throw fail(`was ended by ${result.signal ?? 'the system'}`);
  if (error !== null) throw fail(error);
  if (result.exitCode !== 0) throw fail(`exit code ${result.exitCode}: ${last}`);
  for (const output of outputs) if (!existsSync(join(folder, output))) throw fail(`wrote no ${output}`);
  return { tool, log, warnings };
}

/** The npm package's way to write a netlist. */
function netlistToOutput(_: string, options: string, path: string): string {
  return `log ${netlistMark} ${path}\nwrite_json ${options.trim()}\nlog ${netlistMark}`;
}

/** Line by line: logs of large designs are large. */
async function readLog(path: string) {
  const warnings = new Set<string>();
  let error: string | null = null;
  let last = '';
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    // ABC's own remarks are about what it is given, not about the design.
    if (/(^|: )Warning: /.test(line) && !line.startsWith('ABC: ')) warnings.add(line.trim());
    // The frontend puts file and line before it.
    if (error === null && /(^|: )ERROR: /.test(line)) error = line.replace(/(^|: )ERROR: /, '$1').trim();
    if (/\S/.test(line)) last = line.trim();
  }
  return { warnings: [...warnings], error, last };
}
