/** The EJS templates of `report-templates/`. `<%=` escapes for HTML; only the page's own pictures and style are placed as they are. */
import { readFileSync } from 'node:fs';
import ejs from 'ejs';
import { packagePath } from '../../util/package-path.js';

/** Fills a template of report-templates/. Throws where it asks for what `data` has not. */
export function renderHtml(name: string, data: object): string {
  const filename = packagePath('report-templates', `${name}.ejs`);
  return ejs.render(readFileSync(filename, 'utf8'), data, { filename });
}

/** The page's style sheet. */
export function styleSheet(): string {
  return readFileSync(packagePath('report-templates', 'style.css'), 'utf8');
}
