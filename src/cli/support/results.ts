/**
 * What a command measured, left as build/<model>/results/<command>.json for `report`: the very object that --json prints, with the command
 * that made it, the plan it speaks of and the tool that ran. Nothing in it depends on date or machine but what was measured.
 */
import { join } from 'node:path';
import type { ResultFile, ResultName } from '../../report/html/results.js';
import { findTool } from '../../tools/programs/doctor.js';
import { KNOWN_TOOLS } from '../../tools/programs/doctor-tools.js';
import { writeWhole } from '../../util/write-whole.js';

/** Folder of results in a model's folder. */
export function resultsFolder(output: string): string {
  return join(output, 'results');
}

/** A result to keep; `tool` by its name in `doctor`, where the result does not name it itself. */
export type NewResult = Omit<ResultFile, 'tool' | 'kernel' | 'result'> & {
  /** The process that ran alone. */
  readonly kernel?: string | null | undefined;
  readonly tool?: string;
  readonly result: object;
};

/** Writes `<output>/results/<name>.json`. Throws UserError where it cannot be written. */
export async function saveResult(output: string, name: ResultName, given: NewResult): Promise<void> {
  const { command, plan, quantized, kernel, tool, result } = given;
  const ran = tool ? await versioned(tool) : null;
  const file = { command, plan, quantized, kernel: kernel ?? null, tool: ran, result };
  await writeWhole(join(resultsFolder(output), `${name}.json`), `${JSON.stringify(file)}\n`);
}

async function versioned(name: string): Promise<string> {
  const known = KNOWN_TOOLS.find((tool) => tool.name === name);
  const version = known && (await findTool(known)).version;
  return version ? `${name} ${version}` : name;
}
