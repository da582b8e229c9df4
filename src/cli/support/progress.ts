/**
 * Progress of long work: a list of steps on stderr, so that stdout carries results only. How far a step is stands in one line that is written
 * over on a terminal, in lines one after another elsewhere; silent with --quiet.
 */
import { isatty } from 'node:tty';
import { writeErr } from './output.js';

/** Called by a step with a short line on how far it is. */
export interface Tell {
  (line: string): void;
  /** A remark that stays to be read, printed where progress is. */
  readonly remark?: (line: string) => void;
}

/** One step: a title and the work; what it returns is not shown. */
export interface Step {
  readonly title: string;
  readonly run: (tell: Tell) => Promise<void>;
}

const STDERR = 2;
/** Between two lines about a step, where they stay and where they are written over. */
const BETWEEN_LINES_MILLISECONDS = 2000;
const BETWEEN_CHANGES_MILLISECONDS = 100;
/** Back to the beginning of the line, which is emptied. */
const CLEAR_LINE = '\r\x1b[K';

/** Runs the steps one after another. A failing step stops the rest; its error passes through, to be printed by main. */
export async function runSteps(
  steps: readonly Step[],
  { quiet = false }: { readonly quiet?: boolean },
): Promise<void> {
  const isLive = isatty(STDERR) && !process.env.CI && process.env.TERM !== 'dumb';
  for (const { title, run } of steps) {
    if (quiet) {
      await run(() => {});
      continue;
    }
    writeErr(`- ${title}\n`);
    if (!isLive) {
      await run(teller(BETWEEN_LINES_MILLISECONDS, (line) => writeErr(`  ${line}\n`)));
      continue;
    }
    try {
      await run(teller(BETWEEN_CHANGES_MILLISECONDS, (line) => writeErr(CLEAR_LINE + fitted(`  ${line}`))));
    } finally {
      writeErr(CLEAR_LINE);
    }
  }
}

/** Shows progress at most every so often, and remarks in a line of their own, written over whatever progress stands there. */
function teller(milliseconds: number, show: (line: string) => void): Tell {
  const clear = isatty(STDERR) ? CLEAR_LINE : '';
  const remark = (line: string) => writeErr(`${clear}fastmamba: ${line}\n`);
  return Object.assign(atMostEvery(milliseconds, show), { remark });
}

/** No longer than the terminal is wide: a line that was wrapped could not be written over. */
const fitted = (line: string) => line.slice(0, (process.stderr.columns || 80) - 1);

/** Shows the first line at once and others not too often. */
function atMostEvery(milliseconds: number, show: (line: string) => void): (line: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (line) => {
    const now = performance.now();
    if (now - last < milliseconds) return;
    last = now;
    show(line);
  };
}
