/** The model that ships with the project, all its layers as RTL in Verilator, a prompt and then single tokens, to the logits: by the command line. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { chooseEngine } from '../../src/tools/cosim/cosim.js';
import { cli } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-rtl-model-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const engine = await chooseEngine();
if (engine !== 'verilator') console.info('skipped: the whole model as RTL, for want of Verilator');

it.skipIf(engine !== 'verilator')(
  'the whole tiny model equals the golden one, in the planned cycles',
  async () => {
    const run = await cli(process.cwd(), 'cosim', '--layers', '6', '--json', '--output', folder);
    const { exitCode, stdout, stderr } = run;
    expect(exitCode, stderr).toBe(0);
    const { words, mismatches, cycles, plannedCycles, problems } = JSON.parse(stdout);
    expect({ mismatches, problems }).toEqual({ mismatches: 0, problems: [] });
    expect(words).toBeGreaterThan(1_000_000);
    expect(Math.abs(cycles / plannedCycles - 1)).toBeLessThan(0.02);
    const saved = JSON.parse(readFileSync(join(folder, 'results', 'cosim.json'), 'utf8'));
    expect(saved).toMatchObject({
      kernel: null,
      tool: expect.stringMatching(/^verilator \d/),
      result: { words, cycles },
    });
    expect(saved.command).toContain('--layers 6');
    console.info(`${words} words, ${cycles} cycles, ${plannedCycles} planned`);
  },
);
