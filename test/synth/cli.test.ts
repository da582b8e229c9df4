/** `fastmamba synth` as a user meets it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cli, onlyJson } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-synth-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('prints exactly one JSON object, the figures of the one unit asked for', async () => {
  const args = ['synth', '--preset', 'small', '--kernel', 'scale_x', '--tool', 'yowasp', '--json', '--quiet'];
  const run = await cli(folder, ...args, { XDG_CACHE_HOME: join(folder, 'cache') });
  expect(run.exitCode).toBe(0);
  const result = onlyJson(run);
  expect(Object.keys(result).slice(0, 4)).toEqual(['tool', 'units', 'total', 'device']);
  const [unit, ...others] = result.units as Record<string, unknown>[];
  expect(others).toEqual([]);
  expect(Object.keys(unit).slice(0, 8)).toEqual([
    'name',
    'count',
    'lut',
    'ff',
    'dsp',
    'bram36',
    'lutram',
    'levels',
  ]);
  expect(unit).toMatchObject({ name: 'scale_x', count: 1, bram36: 0, planned: { dsp: unit.dsp } });
  expect(result).toMatchObject({
    tool: 'yowasp',
    total: { dsp: unit.dsp },
    device: { dsp: 3600, bram36: 1470 },
  });
  const saved = readFileSync(join(folder, 'build', 'tiny-mamba2', 'results', 'synth.json'), 'utf8');
  expect(JSON.parse(saved)).toMatchObject({
    kernel: 'scale_x',
    plan: expect.stringMatching(/^[0-9a-f]{64}$/),
    result,
  });
});

it('refuses a unit that is not there and a tool that is not here, each in one line', async () => {
  const unknown = await cli(folder, 'synth', '--preset', 'small', '--kernel', 'nobody', '--quiet');
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toMatch(/--kernel nobody: no such unit; expected one of .*mat_in/);
  const path = { PATH: join(folder, 'nowhere') };
  const missing = await cli(folder, 'synth', '--preset', 'small', '--tool', 'vivado', '--quiet', path);
  expect(missing).toMatchObject({ exitCode: 3, stdout: '' });
  expect(missing.stderr).toMatch(/synth did not run: vivado: not found; .* or use --tool yowasp/);
});
