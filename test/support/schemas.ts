/** Checks data against the committed files of schemas/, by a program that knows nothing of how they are made. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { packagePath } from '../../src/util/package-path.js';

const folder = packagePath('schemas');
const ajv = new Ajv2020({ allErrors: true });
for (const name of readdirSync(folder))
  ajv.addSchema(JSON.parse(readFileSync(join(folder, name), 'utf8')), name);

/** What is wrong with `value`, a line each; nothing where it follows schemas/<name>.json. */
export function violations(name: string, value: unknown): string[] {
  const validate = ajv.getSchema(`${name}.json`);
  if (!validate) return [`schemas/${name}.json: not there`];
  validate(value);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath}: ${message} ${JSON.stringify(params)}`,
  );
}
