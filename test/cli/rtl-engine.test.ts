/** A text from the RTL: `run --engine rtl` on the small model with weights of 4 bits, driven by the host program, is that of the golden model, and says its speed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/schema/run.js';
import { chooseEngine } from '../../src/tools/cosim/cosim.js';
import { cli, onlyJson } from '../support/cli.js';

const engine = await chooseEngine();
const folder = mkdtempSync(join(tmpdir(), 'cli-rtl-engine-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(engine !== 'verilator')('run --engine rtl (skipped where there is no Verilator)', () => {
  it('prints the text of the golden model, cycles, and tokens a second', async () => {
    const run = (name: string) =>
      cli(
        folder,
        'run',
        '--engine',
        name,
        '--preset',
        'small',
        '--weight-bits',
        '4',
        '--prompt',
        'ROMEO:',
        '--tokens',
        '3',
        '--json',
      );
    const rtl = await run('rtl');
    expect(rtl.exitCode).toBe(0);
    expect(rtl.stderr).toMatch(
      /kernel: \d+ cycles for the prompt of 6 tokens, then \d+ a token: \d+\.\d tokens a second at 250 MHz/,
    );
    const found = onlyJson(rtl) as unknown as RunResult;
    const due = onlyJson(await run('golden')) as unknown as RunResult;
    expect(found.ids).toEqual(due.ids);
    expect(found.text).toBe(due.text);
    const { clockMHz, promptTokens, promptCycles, cyclesPerToken, tokensPerSecond } = found.kernel!;
    expect({ clockMHz, promptTokens }).toEqual({ clockMHz: 250, promptTokens: 6 });
    expect(promptCycles).toBeGreaterThan(cyclesPerToken!);
    expect(tokensPerSecond).toBeCloseTo(250e6 / cyclesPerToken!, 6);
    expect(due.kernel).toBeUndefined();
  }, 1_800_000);
});
