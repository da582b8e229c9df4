/** Weights that the formats do not hold are told of, on stderr and in --json, each time the artifact is used. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/util/package-path.js';
import { cli, onlyJson } from '../support/cli.js';
import { editTensors } from '../support/edit-tensors.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'cli-warnings-'));
  cpSync(packagePath('test', 'data', 'reference', 'hf-f32'), join(dir, 'slow'), { recursive: true });
  editTensors(join(dir, 'slow', 'model.safetensors'), '.dt_bias', (value) => value + 30);
});
afterAll(() => rmSync(dir, { recursive: true }));

const line =
  /^fastmamba: layer 1, tap dt: golden is \d+ % from float, expected at most 10 %; 100 % of the values saturate$/m;

describe('a checkpoint whose time steps are larger than their format', () => {
  it('is quantized with a line on stderr for each layer, and a warning in --json', async () => {
    const run = await cli(dir, 'quantize', 'slow', '--json', '--calibration-tokens', '256');
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toMatch(line);
    expect(onlyJson(run).warnings).toContainEqual(
      expect.objectContaining({ layer: 1, tap: 'dt', limit: expect.closeTo(0.0995, 3) }),
    );
  });

  it('is told of again when the artifact is used, and not with --quiet', async () => {
    const artifact = join('build', 'slow', 'quantized');
    const again = await cli(dir, 'plan', artifact, '--quiet');
    expect(again.stderr).toBe('');
    const run = await cli(dir, 'emit', artifact, '--preset', 'small');
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toMatch(line);
    const quiet = await cli(dir, 'emit', artifact, '--preset', 'small', '--quiet');
    expect(quiet.stderr).toBe('');
  });
});
