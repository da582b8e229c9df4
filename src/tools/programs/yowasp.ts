/** Where the npm package with the WebAssembly build of Yosys lies. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The npm package: its version and the address of its module; null where it is not installed. */
export function findYowasp(): { readonly version: string; readonly module: string } | null {
  let module: string;
  try {
    module = createRequire(import.meta.url).resolve('@yowasp/yosys');
  } catch {
    return null;
  }
  let folder = dirname(module);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { version, module: pathToFileURL(module).href };
}
