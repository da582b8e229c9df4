/** report on a small checkpoint, in a process of its own: with nothing measured, with a C simulation, and with a damaged result. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/util/package-path.js';
import { cli, onlyJson } from '../support/cli.js';

const model = packagePath('test', 'data', 'reference', 'statespaces-bin');
const small = ['--preset', 'small', '--quiet'];
const build = join('build', 'statespaces-bin');
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'cli-report-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const read = (path: string) => readFileSync(join(dir, path), 'utf8');

describe('report', () => {
  it('writes the page where nothing was measured, and says where', async () => {
    const run = await cli(dir, 'report', model, ...small, '--json');
    expect(run.exitCode).toBe(0);
    const path = join(build, 'report.html');
    const said = onlyJson(run);
    expect(said).toEqual({
      path,
      plan: expect.stringMatching(/^[0-9a-f]{64}$/),
      results: [],
      ofOtherPlans: [],
    });
    const page = read(path);
    expect(page).toContain(String(said.plan));
    expect(page).toContain('Co-simulation did not run.');
    expect(readdirSync(join(dir, build))).toEqual(['report.html']);
    const plan = onlyJson(await cli(dir, 'plan', model, ...small, '--json'));
    expect(plan.digest).toBe(said.plan);
  });

  it('shows what hls measured, as another plan’s where it is one', async () => {
    const hls = onlyJson(await cli(dir, 'hls', model, ...small, '--json'));
    const saved = JSON.parse(read(join(build, 'results', 'hls.json')));
    expect(saved.result).toEqual(hls);
    const { words } = hls.csim as { words: number };

    const own = await cli(dir, 'report', model, ...small, '--json', '-o', 'own/page.html');
    expect(onlyJson(own)).toMatchObject({ path: 'own/page.html', results: ['hls'], ofOtherPlans: [] });
    expect(read('own/page.html')).toContain(
      `Equal to the golden model in all ${words.toLocaleString('en-US')} words.`,
    );
    expect(read('own/page.html')).not.toContain('Belongs to another plan');

    const other = await cli(
      dir,
      'report',
      model,
      '--preset',
      'paper',
      '--quiet',
      '--json',
      '-o',
      'other.html',
    );
    expect(onlyJson(other)).toMatchObject({ results: [], ofOtherPlans: ['hls'] });
    expect(read('other.html')).toContain(`Belongs to another plan, ${saved.plan.slice(0, 12)},`);
  });

  it('shows the perplexity that eval measured', async () => {
    const text = ['--text', join(model, 'tokens.json'), '--window', '20'];
    const { golden } = onlyJson(await cli(dir, 'eval', model, ...text, '--json', '--quiet'));
    await cli(dir, 'report', model, ...small, '-o', 'eval.html');
    expect(read('eval.html')).toContain((golden as { perplexity: number }).perplexity.toFixed(4));
    expect(read('eval.html')).toContain('eval statespaces-bin --text tokens.json --tokens 16384 --window 20');
  });

  it('names file and field of a damaged result', async () => {
    const file = join(build, 'results', 'hls.json');
    writeFileSync(join(dir, file), read(file).replace(/"words":\d+/, '"words":"many"'));
    const run = await cli(dir, 'report', model, ...small);
    expect(run.exitCode).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(
      /^fastmamba: .*results\/hls\.json: result\.csim\.words: .*run fastmamba hls again$/,
    );
  });
});
