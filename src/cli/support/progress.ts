/**
 * Progress of long work: steps on stderr, so that stdout carries results only. How far a step is, one line says; it is written
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

/** Runs a step of long work under a title; returns what it makes. Its error passes through, to be printed by main. */
export type RunStep = <T>(title: string, work: (tell: Tell) => Promise<T>) => Promise<T>;

const STDERR = 2;
/** Between two lines about a step, where they stay and where they are written over. */
const BETWEEN_LINES_MILLISECONDS = 2000;
const BETWEEN_CHANGES_MILLISECONDS = 100;
/** Back to the beginning of the line, which is emptied. */
const CLEAR_LINE = '\r\x1b[K';

/** Runs steps that show their title and how far they are; with --quiet they show nothing. */
export function stepRunner({ quiet = false }: { readonly quiet?: boolean }): RunStep {
  if (quiet) return (_title, work) => work(() => {});
  const isLive = isatty(STDERR) && !process.env.CI && process.env.TERM !== 'dumb';
  const tell = isLive
    ? teller(BETWEEN_CHANGES_MILLISECONDS, (line) => writeErr(CLEAR_LINE + fitted(`  ${line}`)))
    : teller(BETWEEN_LINES_MILLISECONDS, (line) => writeErr(`  ${line}\n`));
  return async (title, work) => {
    writeErr(`- ${title}\n`);
    try {
      return await work(tell());
    } finally {
      if (isLive) writeErr(CLEAR_LINE);
    }
  };
}

/** Makes a teller for each step: progress at most every so often, remarks at once in a line of their own. */
function teller(milliseconds: number, show: (line: string) => void): () => Tell {
  const clear = isatty(STDERR) ? CLEAR_LINE : '';
  const remark = (line: string) => writeErr(`${clear}fastmamba: ${line}\n`);
  return () => Object.assign(atMostEvery(milliseconds, show), { remark });
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
