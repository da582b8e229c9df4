/** A full disk and the like, said of the file that was being written: the system names none once it is open. */
import { writeFileSync } from 'node:fs';
import { UserError } from '../errors.js';

/** `error`, or in its place a UserError that names `path` where the system refused to write and named nothing. */
export function writeErrorOf(path: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { syscall, code, path: named } = error as NodeJS.ErrnoException;
  if (syscall !== 'write' || named !== undefined) return error;
  return new UserError(`${path}: cannot be written (${code})`);
}

/** Writes a file. Throws UserError naming it where the disk takes no more. */
export function writeText(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw writeErrorOf(path, error);
  }
}
