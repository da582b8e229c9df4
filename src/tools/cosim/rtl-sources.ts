/** The SystemVerilog of an emitted project as simulators take it. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';

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
