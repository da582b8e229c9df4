/** Times worked out by hand from the timing of the VC709's modules; and cycles that may be left out change nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChannelClient, type ChannelRequest, Ddr3Channel } from './ddr3-channel.js';
import { vc709Memory } from './memory-timing.js';

const timing = vc709Memory();
const { banks } = timing;
const perRow = timing.rowBytes / timing.accessBytes;
/** A burst of eight in the first words of a row of a bank. */
const at = (bank: number, row: number, column = 0) => (row * banks + bank) * perRow + column;
const read = (firstAccess: number, accesses = 1) => ({ isRead: true, firstAccess, accesses });
const write = (firstAccess: number, accesses = 1) => ({ isRead: false, firstAccess, accesses });

interface Come extends ChannelRequest {
  readonly from?: number;
}

/** Runs requests in turn, each from its cycle on; when each burst moved, and when the requests' bursts were done. */
function run(requests: readonly Come[], { from = 0, every = false, limits = timing } = {}) {
  const waiting = [...requests];
  const done: number[] = [];
  const moved: number[] = [];
  let now = from;
  const client: ChannelClient<Come> = {
    next: () => (waiting.length > 0 && (waiting[0].from ?? 0) <= now ? waiting.shift()! : null),
    done: () => done.push(now),
  };
  const channel = new Ddr3Channel<Come>(limits, client, (cycle) => moved.push(cycle));
  const bursts = requests.reduce((sum, { accesses }) => sum + accesses, 0);
  for (; done.length < bursts; now++) {
    expect(now).toBeLessThan(1e6);
    const comes = channel.wants && waiting.length > 0 && (waiting[0].from ?? 0) <= now;
    if (every || comes || now >= channel.wakeAt) channel.step(now);
  }
  return { moved, done };
}

describe('a DDR3 channel of the VC709', () => {
  it('has the timings of the data sheet in cycles of four clocks', () => {
    // 13 clocks of 1.0718 ns; 32; 45; 5; 26.
    expect(timing).toMatchObject({ tRCD: 4, tRP: 4, tRAS: 8, tRC: 12, tRRD: 2, tFAW: 7, tCCD: 1 });
    // 7 clocks; CL + 4 + 2 - CWL = 10; 9 + 4 + 7 = 20; 9 + 4 + 14 = 27; 13 + 4 = 17; 243; 7,277.
    expect(timing).toMatchObject({ tRTP: 2, tRTW: 3, writeToRead: 5, writeToPrecharge: 7, readData: 5 });
    expect(timing).toMatchObject({ tRFC: 61, tREFI: 1819 });
    // 250 MHz to 233.25 MHz.
    expect(timing.memoryTicks / timing.kernelTicks).toBeCloseTo(250 / 233.25, 12);
  });

  it('opens a row and reads: activate in 0, read after tRCD, data after CL', () => {
    expect(run([read(at(0, 0))])).toEqual({ moved: [4], done: [9] });
  });

  it('reads what hits the open row in the next cycle', () => {
    expect(run([read(at(0, 0), 3)])).toEqual({ moved: [4, 5, 6], done: [9, 10, 11] });
  });

  it('opens another bank tRRD later', () => {
    expect(run([read(at(0, 0)), read(at(1, 0))])).toEqual({ moved: [4, 6], done: [9, 11] });
  });

  it('keeps a conflict waiting: precharge after tRAS, activate after tRP, no sooner than tRC', () => {
    // Precharge in 8, activate in 12, read in 16.
    expect(run([read(at(0, 0)), read(at(0, 1))])).toEqual({ moved: [4, 16], done: [9, 21] });
  });

  it('closes a row that was written after tWR', () => {
    // Written in 4, precharge in 11, activate in 15.
    expect(run([write(at(0, 0)), read(at(0, 1))])).toEqual({ moved: [4, 19], done: [4, 24] });
  });

  it('turns from write to read and from read to write', () => {
    expect(run([write(at(0, 0)), read(at(0, 0, 1))])).toEqual({ moved: [4, 9], done: [4, 14] });
    expect(run([read(at(0, 0)), write(at(0, 0, 1))])).toEqual({ moved: [4, 7], done: [7, 9] });
  });

  it('lets reads overtake each other, but gives their data in order; writes do not', () => {
    const reads = [read(at(0, 0)), read(at(0, 1)), read(at(1, 0))];
    expect(run(reads)).toEqual({ moved: [4, 6, 16], done: [9, 21, 21] });
    const writes = [write(at(0, 0)), write(at(0, 1)), write(at(1, 0))];
    expect(run(writes).moved).toEqual([4, 19, 20]);
  });

  it('keeps the order of a bank: a read does not overtake a write to it', () => {
    // Written in 7, when the bus has turned; the second read waits for the bus to turn back.
    const three = [read(at(0, 0)), write(at(0, 0, 1)), read(at(0, 0, 2))];
    expect(run(three)).toEqual({ moved: [4, 7, 12], done: [7, 9, 17] });
  });

  it('lets eight overtake at most', () => {
    // The row of the second one opens in 12; hits of another bank go on until they are eight.
    const { moved } = run([read(at(0, 0)), read(at(0, 1)), read(at(1, 0), 20)]);
    expect(moved.slice(0, 10)).toEqual([4, 6, 7, 8, 9, 10, 11, 12, 13, 16]);
  });

  it('activates four banks in tFAW', () => {
    const limits = { ...timing, tFAW: 20 };
    const five = [0, 1, 2, 3, 4].map((bank) => read(at(bank, 0)));
    // In 0, 2, 4, 6 and 20.
    expect(run(five, { limits }).moved).toEqual([4, 6, 8, 10, 24]);
    expect(run(five).moved).toEqual([4, 6, 8, 10, 12]);
  });

  it('refreshes first: closes, waits tRFC, and opens the row again', () => {
    const due = Math.floor(timing.tREFI / 2);
    // Activate 4 before: the read is due with the refresh. Precharge after tRAS, refresh after tRP, then tRFC and tRCD.
    const row = read(at(0, 0));
    const activated = due - 4;
    const again = activated + 8 + 4 + 61 + 4;
    expect(run([row], { from: activated })).toEqual({ moved: [again], done: [again + 5] });
    expect(run([row], { from: activated - 1 })).toEqual({ moved: [due - 1], done: [due + 4] });
    // In a stream of hits: a pause as long, once every tREFI.
    const { moved } = run(Array.from({ length: 40 }, (_, i) => read(at(i % banks, i), perRow)));
    const pauses = moved.flatMap((cycle, i) => (i > 0 && cycle - moved[i - 1] > 60 ? [cycle] : []));
    expect(pauses.length).toBe(3);
    for (let i = 1; i < pauses.length; i++)
      expect(Math.abs(pauses[i] - pauses[i - 1] - timing.tREFI)).toBeLessThan(10);
  });

  it('does the same where cycles before the next event are left out', () => {
    const request = fc.record({
      isRead: fc.boolean(),
      firstAccess: fc.oneof(fc.nat(4 * perRow), fc.nat(2 ** 20)),
      accesses: fc.integer({ min: 1, max: 20 }),
      pause: fc.oneof(fc.constant(0), fc.nat(30), fc.nat(3000)),
    });
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 60 }), (drawn) => {
        let from = 0;
        const requests = drawn.map(({ pause, ...one }) => ({ ...one, from: (from += pause) }));
        expect(run(requests)).toEqual(run(requests, { every: true }));
      }),
    );
  });
});
