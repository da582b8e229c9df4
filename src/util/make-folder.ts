/**
 * Makes a folder for results, with those above it that are missing. Node's own `recursive` never returns where the file
 * system answers that nothing can be made (under /proc, on some network drives); here that is a UserError.
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UserError } from '../errors.js';

/** Makes `path` unless it is there. Throws UserError when a file is in the way or the folder cannot be made. */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  let present = resolve(path);
  try {
    for (let found = statOf(present); !found?.isDirectory(); found = statOf(present)) {
      if (found) throw new UserError(`${present}: found a file, expected a folder`);
      missing.push(present);
      present = dirname(present);
    }
    for (const folder of missing.reverse()) makeOne(folder);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: cannot be made (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** Undefined where nothing is, also where a file stands higher up. */
function statOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
