/** Simulates the test cases of an emitted project and sums up, a unit (process) a row, how many words were compared and differed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CheckFailed, UserError } from '../errors.js';
import { buildCsim, type CsimMode, type CsimReport, runScript } from './csim.js';

/** Of the memories that are compared: the SSM state has 24 bits. */
const BYTES_A_VALUE: Readonly<Record<string, number>> = { residual: 4, state: 3, conv_state: 2, logits: 2 };

/** A script of the project and how to run it. */
export interface CsimRun {
  readonly script: string;
  readonly mode: CsimMode;
}

/** Sums over all runs. Words of a unit are those that left it; of a memory, its values. */
export interface CsimSummary {
  readonly units: { name: string; words: number; mismatches: number }[];
  readonly words: number;
  readonly mismatches: number;
  /** Inside the kernels. */
  readonly seconds: number;
  /** What stopped a run: a deadlock, a word left over. */
  readonly failures: readonly string[];
}

/** Compiles once and runs all. Throws UserError without a project, ToolMissing, CheckFailed when it cannot be compiled. */
export async function runCsimCases(
  project: string,
  runs: readonly CsimRun[],
  tell: (line: string) => void,
): Promise<CsimSummary> {
  for (const { script } of runs) {
    if (!existsSync(join(project, script))) {
      throw new UserError(`${project}: found no ${script}, expected an emitted project`);
    }
  }
  tell('compile');
  const program = await buildCsim(project);
  const reports: CsimReport[] = [];
  for (const [i, { script, mode }] of runs.entries()) {
    tell(`run ${i + 1} of ${runs.length}: ${script}, ${mode}`);
    reports.push(await runScript(program, project, { script: join(project, script), mode }));
  }
  return summarize(reports, runs);
}

/** Adds up. Every run must have compared something: an empty comparison proves nothing. */
function summarize(reports: readonly CsimReport[], runs: readonly CsimRun[]): CsimSummary {
  const units = new Map<string, { name: string; words: number; mismatches: number }>();
  const add = (name: string, words: number, mismatches: number) => {
    const unit = units.get(name) ?? { name, words: 0, mismatches: 0 };
    units.set(name, { name, words: unit.words + words, mismatches: unit.mismatches + mismatches });
  };
  const failures: string[] = [];
  reports.forEach((report, i) => {
    if (report.channels.length + report.memories.length === 0) {
      throw new CheckFailed(`csim: ${runs[i].script} compared nothing`);
    }
    for (const { process, words, mismatches } of report.channels) add(process, words, mismatches);
    for (const { memory, bytes, wrongBytes } of report.memories) {
      const size = BYTES_A_VALUE[memory] ?? 1;
      add(`memory ${memory}`, bytes / size, Math.ceil(wrongBytes / size));
    }
    if (report.failure !== null) failures.push(report.failure);
  });
  const all = [...units.values()];
  return {
    units: all,
    words: all.reduce((sum, { words }) => sum + words, 0),
    mismatches: all.reduce((sum, { mismatches }) => sum + mismatches, 0),
    seconds: reports.reduce((sum, { seconds }) => sum + seconds, 0),
    failures,
  };
}
