/**
 * What a command says: results on stdout, as one JSON object or as text for people; everything else on stderr. Both are written at once, not
 * through a queue that a busy process never empties: memory stays as it is when the reader is slow, and what goes wrong is known here.
 */
import { writeSync } from 'node:fs';
import { UserError } from '../../errors.js';
import type { CommonOptions, JsonOption } from './options.js';

const STDOUT = 1;
const STDERR = 2;
const USAGE = 2;
/** Until a reader that is slower than we are is asked again, where the system does not wait itself. */
const PAUSE_MILLISECONDS = 5;

/** Writes results. False when the reader has closed the pipe (`| head`). Throws UserError where they cannot be written. */
export function writeOut(text: string): boolean {
  const code = write(STDOUT, text);
  if (code === undefined) return true;
  if (code === 'EPIPE') return false;
  throw new UserError(`standard output: cannot be written (${code})`);
}

/** Writes remarks and progress. It is no failure if nobody reads them; if they cannot be stored (a full disk), the process ends with exit code 2. */
export function writeErr(text: string): void {
  const code = write(STDERR, text);
  // EIO: the terminal is gone.
  if (code === undefined || code === 'EPIPE' || code === 'EIO') return;
  process.exit(USAGE);
}

/** The code of what went wrong, if something did. */
function write(stream: number, text: string): string | undefined {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(stream, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') return code ?? 'unknown';
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MILLISECONDS);
    }
  }
  return undefined;
}

/** Prints `value` with --json, otherwise the text; the text is only made when it is needed. */
export function printResult({ json }: JsonOption, value: object, text: () => string): void {
  writeOut(json ? `${JSON.stringify(value)}\n` : `${text().trimEnd()}\n`);
}

/** A remark on stderr that is no failure; left out with --quiet. */
export function note({ quiet }: CommonOptions, text: string): void {
  if (!quiet) writeErr(`fastmamba: ${text}\n`);
}
