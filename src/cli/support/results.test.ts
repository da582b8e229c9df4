import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exampleResults } from '../../../test/support/report-page.js';
import { readResults } from '../../report/html/results.js';
import { resultsFolder, saveResult } from './results.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'save-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

test('what is saved is what --json prints, with its plan, and report reads it', async () => {
  const { cosim } = exampleResults('abc');
  const { tool: _, ...given } = cosim;
  await saveResult(dir, 'cosim', { ...given, kernel: 'gate' });
  const file = JSON.parse(readFileSync(join(dir, 'results', 'cosim.json'), 'utf8'));
  expect(file).toEqual({ ...cosim, kernel: 'gate', tool: null });
  expect(await readResults(resultsFolder(dir))).toEqual({ cosim: file });
  expect(readdirSync(join(dir, 'results'))).toEqual(['cosim.json']);
});

test('a tool is saved with the version that it says', async () => {
  const { csim } = exampleResults('abc');
  await saveResult(dir, 'csim', { ...csim, tool: 'g++' });
  expect(JSON.parse(readFileSync(join(dir, 'results', 'csim.json'), 'utf8')).tool).toMatch(/^g\+\+ \d+\.\d+/);
});
