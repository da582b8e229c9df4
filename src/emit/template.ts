/** The EJS templates of `hls-templates/`: they show the text, all logic is in what they are given. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ejs from 'ejs';

const FOLDER = fileURLToPath(new URL('../../hls-templates/', import.meta.url));
const HOST = fileURLToPath(new URL('../../host/', import.meta.url));

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

/** A file of host/, for the project's own copy. */
export function hostFile(name: string): string {
  return readFileSync(`${HOST}${name}`, 'utf8');
}
