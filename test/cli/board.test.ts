/** `board`: one line and exit code 3 without Vivado; with a program that passes for it, its steps, reports and verdict. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/util/package-path.js';
import { cli, onlyJson } from '../support/cli.js';
import { pretendVivado } from '../support/pretend-vivado.js';

const model = packagePath('test', 'data', 'reference', 'statespaces-bin');
const small = [model, '--preset', 'small', '--quiet'];
let dir: string;
let env: { PATH: string };
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'cli-board-'));
  env = { PATH: pretendVivado(dir) };
});
afterAll(() => rmSync(dir, { recursive: true }));
const project = (...path: string[]) => join(dir, 'build', 'statespaces-bin', 'board', ...path);

describe('board', () => {
  it('did not run where Vivado is not here, and says so in a line', async () => {
    const { exitCode, stderr, stdout } = await cli(dir, 'board', ...small);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(/^fastmamba: board did not run: vivado: not found; .*$/);
    expect(existsSync(project())).toBe(false);
  });

  it('loads nothing that was not built', async () => {
    const { exitCode, stderr } = await cli(dir, 'board', ...small, '--step', 'program', env);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr:
        'fastmamba: board: no build/statespaces-bin/board/build/board/board.bit; fastmamba board builds it',
    });
  });

  it('makes the project', async () => {
    const { exitCode, stdout } = await cli(dir, 'board', ...small, '--step', 'project', env);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('board: project made');
    expect(existsSync(project('vitis', 'board', 'ddr3_1.prj'))).toBe(true);
    expect(existsSync(project('rtl', 'fastmamba_layer_ip.v'))).toBe(true);
  });

  it('builds, reads the reports, and fails where timing is missed', async () => {
    const run = await cli(dir, 'board', ...small, '--json', env);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('board: 412 endpoints miss their time, worst slack -0.214 ns');
    expect(onlyJson(run)).toMatchObject({
      ...{ step: 'build', version: '2023.2' },
      built: { area: { lut: 310_245 }, timing: { isMet: false }, power: { totalWatts: 24.518 } },
    });
    const text = await cli(dir, 'board', ...small, env);
    expect(text.stdout).toMatch(/LUT .*310,245.*71\.6 %.*433,200.*231,004/);
    expect(text.stdout).toContain('Timing missed by 412 endpoints: worst slack -0.214 ns (setup)');
    const { command, plan } = JSON.parse(readFileSync(join(project('..'), 'results', 'board.json'), 'utf8'));
    expect(command).toMatch(/^fastmamba board statespaces-bin .*--preset small/);
    expect(plan).toMatch(/^[0-9a-f]{64}$/);
    const loaded = await cli(dir, 'board', ...small, '--step', 'program', env);
    expect(loaded).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('bitstream loaded') });
  });

  it('refuses a device of whose board nothing is known', async () => {
    const { exitCode, stderr } = await cli(dir, 'board', ...small, '--device', 'kc705', env);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('board: nothing is known of the pins of kc705');
    const own = JSON.parse(readFileSync(packagePath('devices', 'vc709.json'), 'utf8'));
    writeFileSync(
      join(dir, 'own.json'),
      JSON.stringify({ ...own, memory: { ...own.memory, megaTransfersPerSecond: 1333 } }),
    );
    const slow = await cli(dir, 'board', ...small, '--device', './own.json', env);
    expect(slow.exitCode).toBe(2);
    expect(slow.stderr).toContain('board: no clock for 1333 million transfers a second');
  });
});
