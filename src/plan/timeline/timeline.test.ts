import { beforeAll, describe, expect, test } from 'vitest';
import { exampleAccelerator } from '../../../test/support/report-page.js';
import { type SimulationReport, simulate } from '../../kernel/simulate/simulate.js';
import { simulatedTiming } from '../../schedule/schedule.js';
import { channelBytesPerCycle } from '../board/device.js';
import { portAddresses } from '../board/layout.js';
import { boardMemory } from '../board/memory.js';
import type { PlannedAccelerator } from '../plan.js';
import { callScalars, type TimedCall } from '../time/timing.js';
import { recordCall, type Timeline, type WaitKind } from './timeline.js';

let made: PlannedAccelerator;
beforeAll(async () => {
  made = await exampleAccelerator();
});

/** The same call without a recorder. */
function simulated(call: TimedCall): SimulationReport {
  const { layer, schedule, shape, device } = made;
  const addresses = portAddresses(shape, layer.network.ports, device);
  const memory = boardMemory(layer.network, device, { addresses });
  return simulate(layer.network, callScalars(layer, shape, call), {
    ...simulatedTiming(schedule),
    memory,
  });
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const waited = (timeline: Timeline, kind: WaitKind, on: string) =>
  sum(
    timeline.processes
      .flatMap(({ waits }) => waits)
      .map((w) => (w.kind === kind && w.on === on ? w.cycles : 0)),
  );

describe.each(['decode', 'prefill'] as const)('the timeline of %s', (name) => {
  let call: TimedCall;
  let timeline: Timeline;
  let report: SimulationReport;
  beforeAll(() => {
    call = name === 'decode' ? made.calls.decode : made.calls.prefill[1];
    timeline = recordCall(made, call);
    report = simulated(call);
  });

  test('is of the very call that the plan was timed with', () => {
    expect(timeline.cycles).toBe(call.cycles);
    expect(timeline.call.tokens).toBe(call.tokens);
    const busy = timeline.processes.map(({ process, busyCycles }) => [process, busyCycles / timeline.cycles]);
    expect(Object.fromEntries(busy)).toEqual(call.busy);
  });

  test('adds up to what the simulation counts, process by process and FIFO by FIFO', () => {
    report.processes.forEach((process, i) => {
      const { busy, waits, ...row } = timeline.processes[i];
      const of = (kind: WaitKind) => sum(waits.filter((w) => w.kind === kind).map((w) => sum(w.bins)));
      expect(row.process).toBe(process.process);
      expect(sum(busy), row.process).toBe(process.busyCycles);
      expect([of('word'), of('room'), of('memory')], row.process).toEqual([
        process.starvedCycles,
        process.blockedCycles,
        process.memoryCycles,
      ]);
    });
    for (const { channel, emptyCycles, fullCycles } of report.channels)
      expect([waited(timeline, 'word', channel), waited(timeline, 'room', channel)], channel).toEqual([
        emptyCycles,
        fullCycles,
      ]);
  });

  test('has no cycle twice: up to its end a process works or waits', () => {
    const { binCycles, processes } = timeline;
    processes.forEach(({ process, busy, waits }, i) => {
      const { endCycle } = report.processes[i];
      busy.forEach((cycles, bin) => {
        const alive = Math.min(binCycles, Math.max(0, endCycle - bin * binCycles));
        expect(cycles, process).toBeGreaterThanOrEqual(0);
        expect(cycles + sum(waits.map(({ bins }) => bins[bin])), process).toBe(alive);
      });
    });
  });

  test('the memory is busy as long as the words that the call moves take', () => {
    const { memory, cycles } = timeline;
    expect(memory).toHaveLength(made.device.memory.channels);
    const share = sum(memory.map(({ busyCycles }) => busyCycles)) / memory.length / cycles;
    const { device } = made;
    expect(share).toBeCloseTo(call.bytes / (cycles * channelBytesPerCycle(device) * memory.length), 9);
  });
});
