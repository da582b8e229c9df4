import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleResults } from '../../../test/support/report-page.js';
import { UserError } from '../../errors.js';
import { RESULT_NAMES, readResults } from './results.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'results-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** A folder that holds these texts. */
function folder(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(dir, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, `${file}.json`), text);
  return path;
}

describe('readResults', () => {
  test('a folder that is not there holds no results', async () => {
    expect(await readResults(join(dir, 'nowhere'))).toEqual({});
  });

  test('reads what is there, every kind', async () => {
    const all = exampleResults('abc');
    const files = Object.fromEntries(RESULT_NAMES.map((name) => [name, JSON.stringify(all[name])]));
    expect(await readResults(folder('all', files))).toEqual(all);
    expect(await readResults(folder('one', { csim: files.csim }))).toEqual({ csim: all.csim });
  });

  test('a damaged file is named with its field and never passes for a missing step', async () => {
    const { csim, cosim } = exampleResults('abc');
    const said = async (name: string, files: Readonly<Record<string, string>>) => {
      const error = await readResults(folder(name, files)).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(UserError);
      return (error as UserError).message;
    };
    expect(await said('cut', { csim: JSON.stringify(csim).slice(0, 50) })).toMatch(
      /cut\/csim\.json: not valid JSON \(.*\); run fastmamba csim again/,
    );
    const text = JSON.stringify({ ...cosim, result: { ...cosim.result, cycles: 'many' } });
    expect(await said('text', { cosim: text })).toMatch(/cosim\.json: result\.cycles: .*expected number/);
    const { words: _, ...wordless } = csim.result;
    expect(await said('gap', { csim: JSON.stringify({ ...csim, result: wordless }) })).toMatch(
      /csim\.json: result\.words: /,
    );
    expect(await said('list', { csim: '[]' })).toMatch(/csim\.json: the whole: .*expected object/);
  });
});
