/** Results on stdout: one JSON object, or text for people. Everything else a command says goes to stderr. */
import type { CommonOptions } from './options.js';

/** Prints `value` with --json, otherwise the text; the text is only made when it is needed. */
export function printResult({ json }: CommonOptions, value: object, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text().trimEnd()}\n`);
}

/** A remark on stderr that is no failure; left out with --quiet. */
export function note({ quiet }: CommonOptions, text: string): void {
  if (!quiet) process.stderr.write(`fastmamba: ${text}\n`);
}
