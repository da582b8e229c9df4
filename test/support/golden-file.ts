/** Golden files: one a test and named after it. `UPDATE_GOLDEN=1 npx vitest run <test>` writes them anew; the difference is read in review. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { packagePath } from '../../src/util/package-path.js';

/** Expects `files` to be exactly what lies in test/golden/`name`. */
export function expectGolden(name: string, files: ReadonlyMap<string, string>): void {
  const folder = packagePath('test', 'golden', name);
  if (process.env.UPDATE_GOLDEN) {
    rmSync(folder, { recursive: true, force: true });
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  const there = existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort()
    : [];
  expect(there).toEqual([...files.keys()].sort());
  for (const [path, text] of files) expect(text, path).toBe(readFileSync(join(folder, path), 'utf8'));
}
