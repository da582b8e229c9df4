/** The SystemVerilog of an emitted project as simulators take it, and a folder in the user's cache for what is made of it. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { cacheFolderFor } from '../../util/cache-folder.js';
import { addTemporary, dropTemporary } from '../../util/temporary.js';
import { writeErrorOf } from '../../util/write-error.js';

/** Folder of the RTL in a project. */
export const rtlFolder = 'rtl';

/** Every .sv file below rtl/, sorted; where FIFOs are to stall, `stallingFifo` stands for lib/fifo.sv. */
export function rtlSources(project: string, stallingFifo?: string): string[] {
  const folder = join(project, rtlFolder);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sv'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => (stallingFifo && relative(folder, path) === join('lib', 'fifo.sv') ? stallingFifo : path));
}

/**
 * Where the result for `parts` (texts) lies, made by `make` in a temporary folder if it is not there yet. May be removed at any time.
 */
export async function cachedFolder(
  kind: string,
  parts: readonly string[],
  make: (folder: string) => Promise<void>,
  cacheFolder?: string,
): Promise<string> {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  const target = join(
    cacheFolder ? join(cacheFolder, kind) : cacheFolderFor(kind),
    hash.digest('hex').slice(0, 40),
  );
  if (existsSync(target)) return target;
  const temporary = addTemporary(`${target}.part-${process.pid}`);
  try {
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    await make(temporary);
    if (!existsSync(target)) renameSync(temporary, target);
  } catch (error) {
    throw writeErrorOf(target, error);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    dropTemporary(temporary);
  }
  return target;
}

/**
 * Copies files into `folder` and returns their names there: those of `project` keep their place in it, others come by their name alone. Tools
 * that take no space in a path are run in that folder, on these names.
 */
export function copyInto(folder: string, project: string, paths: readonly string[]): string[] {
  return paths.map((path) => {
    const name = placeOf(project, path);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    copyFileSync(path, join(folder, name));
    return name;
  });
}

/** The name of a file in a folder made by `copyInto`. */
export function placeOf(project: string, path: string): string {
  return path.startsWith(join(project, sep)) ? relative(project, path) : basename(path);
}

/** Contents of files. */
export const readAll = (paths: readonly string[]): string[] =>
  paths.map((path) => readFileSync(path, 'utf8'));
