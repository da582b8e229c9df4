import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { userErrorOf } from '../../test/support/damage.js';
import { openForReading } from './random-access-file.js';
import { readJson, readJsonObjectIfThere, readTextFile } from './text-file.js';

const dir = mkdtempSync(join(tmpdir(), 'text-'));
afterAll(() => rmSync(dir, { recursive: true }));
const path = join(dir, 'a.json');
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const messageOf = (bytes: Buffer | string) => {
  writeFileSync(path, bytes);
  return userErrorOf(() => readJson(path, 1000));
};

describe('a text file', () => {
  it('is read with or without a byte order mark', async () => {
    for (const before of [Buffer.alloc(0), MARK]) {
      writeFileSync(path, Buffer.concat([before, Buffer.from('{"a":\r\n"é\ufeff"}')]));
      expect(await readJson(path, 1000)).toEqual({ a: 'é\ufeff' });
      expect(await readTextFile(path, 1000)).toBe('{"a":\r\n"é\ufeff"}');
    }
  });

  it('may be absent where it is optional', async () => {
    expect(await readJsonObjectIfThere(join(dir, 'none.json'), 1000)).toBeUndefined();
  });

  it.each([
    [
      'UTF-16 little endian with mark',
      Buffer.from('\ufeff{}', 'utf16le'),
      'found UTF-16 text, expected UTF-8',
    ],
    [
      'UTF-16 big endian with mark',
      Buffer.from('\ufeff{}', 'utf16le').swap16(),
      'found UTF-16 text, expected',
    ],
    ['UTF-16 without mark', Buffer.from('{"a": 1}', 'utf16le'), 'not valid JSON (found UTF-16 text or bytes'],
    ['a second mark', Buffer.concat([MARK, MARK, Buffer.from('{}')]), '\\ufeff'],
    ['a comma too many', '{"a": 1,}', 'not valid JSON'],
    ['nothing but a mark', MARK, 'not valid JSON'],
    ['too much', ' '.repeat(1001), 'found 1001 bytes, expected at most 1000'],
  ])('is refused on one line: %s', async (_, bytes, expected) => {
    const message = await messageOf(bytes);
    expect(message).toContain(`${path}: `);
    expect(message).toContain(expected);
    expect(message).not.toMatch(/\p{C}/u);
  });
});

describe('a git-lfs pointer', () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 258000\n`;

  it('is called so whatever it stands for', async () => {
    for (const name of ['config.json', 'model.safetensors', 'pytorch_model.bin']) {
      writeFileSync(join(dir, name), pointer);
      expect(await userErrorOf(() => openForReading(join(dir, name)))).toBe(
        `${join(dir, name)}: found a git-lfs pointer, expected the file itself; fetch it with git lfs pull`,
      );
    }
  });

  it('is not seen in a long text that begins like one', async () => {
    writeFileSync(path, pointer.repeat(10));
    expect(await readTextFile(path, 10_000)).toBe(pointer.repeat(10));
  });
});
