/** The modules that every emitted RTL project brings along, as they stand in rtl-templates/. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../util/package-path.js';

/** Library modules by their path in the project: `rtl/lib/fifo.sv` and so on. */
export function libraryFiles(): Map<string, string> {
  const folder = packagePath('rtl-templates', 'lib');
  return new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.sv'))
      .sort()
      .map((name) => [`rtl/lib/${name}`, readFileSync(join(folder, name), 'utf8')]),
  );
}

/** Folder of the templates, with a slash at its end: for `render`. */
export const rtlFolder = () => `${packagePath('rtl-templates')}/`;

/** A file below rtl-templates/, as it is. */
export function rtlTemplate(...path: string[]): string {
  return readFileSync(packagePath('rtl-templates', ...path), 'utf8');
}
