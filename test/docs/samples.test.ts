/** The TypeScript of docs/kernel-language.md, all of it one program: it type-checks as a file of src/units, and runs without a failure. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { afterAll, expect, it } from 'vitest';
import { packagePath } from '../../src/util/package-path.js';

const page = readFileSync(packagePath('docs', 'kernel-language.md'), 'utf8');
const program = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code).join('\n');
const place = packagePath('src', 'units', 'kernel-language-page.ts');
const folder = mkdtempSync(join(tmpdir(), 'page-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the compiler says of `text` as a file of src/units. */
function problemsOf(text: string): string[] {
  const config = ts.readConfigFile(packagePath('tsconfig.json'), ts.sys.readFile).config as object;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, packagePath('.'));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => resolve(path) === place || fileExists(path);
  host.getSourceFile = (path, target) =>
    resolve(path) === place ? ts.createSourceFile(path, text, target) : getSourceFile(path, target);
  const checked = ts.createProgram([place], { ...options, noEmit: true }, host);
  return ts
    .getPreEmitDiagnostics(checked, checked.getSourceFile(place))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

it('type-checks', () => {
  expect(program.split('\n').length).toBeGreaterThan(100);
  expect(problemsOf(program)).toEqual([]);
});

it('runs, and everything that it asserts holds', async () => {
  const from = (path: string) => join(dirname(place), path);
  const text = program.replace(/from '(\.[^']*)'/g, (_, path: string) => `from '${from(path)}'`);
  const file = join(folder, 'page.ts');
  writeFileSync(file, text);
  await import(file);
});
