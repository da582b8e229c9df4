/**
 * Every vector, norm, transform, rescale and mover unit at the lanes of the board and the sizes of Mamba2-2.7B holds one iteration a cycle at
 * 250 MHz: the scheduler finds a schedule (it refuses a loop that does not close) and the verifier, which shares no code with it, agrees.
 */
import { expect, test } from 'vitest';
import { NetworkBuilder } from '../src/kernel/build/network-builder.js';
import type { ElementType } from '../src/kernel/type.js';
import { sint, typeOf, uint } from '../src/kernel/type.js';
import { scheduleNetwork } from '../src/schedule/asap.js';
import { vc709Timing } from '../src/schedule/target.js';
import { verifySchedule } from '../src/schedule/verify.js';
import { addResidual } from '../src/units/compute/add-residual.js';
import { hat } from '../src/units/compute/hat.js';
import { normRoot, normScale, normSquare } from '../src/units/compute/norm.js';
import { quantize } from '../src/units/compute/quantize.js';
import { rescale } from '../src/units/compute/rescale.js';
import { silu } from '../src/units/compute/silu.js';
import { gearbox, rowGearbox } from '../src/units/movement/gearbox.js';
import { readPort, writePort } from '../src/units/movement/mover.js';
import { packState, unpackState } from '../src/units/movement/state-pack.js';

/** A network with names as needed. */
class Sheet {
  readonly net = new NetworkBuilder('sheet', 'One unit.');
  private count = 0;
  readonly words = this.scalar(0, 2 ** 20);

  channel(element: ElementType, ...shape: number[]) {
    return this.net.channel(`channel_${this.count++}`, typeOf(element, ...shape), 'a channel');
  }
  scalar(lo: number, hi: number) {
    return this.net.scalar(`scalar_${this.count++}`, lo, hi, 'a scalar');
  }
  port(direction: 'read' | 'write') {
    return this.net.port(`port_${this.count++}`, direction, typeOf(uint(8), 64), 'a port');
  }
}

const units: Record<string, (sheet: Sheet) => void> = {
  'gearbox, narrowing': (s) =>
    gearbox(s.net, 'unit', {
      input: s.channel(sint(32), 16),
      output: s.channel(sint(32), 4),
      wideWords: s.words,
    }),
  'gearbox, widening': (s) =>
    gearbox(s.net, 'unit', {
      input: s.channel(sint(8), 4),
      output: s.channel(sint(8), 32),
      wideWords: s.words,
    }),
  'gearbox of rows': (s) =>
    rowGearbox(s.net, 'unit', {
      input: s.channel(sint(16), 8),
      output: s.channel(sint(16)),
      rows: s.words,
      rowLanes: 80,
    }),
  'state packing': (s) => {
    packState(s.net, 'pack', {
      input: s.channel(sint(24), 8, 8),
      output: s.channel(uint(8), 64),
      words: s.words,
    });
    unpackState(s.net, 'unpack', {
      input: s.channel(uint(8), 64),
      output: s.channel(sint(24), 8, 8),
      words: s.words,
    });
  },
  movers: (s) => {
    const base = s.scalar(0, 2 ** 28);
    const outputs = [
      { channel: s.channel(uint(16), 32), words: s.scalar(0, 2 ** 16) },
      { channel: s.channel(uint(16), 32), words: s.scalar(0, 2 ** 16) },
    ];
    const common = { base, repeats: s.words, stride: s.scalar(0, 2 ** 20) };
    readPort(s.net, 'read', { port: s.port('read'), ...common, outputs });
    writePort(s.net, 'write', {
      port: s.port('write'),
      ...common,
      input: s.channel(sint(32), 16),
      words: s.words,
    });
  },
  norm: (s) => {
    const kept = s.channel(sint(18), 4);
    const sums = s.channel(uint(50));
    const q = s.channel(uint(18));
    const k = s.channel(uint(5));
    const size = { rows: s.words, words: 640 };
    normSquare(s.net, 'square', {
      input: s.channel(sint(32), 4),
      values: kept,
      sums,
      ...size,
      inShift: s.scalar(0, 31),
    });
    normRoot(s.net, 'root', {
      sums,
      q,
      k,
      rows: s.words,
      epsLow: s.scalar(0, 2 ** 32 - 1),
      epsHigh: s.scalar(0, 2 ** 18 - 1),
    });
    normScale(s.net, 'scale', {
      values: kept,
      q,
      k,
      output: s.channel(sint(16), 4),
      ...size,
      outFracBits: s.scalar(0, 17),
    });
  },
  'gated norm, one lane': (s) =>
    normSquare(s.net, 'square', {
      input: s.channel(sint(16), 1),
      values: s.channel(sint(16), 1),
      sums: s.channel(uint(50)),
      rows: s.words,
      words: 5120,
    }),
  ...Object.fromEntries(
    [1, 4, 16].map((lanes) => [
      `hat of ${lanes} lanes`,
      (s: Sheet) =>
        hat(s.net, 'unit', {
          input: s.channel(sint(16), lanes),
          output: s.channel(sint(24), lanes),
          block: 256,
          words: s.words,
        }),
    ]),
  ),
  quantize: (s) =>
    quantize(s.net, 'unit', {
      input: s.channel(sint(24), 4),
      output: s.channel(sint(8), 4),
      words: s.words,
      multiplier: s.scalar(0, 65535),
      shift: s.scalar(1, 40),
    }),
  ...Object.fromEntries(
    [1, 2, 4, 5, 8].map((rowWords) => [
      `rescale of ${rowWords} words a tile`,
      (s: Sheet) =>
        rescale(s.net, 'unit', {
          input: s.channel(sint(32), 4),
          parameters: s.channel(uint(16), 16),
          outputs: [
            { channel: s.channel(sint(16), 4), firstTile: 0, lastTile: s.words },
            { channel: s.channel(sint(16), 4), firstTile: s.words, lastTile: s.scalar(0, 4096) },
          ],
          chunks: s.words,
          tiles: s.words,
          chunkTokens: s.scalar(0, 16),
          lastTokens: s.scalar(0, 16),
          rowWords,
        }),
    ]),
  ),
  silu: (s) =>
    silu(s.net, 'unit', {
      input: s.channel(sint(16), 8),
      tokens: s.words,
      segments: [16, 16, 640].map((words) => ({
        output: s.channel(sint(16), 8),
        words,
        inFracBits: s.scalar(7, 14),
        outFracBits: s.scalar(0, 15),
      })),
    }),
  'residual adder': (s) =>
    addResidual(s.net, 'unit', {
      residual: s.channel(sint(32), 16),
      delta: s.channel(sint(32), 16),
      output: s.channel(sint(32), 16),
      words: s.words,
    }),
};

test.each(Object.entries(units))('%s runs one iteration a cycle at 250 MHz', (_, build) => {
  const sheet = new Sheet();
  build(sheet);
  const network = sheet.net.build();
  const schedule = scheduleNetwork(network, vc709Timing);
  expect(schedule.nests.map(({ interval }) => interval)).toEqual(schedule.nests.map(() => 1));
  expect(verifySchedule(network, schedule)).toEqual([]);
});
