/** The memory of plan and testbench, written twice, is one: any stream of bursts is served in the same cycles by both. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDevice } from '../../src/plan/board/device.js';
import { type MemoryTiming, memoryTiming } from '../../src/plan/board/memory-timing.js';
import { PAGE_BYTES, PagedMemory } from '../../src/plan/board/paged-memory.js';
import { packagePath } from '../../src/util/package-path.js';

let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fastmamba-memory-'));
  program = join(folder, 'memory');
  const flags = ['-std=c++14', '-O1', '-Wall', '-Wextra', '-Werror', '-fsanitize=address,undefined'];
  const include = `-I${packagePath('testbench', 'cosim')}`;
  await execa('g++', [...flags, include, join(import.meta.dirname, 'memory_driver.cpp'), '-o', program]);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Stream {
  readonly timing: MemoryTiming;
  readonly slow: number;
  readonly ports: readonly { readonly beatBytes: number; readonly isRead: boolean }[];
  readonly bursts: readonly Asked[];
  readonly last: number;
}
interface Asked {
  readonly cycle: number;
  readonly port: number;
  readonly address: number;
  readonly beats: number;
  readonly ready: number;
}

function servedByPlan({ timing, slow, ports, bursts, last }: Stream): string[] {
  const memory = new PagedMemory(timing, { slow });
  const clients = ports.map(({ beatBytes, isRead }) => memory.add(beatBytes, isRead));
  const lines: string[] = [];
  let next = 0;
  for (let now = 0; now <= last; now++) {
    memory.advance(now);
    clients.forEach((client, i) => {
      if (client.served > 0) lines.push(`${now} ${i} ${client.served}`);
      client.served = 0;
    });
    for (; bursts[next]?.cycle === now; next++) {
      const { port, address, beats, ready } = bursts[next];
      memory.ask(clients[port], address, beats, ready);
    }
  }
  for (const { bursts: left } of clients) if (left.length > 0) lines.push('waiting');
  return lines;
}

function servedByTestbench({ timing, slow, ports, bursts, last }: Stream): string[] {
  const input = [
    ...Object.values(timing),
    slow,
    ports.length,
    ...ports.flatMap(({ beatBytes, isRead }) => [beatBytes, isRead ? 1 : 0]),
    bursts.length,
    ...bursts.flatMap(({ cycle, port, address, beats, ready }) => [cycle, port, address, beats, ready]),
    last,
  ].join(' ');
  const { stdout } = execaSync(program, { input });
  return stdout === '' ? [] : stdout.split('\n');
}

const power = (from: number, to: number) => fc.integer({ min: from, max: to }).map((bits) => 2 ** bits);
const cycles = (max: number) => fc.integer({ min: 1, max });

const timings: fc.Arbitrary<MemoryTiming> = fc.record({
  channels: fc.integer({ min: 1, max: 4 }),
  accessBytes: power(4, 7),
  rowBytes: power(10, 13),
  banks: power(1, 4),
  latencyCycles: cycles(100),
  kernelTicks: cycles(1000),
  memoryTicks: cycles(1000),
  tRCD: cycles(6),
  tRP: cycles(6),
  tRAS: cycles(10),
  tRC: cycles(16),
  tRRD: cycles(3),
  tFAW: cycles(12),
  tCCD: cycles(2),
  tRTP: cycles(3),
  tRTW: cycles(4),
  writeToRead: cycles(8),
  writeToPrecharge: cycles(9),
  readData: cycles(8),
  tRFC: cycles(80),
  tREFI: fc.integer({ min: 200, max: 2000 }),
});

/** Bursts of a port go on where the one before ended, begin in a near page, or anywhere. */
const streams: fc.Arbitrary<Stream> = fc
  .record({
    timing: timings,
    slow: fc.integer({ min: 1, max: 3 }),
    ports: fc.array(fc.record({ beatBytes: power(0, 7), isRead: fc.boolean() }), {
      minLength: 1,
      maxLength: 5,
    }),
    drawn: fc.array(
      fc.record({
        port: fc.nat(4),
        pause: fc.oneof(fc.constant(0), fc.nat(10), fc.nat(500)),
        place: fc.oneof(fc.constant('on' as const), fc.nat(63), fc.nat(2 ** 24)),
        within: fc.nat(PAGE_BYTES - 1),
        beats: fc.integer({ min: 1, max: 256 }),
        wait: fc.nat(80),
      }),
      { minLength: 1, maxLength: 120 },
    ),
  })
  .map(({ timing, slow, ports, drawn }) => {
    const ends = ports.map((_, i) => i * 12 * PAGE_BYTES);
    let cycle = 0;
    let moved = 0;
    const bursts = drawn.map(({ port: any, pause, place, within, beats: most, wait }): Asked => {
      const port = any % ports.length;
      const { beatBytes } = ports[port];
      const from = place === 'on' ? ends[port] : place * PAGE_BYTES + within;
      const address = Math.floor(from / beatBytes) * beatBytes;
      const beats = Math.min(most, (PAGE_BYTES - (address % PAGE_BYTES)) / beatBytes);
      cycle += pause;
      ends[port] = address + beats * beatBytes;
      moved += Math.ceil((beats * beatBytes) / timing.accessBytes) + 1;
      return { cycle, port, address, beats, ready: cycle + wait };
    });
    // Every burst of eight alone, each with a row of its own, and refreshes in between.
    const most = moved * 80 + 400;
    const last = cycle + 100 + Math.ceil((most * timing.memoryTicks * slow) / timing.kernelTicks);
    return { timing, slow, ports, bursts, last: Math.min(last, cycle + 50_000) };
  });

describe('the memory of the plan and of the testbench', () => {
  it('serves any stream in the same cycles', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        expect(servedByTestbench(stream)).toEqual(servedByPlan(stream));
      }),
      { numRuns: 300 },
    );
  }, 300_000);

  it.each(['vc709', 'vc709-1600', 'kc705', 'vcu118'])(
    'does so with the timing of %s',
    async (name) => {
      const timing = memoryTiming(await loadDevice(name));
      fc.assert(
        fc.property(streams, (stream) => {
          const { bursts } = stream;
          const own = { ...stream, timing, slow: 1, last: bursts[bursts.length - 1].cycle + 20_000 };
          expect(servedByTestbench(own)).toEqual(servedByPlan(own));
        }),
        { numRuns: 40 },
      );
    },
    300_000,
  );
});
