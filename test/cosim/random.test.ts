/**
 * Emitted RTL against the interpreter, on random networks: all operations, shapes and widths in one design, under the scheduler's own schedule
 * and under random legal ones. SEED draws others.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { emitCpp } from '../../src/emit/cpp/project.js';
import { writeProject } from '../../src/emit/project/write-project.js';
import { emitRtl } from '../../src/emit/rtl/project.js';
import { emitCosimBench } from '../../src/emit/testbench/cosim-bench.js';
import { VectorWriter } from '../../src/emit/testbench/vectors.js';
import { interpret, type Lanes } from '../../src/kernel/interpret/interpret.js';
import { simulateCalls } from '../../src/kernel/simulate/simulate.js';
import { scheduleNetwork } from '../../src/schedule/asap.js';
import { randomSchedule } from '../../src/schedule/random-schedule.js';
import { simulatedTiming } from '../../src/schedule/schedule.js';
import { type TimingTarget, vc709Timing } from '../../src/schedule/target.js';
import { chooseEngine, runCosim } from '../../src/tools/cosim/cosim.js';
import { randomCase } from '../../src/verify/campaign/random-network.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-rtl-random-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const seed = Number(process.env.SEED ?? 1);
const engine = await chooseEngine();
const random = randomCase(seed, 6, 40, 64);
const few = randomCase(seed, 2, 30, 64);
/** So little that values that lanes share go through rows of registers, and memories, registers and FIFOs are in slices. */
const littleLoad: TimingTarget = { ...vc709Timing, mostLoads: 24, sliceBits: 17 };
const schedules = {
  'the schedule of the scheduler': { ...random, schedule: scheduleNetwork(random.network, vc709Timing) },
  'a random schedule': { ...random, schedule: randomSchedule(random.network, vc709Timing, seed) },
  'the schedule where registers drive little': { ...few, schedule: scheduleNetwork(few.network, littleLoad) },
};

it.each(Object.entries(schedules))(
  `random networks give the interpreter's words in ${engine} under %s`,
  async (_, { network, calls, schedule }) => {
    const project = join(folder, 'project');
    await writeProject(
      project,
      new Map([
        ...emitCpp(network, { model: 'none', planDigest: 'none', command: 'test' }),
        ...emitRtl(network, schedule),
        ...emitCosimBench(network, { schedule }),
      ]),
    );
    const vectors = new VectorWriter(join(project, 'vectors'));
    const busy = new Map<string, number>();
    // The first call by itself, the others one after the other as they overlap.
    for (const group of [calls.slice(0, 1), calls.slice(1)]) {
      const said = group.map((call) => interpret(network, call).channels);
      const words = (of: readonly Readonly<Record<string, Lanes>>[], name: string) =>
        of.flatMap((one) => [...(one[name] ?? [])] as (number | bigint)[]);
      for (const channel of network.channels) {
        const { name } = channel;
        const isFed = group[0].inputs![name] !== undefined;
        if (isFed) vectors.feed(channel, words(group.map(({ inputs }) => inputs!) as never, name));
        else if (said[0][name]) vectors.expect(channel, words(said, name));
      }
      const scalars = group.map((call) => call.scalars!);
      vectors.call(...scalars);
      for (const { process, busyCycles } of simulateCalls(network, scalars, simulatedTiming(schedule))
        .processes)
        busy.set(process, (busy.get(process) ?? 0) + busyCycles);
    }
    const report = await runCosim(project, { script: vectors.finish(), engine, optimize: 1 });
    expect(report.failure, `seed ${seed}`).toBeNull();
    const wrong = report.channels.filter((channel) => channel.mismatches > 0);
    expect(wrong, `seed ${seed}`).toEqual([]);
    expect(report.words).toBeGreaterThan(100);
    expect(new Map(report.processes.map((p) => [p.name, p.busy])), `seed ${seed}`).toEqual(busy);
  },
);
