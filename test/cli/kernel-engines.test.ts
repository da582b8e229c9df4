/** Texts from the emitted kernels, driven by the host program: `run --engine rtl` and `csim` print those of the golden model, with weights of 4 bits. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/schema/run.js';
import { chooseEngine } from '../../src/tools/cosim/cosim.js';
import { packagePath } from '../../src/util/package-path.js';
import { cli, onlyJson } from '../support/cli.js';

const engine = await chooseEngine();
const folder = mkdtempSync(join(tmpdir(), 'cli-kernels-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = (name: string, ...args: string[]) =>
  cli(folder, 'run', '--engine', name, '--preset', 'small', '--weight-bits', '4', ...args);

describe('run --batch with --speculate', () => {
  const drawing = ['--batch', 'prompts.txt', '--temperature', '0.7', '--seed', '4', '--tokens', '3'];
  const drafts = ['--speculate', packagePath('models', 'tiny-mamba2'), '--drafts', '2'];
  let due: string;
  beforeAll(async () => {
    writeFileSync(join(folder, 'prompts.txt'), 'To\nA\n');
    due = (await run('golden', ...drawing, '--slots', '1')).stdout;
    expect(due.split('\n')).toHaveLength(2);
  });

  it.each([
    ['csim', false],
    ['rtl', engine !== 'verilator'],
  ])('on %s gives each prompt the text of the golden model alone', async (name, isSkipped) => {
    if (isSkipped) return;
    const { stdout, stderr, exitCode } = await run(name, ...drawing, '--slots', '2', ...drafts);
    expect(stdout).toBe(due);
    expect(exitCode).toBe(0);
    const [, accepted, drafted] = /speculation: (\d+) of (\d+) drafts accepted/.exec(stderr)!.map(Number);
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(drafted);
  });
});

describe.skipIf(engine !== 'verilator')('run --engine rtl (skipped where there is no Verilator)', () => {
  it('prints the text of the golden model, cycles, and tokens a second', async () => {
    const one = ['--prompt', 'ROMEO:', '--tokens', '3', '--json'];
    const rtl = await run('rtl', ...one);
    expect(rtl.exitCode).toBe(0);
    expect(rtl.stderr).toMatch(
      /kernel: \d+ cycles for the prompt of 6 tokens, then \d+ a token: \d+\.\d tokens a second at 250 MHz/,
    );
    const found = onlyJson(rtl) as unknown as RunResult;
    const due = onlyJson(await run('golden', ...one)) as unknown as RunResult;
    expect(found.ids).toEqual(due.ids);
    expect(found.text).toBe(due.text);
    const { clockMHz, promptTokens, promptCycles, cyclesPerToken, tokensPerSecond } = found.kernel!;
    expect({ clockMHz, promptTokens }).toEqual({ clockMHz: 250, promptTokens: 6 });
    expect(promptCycles).toBeGreaterThan(cyclesPerToken!);
    expect(tokensPerSecond).toBeCloseTo(250e6 / cyclesPerToken!, 6);
    expect(due.kernel).toBeUndefined();
  }, 1_800_000);
});
