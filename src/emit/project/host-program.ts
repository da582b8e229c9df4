/** The host program's sources in an emitted project, as they are in this package. */
import { readdirSync } from 'node:fs';
import { packagePath } from '../../util/package-path.js';
import { verbatim } from './template.js';

/** Its folder, in the package and in a project. */
export const hostFolder = 'host/runtime';

/** Files by path. */
export function hostProgram(): Map<string, string> {
  const names = readdirSync(packagePath(...hostFolder.split('/'))).filter((name) =>
    /^Makefile$|\.[ch]pp$/.test(name),
  );
  return new Map(names.sort().map((name) => [`${hostFolder}/${name}`, verbatim(`${hostFolder}/${name}`)]));
}
