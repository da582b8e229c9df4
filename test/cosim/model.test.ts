/**
 * The model that ships with the project, all its layers as RTL in Verilator, a prompt and then single tokens, to the logits: as the command line
 * does it, and with narrow weights and few lanes.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { chooseEngine } from '../../src/tools/cosim/cosim.js';
import { oneSequence } from '../../src/verify/expected/golden-call.js';
import { cli } from '../support/cli.js';
import { CosimProject } from '../support/cosim-project.js';
import { shippedModel } from '../support/shipped-model.js';

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

it.skipIf(engine !== 'verilator')('with weights of 2 bits, a head of 8 and a state of 16 too', async () => {
  const { model, shape, tokens } = await shippedModel({ weightBits: 2, headBits: 8, stateBits: 16 });
  const calls = [oneSequence(tokens.slice(0, 9)), oneSequence(tokens.slice(9, 10))];
  const made = await CosimProject.of(join(folder, 'narrow'), model, { dims: shape.dims, shape }, { calls });
  await made.expectEqual('calls', 200_000, { engine: 'verilator' });
});
