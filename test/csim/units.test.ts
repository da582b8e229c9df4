/**
 * Every unit by itself as emitted C++ against the integer model: random cases of all units in one compiled program, and every int16 through
 * SiLU (five formats) and SoftPlus. SEED draws other shapes and cases.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitCpp } from '../../src/emit/cpp/project.js';
import { writeProject } from '../../src/emit/project/write-project.js';
import { VectorWriter } from '../../src/emit/testbench/vectors.js';
import { compileNetwork, makeLanes } from '../../src/kernel/interpret/interpret.js';
import { laneCount } from '../../src/kernel/type.js';
import { type CsimReport, runCsim } from '../../src/tools/csim/csim.js';
import { UnitCases, writeCalls } from '../support/unit-cases.js';
import { arrayUnits } from '../support/unit-cases-array.js';
import { memoryUnits } from '../support/unit-cases-memory.js';
import { normUnits } from '../support/unit-cases-norm.js';
import { vectorUnits } from '../support/unit-cases-vector.js';
import { weightUnits } from '../support/unit-cases-weights.js';

const seed = Number(process.env.SEED ?? 1);
const CALLS = 240;
const plans = { ...vectorUnits, ...normUnits, ...memoryUnits, ...arrayUnits, ...weightUnits };

describe('the cases of all units', () => {
  it('are what the interpreter gives', () => {
    const cases = new UnitCases(plans, seed);
    const compiled = compileNetwork(cases.network);
    const ports = Object.fromEntries(
      cases.memories.map(({ port, values }) => {
        const lanes = makeLanes(port.type, values.length / laneCount(port.type.shape));
        values.forEach((value, i) => {
          lanes[i] = value;
        });
        return [port.name, lanes];
      }),
    );
    for (let call = 0; call < 16; call++) {
      const { scalars, feeds, expects } = cases.draw(call);
      const inputs = Object.fromEntries([...feeds].map(([channel, values]) => [channel.name, values]));
      const { channels } = compiled.run({ scalars, inputs, ports }, { record: 'boundary' });
      for (const [name, words] of Object.entries(channels)) {
        const channel = cases.network.channels.find((one) => one.name === name)!;
        expect(Array.from(words, Number), `call ${call}, ${name}`).toEqual(expects.get(channel) ?? []);
      }
      for (const { port, values } of cases.memories)
        expect(Array.from(ports[port.name], Number), `call ${call}, ${port.name}`).toEqual(values);
    }
  });
});

describe('emitted units', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fastmamba-units-'));
  const project = join(folder, 'units');
  const cases = new UnitCases(plans, seed);
  let script = '';
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(async () => {
    await writeProject(
      project,
      emitCpp(cases.network, { model: 'none', planDigest: 'none', command: 'test' }),
    );
    const vectors = new VectorWriter(join(project, 'vectors'));
    writeCalls(vectors, cases, CALLS);
    script = vectors.finish();
  });

  it.each(['sequential', 'checking'] as const)('give the golden integers, %s', async (mode) => {
    const report = await runCsim(project, { script, mode, optimize: 1 });
    expect(report.failure, `seed ${seed}`).toBeNull();
    expect(report.channels.filter(({ mismatches }) => mismatches > 0)).toEqual([]);
    expect(report.memories.filter(({ wrongBytes }) => wrongBytes > 0)).toEqual([]);
    const words = wordsOf(cases, report);
    for (const [unit, count] of words) expect(count, `words of ${unit}`).toBeGreaterThan(CALLS);
    const each = [...words].map(([unit, count]) => `${unit} ${count}`).join(', ');
    console.info(
      `${mode}: ${words.size} units, ${words.size * CALLS} cases (${CALLS} each), ${report.words} words compared: ${each}`,
    );
  });
});

/** Words compared of every unit; of a writing mover, the words of its port's memory. */
function wordsOf(cases: UnitCases, report: CsimReport): Map<string, number> {
  const words = new Map(cases.places.map(({ name }) => [name, 0]));
  const count = (name: string, more: number) => {
    const unit = cases.unitOf(name);
    words.set(unit, words.get(unit)! + more);
  };
  for (const channel of report.channels) count(channel.name, channel.words);
  for (const { port, values } of cases.memories) {
    const checked = report.memories.filter(({ memory }) => memory === port.name).length;
    count(port.name, (checked * values.length) / laneCount(port.type.shape));
  }
  return words;
}
