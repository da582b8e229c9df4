import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cached, cachePath } from './content-cache.js';

const home = mkdtempSync(join(tmpdir(), 'fastmamba-cache-'));
beforeAll(() => void vi.stubEnv('XDG_CACHE_HOME', home));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

describe('the cache by content', () => {
  it('makes a result once for the same input, and another for another', async () => {
    let made = 0;
    const result = (input: string[]) =>
      cached({ kind: 'once', input, extension: '.txt' }, (path) => writeFileSync(path, `${++made}`));
    const first = await result(['a', 'b']);
    expect(first).toMatch(/\/fastmamba\/once\/[0-9a-f]{40}\.txt$/);
    expect(await result(['a', 'b'])).toBe(first);
    expect(readFileSync(first, 'utf8')).toBe('1');
    for (const other of [['ab'], ['b', 'a'], ['a', 'b', '']]) expect(await result(other)).not.toBe(first);
    expect(made).toBe(4);
  });

  it('keeps folders, and one of two that are made at the same time', async () => {
    let going = 0;
    const entry = { kind: 'folders', input: ['x'] };
    const make = async (path: string) => {
      mkdirSync(path);
      writeFileSync(join(path, 'file'), 'whole');
      going++;
      while (going < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    const [a, b] = await Promise.all([cached(entry, make), cached(entry, make)]);
    expect(a).toBe(b);
    expect(readFileSync(join(a, 'file'), 'utf8')).toBe('whole');
    expect(readdirSync(dirname(a))).toHaveLength(1);
  });

  it('keeps nothing of what fails', async () => {
    const entry = { kind: 'failed', input: [] };
    const asked = cached(entry, (path) => {
      writeFileSync(path, 'half');
      throw new Error('no');
    });
    await expect(asked).rejects.toThrow('no');
    expect(existsSync(cachePath(entry))).toBe(false);
    expect(readdirSync(dirname(cachePath(entry)))).toEqual([]);
  });

  it('takes no relative path for the folder', () => {
    vi.stubEnv('XDG_CACHE_HOME', 'here');
    expect(cachePath({ kind: 'k', input: [] })).toMatch(/\/\.cache\/fastmamba\/k\//);
    vi.stubEnv('XDG_CACHE_HOME', home);
  });
});
