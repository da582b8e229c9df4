/** A network with memory and boundary channels as a project of its own: right words are found equal, and each wrong one is found. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeLanes } from '../../src/kernel/interpret/interpret.js';
import { simulateUnitCpp, simulateUnitRtl } from '../../src/library/unit.js';
import { loadDevice } from '../../src/plan/board/device.js';
import { emitUnit, type UnitCall, type UnitProject } from '../../src/verify/unit-project.js';
import { from, input, network, offsets, results, to, twice } from './hand.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-unit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let unit: UnitProject;
beforeAll(async () => {
  unit = await emitUnit(network, join(folder, 'unit'), await loadDevice('vc709'));
});

/** So many words from the memory of one port to that of the other; `twice` is what must cross that channel. */
function callOf(words: number, expectedTwice = results.slice(0, 4 * words)): UnitCall {
  const source = makeLanes(from.type, 255);
  source.set(input as never);
  return {
    scalars: { words },
    inputs: { offset: offsets.slice(0, 4 * words) },
    ports: { [from.name]: source, [to.name]: makeLanes(to.type, 255) },
    expected: { [twice.name]: expectedTwice },
  };
}

const engines = {
  'C++': (calls: readonly UnitCall[]) => simulateUnitCpp(unit, calls),
  RTL: (calls: readonly UnitCall[]) => simulateUnitRtl(unit, calls, { optimize: 1 }),
};

describe.each(Object.entries(engines))('as %s', (_name, run) => {
  it('gives the words of the interpreter and those asked for', async () => {
    const { mismatches, problems, words } = await run([callOf(17), callOf(0), callOf(255)]);
    expect(problems).toEqual([]);
    expect(mismatches).toBe(0);
    expect(words).toBeGreaterThan(2 * (17 + 255));
  });

  it('is found to differ where another word is expected', async () => {
    const wrong = results.slice(0, 4 * 17);
    wrong[4 * 9 + 2] += 1;
    const { mismatches, problems } = await run([callOf(17, wrong)]);
    expect(mismatches).toBe(1);
    expect(problems[0]).toContain(`${twice.name} of `);
    expect(problems[0]).toContain('word 9, lane 2');
  });
});

it('takes the cycles that were planned', async () => {
  const { cycles, plannedCycles } = await simulateUnitRtl(unit, [callOf(255)], { optimize: 1 });
  expect(Math.abs(cycles / plannedCycles - 1)).toBeLessThan(0.05);
});

it('is refused where it breaks a rule of the language', async () => {
  const shallow = { ...network, channels: network.channels.map((one) => ({ ...one, depth: 0 })) };
  await expect(emitUnit(shallow, join(folder, 'refused'), unit.device)).rejects.toThrow(/expected/);
});
