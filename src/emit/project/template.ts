/** The files that emitted projects are made of: EJS templates, which only place the text they are given, and files taken as they are. */
import { readFileSync } from 'node:fs';
import ejs from 'ejs';
import { packagePath } from '../../util/package-path.js';

/** Fills the template `path`, from the package's root, that ends in .ejs. Throws where it asks for what `data` has not. */
export function render(path: string, data: Record<string, unknown>): string {
  const filename = packagePath(path);
  return ejs.render(readFileSync(filename, 'utf8'), data, { filename, escape: String });
}

/** The file `path`, from the package's root, as it is. */
export function verbatim(path: string): string {
  return readFileSync(packagePath(path), 'utf8');
}
