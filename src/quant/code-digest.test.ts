import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { packagePath } from '../util/package-path.js';
import { codeDigest, quantizerDigest } from './code-digest.js';

const sources = mkdtempSync(join(tmpdir(), 'code-digest-'));
afterAll(() => rmSync(sources, { recursive: true }));

it('changes with the code that decides what a quantized model holds, and with nothing else', () => {
  const write = (path: string, text: string) => writeFileSync(join(sources, path), text);
  for (const part of ['model', 'quant', join('quant', 'scale'), 'units']) mkdirSync(join(sources, part));
  write('model/config.ts', 'a');
  write('quant/scale/choose.ts', 'a');
  const first = codeDigest(sources);
  write('units/mat.ts', 'a');
  write('quant/scale/choose.test.ts', 'a');
  expect(codeDigest(sources)).toBe(first);
  write('quant/scale/choose.ts', 'b');
  const second = codeDigest(sources);
  write('model/config.ts', 'b');
  expect(new Set([first, second, codeDigest(sources)]).size).toBe(3);
});

it('is that of the sources where they run unbuilt', () => {
  const own = packagePath('src');
  expect(quantizerDigest(() => own)).toBe(codeDigest(own));
});
