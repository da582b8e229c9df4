/** Writes a file under a temporary name and renames it when it is whole, so that a file of the asked name is always complete. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../errors.js';
import { makeFolder } from './make-folder.js';
import { addTemporary, dropTemporary } from './temporary.js';

/** Makes the folder of `path` where it is missing. Throws UserError where it cannot be written. */
export async function writeWhole(path: string, text: string): Promise<void> {
  makeFolder(dirname(path));
  const temporary = addTemporary(`${path}.part-${process.pid}`);
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new UserError(`${path}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
  } finally {
    dropTemporary(temporary);
  }
}
