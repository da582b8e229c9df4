/** The modules that every emitted RTL project brings along, as they stand in rtl/lib/. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../util/package-path.js';

/** Library modules by their path in the project: `rtl/lib/fifo.sv` and so on. */
export function libraryFiles(): Map<string, string> {
  const folder = packagePath('rtl', 'lib');
  return new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.sv'))
      .sort()
      .map((name) => [`rtl/lib/${name}`, readFileSync(join(folder, name), 'utf8')]),
  );
}
