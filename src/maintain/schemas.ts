/** `npm run schemas`: writes schemas/, a JSON Schema for every object that --json prints and every JSON file that the project reads or writes. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { schemaFiles } from '../schema/json-schema.js';
import { packagePath } from '../util/package-path.js';
import { writeWhole } from '../util/write-whole.js';
import { runMain, tell } from './run-main.js';

async function main(): Promise<number> {
  const folder = packagePath('schemas');
  const files = schemaFiles();
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(join(folder, name));
  for (const [name, text] of files) await writeWhole(join(folder, name), text);
  tell(`schemas: ${files.size} files`);
  return 0;
}

await runMain(main);
