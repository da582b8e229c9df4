/**
 * Writes an emitted project to a folder: first under a temporary name beside it, renamed when whole, so that a folder of the asked name is
 * always complete. Adds the header set for license-free simulation, so that the project stands by itself.
 */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../../errors.js';
import { makeFolder } from '../../util/make-folder.js';
import { packagePath } from '../../util/package-path.js';
import { addTemporary, dropTemporary } from '../../util/temporary.js';
import { writeErrorOf } from '../../util/write-error.js';

/** A file that only our projects have: without it a folder is somebody else's and is not replaced. */
const MARK = 'kernel/processes.hpp';

/** Writes `files` (path to text) and the header set. `more` may add to the folder before it gets its name. Returns the paths written. */
export async function writeProject(
  folder: string,
  files: ReadonlyMap<string, string>,
  more: (temporary: string) => void | Promise<void> = () => {},
): Promise<string[]> {
  const target = resolve(folder);
  if (existsSync(target) && !existsSync(join(target, MARK)))
    throw new UserError(`${folder}: exists and is no emitted project; give another folder or remove it`);
  const temporary = addTemporary(`${target}.part-${process.pid}`);
  rmSync(temporary, { recursive: true, force: true });
  makeFolder(dirname(target));
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(temporary, path)), { recursive: true });
      writeFileSync(join(temporary, path), text);
    }
    cpSync(packagePath('host', 'include'), join(temporary, 'csim', 'include'), { recursive: true });
    // Beside the vendor's own headers only this one of ours is needed: it stands where it is included from.
    const bench = join(temporary, 'testbench');
    mkdirSync(bench, { recursive: true });
    renameSync(join(temporary, 'csim', 'include', 'fastmamba_csim.h'), join(bench, 'fastmamba_csim.h'));
    await more(temporary);
    rmSync(target, { recursive: true, force: true });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw writeErrorOf(folder, error);
  } finally {
    dropTemporary(temporary);
  }
  return [...files.keys()];
}
