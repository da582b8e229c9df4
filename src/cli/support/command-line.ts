/** The command that repeats a run: projects and results carry it. It names no folder of this machine. */
import { shellQuote } from '../../util/shell-quote.js';

/** A flag and what it was given; true for one without a value, undefined or false for one that was left out. */
export type Flag = readonly [name: string, value: string | number | boolean | undefined];

/** `fastmamba <command> <model> <flags>` for a POSIX shell. `model` may be empty: the package's own. */
export function commandLine(command: string, model: string, flags: readonly Flag[]): string {
  const given = flags
    .filter(([, value]) => value !== undefined && value !== false)
    .flatMap(([flag, value]) => (value === true ? [flag] : [flag, shellQuote(`${value}`)]));
  return ['fastmamba', command, ...(model === '' ? [] : [shellQuote(model)]), ...given].join(' ');
}
