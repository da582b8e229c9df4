/** What a failed command prints and returns: a line or two for what the user can mend, a stack for a defect of ours. */
import { CommanderError } from 'commander';
import { FastMambaError } from '../../errors.js';
import { writeErr } from './output.js';

const USAGE = 2;
const INTERNAL = 70;

/** Prints the error on stderr and returns its exit code: 2 for bad usage or input, the error's own, 70 for a defect. */
export function reportError(error: unknown): number {
  // commander has printed its own message already; asking for help or the version is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (error instanceof FastMambaError) {
    writeErr(`fastmamba: ${error.message}\n`);
    return error.exitCode;
  }
  if (isSystemError(error)) {
    writeErr(`fastmamba: ${error.dest ?? error.path ?? 'system'}: ${error.syscall} failed (${error.code})\n`);
    return USAGE;
  }
  const text = error instanceof Error ? error.stack : String(error);
  writeErr(`fastmamba: internal error: ${text}\n`);
  return INTERNAL;
}

/** No permission, no space left and the like, wherever they happened. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException & { dest?: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
