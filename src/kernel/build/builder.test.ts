/** What the builder infers, orders and refuses. That its ranges hold for all values is tested by the interpreter in its checking mode. */
import { describe, expect, test } from 'vitest';
import type { Channel } from '../ir.js';
import { printType, sint, typeOf, uint } from '../type.js';
import { NetworkBuilder, type ProcessBuilder } from './network-builder.js';
import type { Val } from './value.js';

/** Runs `body` in a nest of a process that can read a u8 and a [3] s8. */
function inNest(body: (p: ProcessBuilder, a: Val, v: Val) => void): void {
  const net = new NetworkBuilder('net', 'net');
  const a = net.channel('a', typeOf(uint(8)), 'a');
  const v = net.channel('v', typeOf(sint(8), 3), 'v');
  net.process('p', 'test', 'p', (p) =>
    p.nest('n', [{ index: 'i', bound: 5 }], () => body(p, p.read(a), p.read(v))),
  );
}

describe('types inferred', () => {
  const cases: [string, (a: Val, v: Val, p: ProcessBuilder) => Val, string][] = [
    ['a + 1', (a) => a.add(1), 'u9'],
    ['a - a (no cleverness)', (a) => a.sub(a), 's9'],
    ['a x a', (a) => a.mul(a), 'u16'],
    ['v x v', (_, v) => v.mul(v), 's16 x 3'],
    ['sum of v', (_, v) => v.sum(), 's10'],
    ['scalar meets vector', (a, v) => v.add(a), 's10 x 3'],
    ['-v', (_, v) => v.neg(), 's9 x 3'],
    ['|v|', (_, v) => v.abs(), 's9 x 3'],
    ['a < 7', (a) => a.lt(7), 'u1'],
    ['constant shift moves the point', (a) => a.shl(3).shr(1), 'u10.2'],
    ['rounding may carry', (a) => a.roundShift(1), 'u8.-1'],
    ['saturate', (_, v) => v.mul(v).saturate(sint(10, 2)), 's10.2 x 3'],
    ['wrap', (a) => a.mul(a).wrap(uint(5)), 'u5'],
    ['assume', (a) => a.assume(0, 10), 'u4'],
    ['slice', (a) => a.slice(6, 4), 'u3'],
    ['leading zeros', (a) => a.leadingZeros(8), 'u4'],
    ['gather', (a, v, p) => p.gather([a, v]), 's9 x 4'],
    ['lanes', (_, v) => v.lanes(1, 2), 's8 x 2'],
    ['outer product', (_, v) => v.perRow(2).mul(v.lanes(0, 2).perCol(3)), 's16 x 3 x 2'],
    ['rows reduced', (_, v) => v.perRow(2).sum(), 's9 x 3'],
    ['select', (a, v) => a.eq(0).select(v, 200), 's9 x 3'],
    ['bitcast', (_, v) => v.bitcast(sint(8), typeOf(uint(4), 6)), 'u4 x 6'],
    ['lookup', (a, _, p) => a.slice(1, 0).lookup(p.rom('t', sint(9), [3, -100, 7, 90], 't')), 's8'],
  ];
  test.each(cases)('%s', (_, make, type) => {
    inNest((p, a, v) => expect(printType(make(a, v, p).type)).toBe(type));
  });
});

describe('refused', () => {
  const cases: [string, (p: ProcessBuilder, a: Val, v: Val) => unknown, string][] = [
    ['more than 64 bits', (_, a) => a.shl(60), 'a result of 68 bits, at most 64'],
    ['unlike shapes', (_, __, v) => v.add(v.lanes(0, 2)), 'add of shapes [3] and [2]'],
    ['bits of a negative value', (_, a, v) => v.lane(0).and(a), 'and of a negative value'],
    ['a shift that can be negative', (_, a, v) => a.shr(v.lane(0)), 'shift by -128..127'],
    ['a lane that is not there', (_, __, v) => v.lane(3), 'lane 3 of shape [3]'],
    ['a lane that may not be there', (_, a, v) => v.pick(a), 'pick lane 0..255 of shape [3]'],
    ['a table too short', (p, a) => a.lookup(p.rom('t', uint(8), [1, 2], 't')), 'index of 0..255'],
    ['a table entry too large', (p) => p.rom('t', uint(2), [4], 't'), 'an entry leaves u2'],
    [
      'a selector that is no condition',
      (_, a) => a.select(1, 2),
      'select() on a value that is not a condition',
    ],
    [
      'a bitcast of other size',
      (_, __, v) => v.bitcast(sint(8), typeOf(uint(7), 3)),
      'bitcast s8 x 3 to u7 x 3',
    ],
    [
      'a RAM address beyond the end',
      (p, a) => p.load(p.ram('m', typeOf(uint(8)), 4, 'bram', 'm'), p.constant(4)) ?? a,
      'ram m has 4 words, the address is 4..4',
    ],
    [
      'a RAM address from data',
      (p, a) => p.load(p.ram('m', typeOf(uint(8)), 256, 'bram', 'm'), a),
      'and depends on data',
    ],
    [
      'a register too narrow',
      (p, a) => p.register('r', typeOf(uint(8))).write(a.add(1)),
      'register r holds u8, the value is u9 (1..256)',
    ],
    [
      'data in a control register',
      (p, a) => p.register('r', typeOf(uint(8)), 0, true).write(a),
      'control register r is written with data',
    ],
    ['a nest in a nest', (p) => p.nest('m', [], () => undefined), 'nest m inside a nest'],
  ];
  test.each(cases)('%s', (_, make, message) => {
    expect(() => inNest((p, a, v) => void make(p, a, v))).toThrow(message);
  });

  test('conditions from data, and stores that do not fit a channel', () => {
    const net = new NetworkBuilder('net', 'net');
    const a = net.channel('a', typeOf(uint(8)), 'a');
    const b = net.channel('b', typeOf(uint(8)), 'b');
    const attempt = (name: string, body: (p: ProcessBuilder) => void) =>
      net.process(name, 'test', name, (p) => p.nest('n', [{ index: 'i', bound: 2 }], () => body(p)));
    expect(() => attempt('p', (p) => p.write(b, 1, p.read(a).eq(0)))).toThrow('a condition depends on data');
    expect(() => attempt('q', (p) => p.write(b, p.read(a).add(1)))).toThrow(
      'channel b holds u8, the value is u9',
    );
    expect(() => attempt('r', (p) => p.register('c', typeOf(uint(1))).write(1))).not.toThrow();
    expect(() => net.channel('a', typeOf(uint(8)), 'again')).toThrow("name 'a' is used twice");
    expect(() => net.channel('Wrong', typeOf(uint(8)), 'capital')).toThrow('expected lower_snake_case');
  });
});

test('processes are put into flow order, and a circle of them is refused', () => {
  const net = new NetworkBuilder('net', 'net');
  const [x, y, z] = ['x', 'y', 'z'].map((name) => net.channel(name, typeOf(uint(1)), name)) as [
    Channel,
    Channel,
    Channel,
  ];
  const process = (name: string, from: Channel | null, to: Channel | null) =>
    net.process(name, 'test', name, (p) =>
      p.nest('n', [{ index: 'i', bound: 2 }], () => {
        const value = from ? p.read(from) : p.constant(0);
        if (to) p.write(to, value);
      }),
    );
  process('last', y, null);
  process('middle', x, y);
  process('first', null, x);
  expect(net.build().processes.map((p) => p.name)).toEqual(['first', 'middle', 'last']);
  process('loop', z, z);
  expect(() => net.build()).toThrow('a cycle of processes: loop -> loop');
});

test('names given twice in a process stay apart; loop labels follow the nest', () => {
  const net = new NetworkBuilder('net', 'net');
  const process = net.process('p', 'test', 'p', (p) => {
    for (const label of ['load_rows', 'again'])
      p.nest(label, [{ index: 'row', bound: 2 }], ({ row }) => void row.add(1).named('next'));
  });
  expect(process.nests.map((nest) => nest.loops[0].label)).toEqual(['LoadRows_Row', 'Again_Row']);
  expect(process.nests.map((nest) => nest.body.at(-1)!.name)).toEqual(['next', 'next_2']);
  expect(process.nests[0].loops[0]).toMatchObject({ maxBound: 2, index: 'row' });
});
