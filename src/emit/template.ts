/** The EJS templates of `hls-templates/`: they show the text, all logic is in what they are given. */
import { readFileSync } from 'node:fs';
import ejs from 'ejs';
import { packagePath } from '../util/package-path.js';

const FOLDER = `${packagePath('hls-templates')}/`;

/**
 * Fills `name`, a path below `folder` (hls-templates/ when absent, with a slash at its end) that ends in .ejs. Throws where the template
 * asks for what `data` has not.
 */
export function render(name: string, data: Record<string, unknown>, folder = FOLDER): string {
  const filename = `${folder}${name}`;
  return ejs.render(readFileSync(filename, 'utf8'), data, { filename, escape: String });
}

/** A file of hls-templates/ that is taken as it is. */
export function verbatim(name: string): string {
  return readFileSync(`${FOLDER}${name}`, 'utf8');
}
