/** Campaigns of random networks: shards are the whole, a wrong network is an exit code of 1, and parts that do not belong together are refused. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Campaign } from '../../src/schema/campaign.js';
import { cli, onlyJson } from '../support/cli.js';

const small = ['--engine', 'csim', '--processes', '1', '--operations', '5'];
let dir: string;
let whole: Campaign;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'campaign-'));
  whole = onlyJson(await cli(dir, 'verify', '--campaign', '7..8', ...small, '--json', '--quiet')) as never;
});
afterAll(() => rmSync(dir, { recursive: true }));

const read = (name: string) => readFileSync(join(dir, name), 'utf8');

describe('a campaign', () => {
  it('has a network for each seed, all right', () => {
    expect(whole.networks.map(({ seed, mismatches, problem }) => [seed, mismatches, problem])).toEqual([
      [7, 0, null],
      [8, 0, null],
    ]);
    for (const { words } of whole.networks) expect(words).toBeGreaterThan(20);
    expect(whole.networks[0].words).not.toBe(whole.networks[1].words);
  });

  it('in shards and merged, is the same bytes', async () => {
    const expected = read('build/campaign/campaign-7-8.json');
    for (const part of ['1/2', '2/2'])
      await cli(dir, 'verify', '--campaign', '7..8', ...small, '--shard', part, '-o', 'parts', '--quiet');
    const parts = ['parts/campaign-7-8-1-of-2.json', 'parts/campaign-7-8-2-of-2.json'];
    const merged = await cli(dir, 'verify', '--merge', ...parts, '-o', 'parts');
    expect(merged.exitCode).toBe(0);
    expect(merged.stdout).toMatch(
      /campaign-7-8.json: 2 of 2 random networks right in csim, [\d,]+ words compared, 0 different$/,
    );
    expect(read('parts/campaign-7-8.json')).toBe(expected);
    const missing = await cli(dir, 'verify', '--merge', parts[1]);
    expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('found 1 of 2 shards') });
    const wrong = JSON.parse(read(parts[0]));
    Object.assign(wrong.networks[0], { mismatches: 3, problem: 'channel last_0 differs' });
    writeFileSync(join(dir, 'wrong.json'), JSON.stringify(wrong));
    const failed = await cli(dir, 'verify', '--merge', 'wrong.json', parts[1]);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toBe('fastmamba: 1 networks are wrong; the first, seed 7: channel last_0 differs');
  });

  it.each<[string[], string]>([
    [[], 'verify: expected --campaign FIRST..LAST or --merge FILES'],
    [['--campaign', '9..3'], 'Expected seeds as 1..100'],
    [['--campaign', '1..2', '--shard', '1/3'], '--shard: found 3 shards, expected at most one a seed (2)'],
    [['--merge', 'x', '--campaign', '1..2'], "cannot be used with option '--campaign"],
  ])('%j is refused', async (args, message) => {
    const { exitCode, stderr } = await cli(dir, 'verify', ...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
