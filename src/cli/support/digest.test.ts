import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { packagePath } from '../../util/package-path.js';
import { sourceDigest } from './digest.js';

const dir = mkdtempSync(join(tmpdir(), 'digest-'));
afterAll(() => rmSync(dir, { recursive: true }));

it('changes with every byte that an artifact comes from, and with nothing else', async () => {
  const model = join(dir, 'model');
  cpSync(packagePath('test', 'data', 'reference', 'hf-bf16'), model, { recursive: true });
  const text = join(dir, 'text.txt');
  writeFileSync(text, 'some text');
  const digest = (choices: object = { a: 1 }) => sourceDigest(model, text, choices);
  const first = await digest();
  expect(await digest()).toBe(first);
  writeFileSync(join(model, 'notes.md'), 'of no consequence');
  expect(await digest()).toBe(first);

  const seen = new Set([first, await digest({ a: 2 }), await sourceDigest(model, undefined, { a: 1 })]);
  const flip = async (path: string) => {
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(path, bytes);
    seen.add(await digest());
  };
  await flip(text);
  await flip(join(model, 'config.json'));
  await flip(join(model, 'model-00002-of-00002.safetensors'));
  expect(seen.size).toBe(6);
});
