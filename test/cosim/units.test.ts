/**
 * Every unit by itself as emitted RTL against the integer model, in every engine that is here: random cases of all units in one design, their
 * words and their cycles. Cycles must be those of the timed simulation, process by process. SEED draws other shapes and cases.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitCpp } from '../../src/emit/cpp/project.js';
import { writeProject } from '../../src/emit/project/write-project.js';
import { emitRtl } from '../../src/emit/rtl/project.js';
import { emitCosimBench } from '../../src/emit/testbench/cosim-bench.js';
import { VectorWriter } from '../../src/emit/testbench/vectors.js';
import { simulate } from '../../src/kernel/simulate/simulate.js';
import { scheduleNetwork } from '../../src/schedule/asap.js';
import { simulatedTiming } from '../../src/schedule/schedule.js';
import { vc709Timing } from '../../src/schedule/target.js';
import { type CosimReport, chooseEngine, runCosim } from '../../src/tools/cosim/cosim.js';
import { type UnitCase, UnitCases, writeCalls } from '../support/unit-cases.js';
import { arrayUnits } from '../support/unit-cases-array.js';
import { memoryUnits } from '../support/unit-cases-memory.js';
import { normUnits } from '../support/unit-cases-norm.js';
import { vectorUnits } from '../support/unit-cases-vector.js';
import { weightUnits } from '../support/unit-cases-weights.js';

const seed = Number(process.env.SEED ?? 1);
/** A cycle takes CXXRTL some thirty times as long. */
const CALLS = { verilator: 60, cxxrtl: 10 } as const;
const plans = { ...vectorUnits, ...normUnits, ...memoryUnits, ...arrayUnits, ...weightUnits };
const best = await chooseEngine();
if (best !== 'verilator') console.info('skipped: units in Verilator, which is not installed');

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-rtl-units-'));
const project = join(folder, 'units');
const cases = new UnitCases(plans, seed);
const schedule = scheduleNetwork(cases.network, vc709Timing);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const files = new Map([
    ...emitCpp(cases.network, { model: 'none', planDigest: 'none', command: 'test' }),
    ...emitRtl(cases.network, schedule),
    ...emitCosimBench(cases.network, { schedule }),
  ]);
  await writeProject(project, files);
});

function expectEqual(report: CosimReport, calls: number): void {
  expect(report.failure, `seed ${seed}`).toBeNull();
  expect(report.channels.filter(({ mismatches }) => mismatches > 0)).toEqual([]);
  expect(report.memories.filter(({ wrongBytes }) => wrongBytes > 0)).toEqual([]);
  expect(report.words).toBeGreaterThan(calls * cases.places.length);
}

/** Cycles of every process in all calls, as planned. */
function planned(drawn: readonly UnitCase[]): Map<string, number> {
  const busy = new Map<string, number>();
  for (const { scalars } of drawn)
    for (const { process, busyCycles } of simulate(cases.network, scalars, simulatedTiming(schedule))
      .processes)
      busy.set(process, (busy.get(process) ?? 0) + busyCycles);
  return busy;
}

const engines = best === 'verilator' ? (['verilator', 'cxxrtl'] as const) : (['cxxrtl'] as const);
describe.each(engines)('the RTL of every unit in %s', (engine) => {
  it('gives the golden integers in exactly the planned cycles', async () => {
    const calls = CALLS[engine];
    const vectors = new VectorWriter(join(project, `vectors-${engine}`));
    const drawn = writeCalls(vectors, cases, calls);
    const script = vectors.finish();
    const report = await runCosim(project, { script, engine, memory: 'ideal', optimize: 1 });
    expectEqual(report, calls);
    const measured = new Map(report.processes.map(({ name, busy }) => [name, busy]));
    expect(measured).toEqual(planned(drawn));
    console.info(
      `${engine}: ${cases.places.length} units, ${calls} calls, ${report.words} words, ${report.cycles} cycles`,
    );
  });
});
