/** A correct network passes; every rule has a network that breaks just it, mostly by changing the finished data, which the builder does not see. */
import { describe, expect, test } from 'vitest';
import { NetworkBuilder, type ProcessBuilder } from '../build/network-builder.js';
import type { Nest, Network, Node, Operation, Process } from '../ir.js';
import { namedSize } from '../size.js';
import { sint, typeOf, uint } from '../type.js';
import { checkNetwork, networkProblems } from './network.js';

/** A reader of memory, a worker with RAM and register, and a writer of memory. */
function correct(): Network {
  const net = new NetworkBuilder('good', 'Nothing wrong.');
  const rows = net.scalar('rows', 0, 9, 'rows');
  const from = net.port('from', 'read', typeOf(uint(8), 2), 'from');
  const to = net.port('to', 'write', typeOf(uint(8), 2), 'to');
  const input = net.channel('input', typeOf(uint(8)), 'from outside');
  const a = net.channel('a', typeOf(uint(8), 2), 'a');
  const b = net.channel('b', typeOf(uint(8), 2), 'b');
  const output = net.channel('output', typeOf(uint(8)), 'to outside');
  const loops = (p: ProcessBuilder) => [
    { index: 'row', bound: p.arg(rows) },
    { index: 'word', bound: 4 },
  ];
  net.process('reader', 'mover', 'reads', (p) =>
    p.nest('n', loops(p), () => p.write(a, p.portRead(from)), {
      burst: { port: from, address: ({ row }) => row.mul(4) },
    }),
  );
  net.process('worker', 'PAU', 'works', (p) => {
    const ram = p.ram('m', typeOf(uint(8), 2), 8, 'lutram', 'm');
    const rom = p.rom('table', uint(8), [1, 2, 3, 4], 'table');
    p.nest(
      'n',
      loops(p),
      ({ word }) => {
        const sum = p.register('sum', typeOf(uint(8)));
        const turn = p.register('turn', typeOf(uint(1)), 0, true);
        const now = turn.read();
        turn.write(now.not());
        const old = p.load(ram, word);
        const got = p.read(a);
        p.store(ram, word.add(4), got, now);
        const side = p.read(input, word.eq(0).named('first'));
        const total = sum.read().add(got.sum()).add(side).add(word.lookup(rom)).wrap(uint(8)).named('total');
        sum.write(total);
        p.write(b, old.max(got));
        p.write(output, total, word.eq(3));
      },
      { distances: new Map([[ram, 4]]) },
    );
  });
  net.process('writer', 'mover', 'writes', (p) =>
    p.nest('n', loops(p), () => p.portWrite(to, p.read(b)), {
      burst: { port: to, address: ({ row }) => row.mul(4).add(1) },
    }),
  );
  return net.asWritten();
}

const boundary = { inputs: ['input'], outputs: ['output'] };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** The data without their protection. */
const open = <T extends object>(item: T) => item as Mutable<T>;

const processOf = (network: Network, name: string): Process =>
  network.processes.find((p) => p.name === name)!;
const nestOf = (network: Network, name: string): Nest => processOf(network, name).nests[0];
const nodes = (nest: Nest) => nest.body as Node[];
function find<K extends Operation['kind']>(
  nest: Nest,
  kind: K,
): Node & { operation: Mutable<Extract<Operation, { kind: K }>> } {
  return nest.body.find((node) => node.operation.kind === kind) as never;
}
const named = (nest: Nest, name: string) => nest.body.find((node) => node.name === name)!;
let nextId = 1000;
/** A node made by hand. */
const made = (operation: Operation, like: Partial<Node> = {}): Node => ({
  id: nextId++,
  operation,
  range: { lo: 0n, hi: 0n },
  shape: [],
  fracBits: 0,
  result: true,
  control: false,
  name: null,
  note: null,
  ...like,
});

test('a correct network passes', () => {
  expect(networkProblems(correct(), boundary)).toEqual([]);
  expect(() => checkNetwork(correct(), boundary)).not.toThrow();
});

test('all problems come together in one error', () => {
  expect(() => checkNetwork(correct())).toThrow(
    'network good:\n  channel input: written by none, expected one\n  channel output: read by none, expected one',
  );
});

/** What to break, and the problem that must be reported. */
const cases: [rule: string, change: (network: Network) => void, problem: string][] = [
  [
    'two producers',
    (n) =>
      nodes(nestOf(n, 'reader')).push(
        made(
          { ...find(nestOf(n, 'worker'), 'write').operation, value: find(nestOf(n, 'reader'), 'portRead') },
          { result: false },
        ),
      ),
    'channel b: written by reader, worker, expected one',
  ],
  [
    'two consumers',
    (n) =>
      nodes(nestOf(n, 'writer')).push(
        made(find(nestOf(n, 'worker'), 'read').operation, { shape: [2], range: { lo: 0n, hi: 255n } }),
      ),
    'channel a: read by worker, writer, expected one',
  ],
  [
    'unknown channel',
    (n) => (open(n).channels = n.channels.filter((c) => c.name !== 'a')),
    'channel a: used, but not of the network',
  ],
  [
    'flow order',
    (n) => (open(n).processes = [...n.processes].reverse()),
    'channel a: from reader back to worker, expected to a process later in flow order (no cycles)',
  ],
  [
    'a word wider than a stream',
    (n) => (open(n.channels.find((c) => c.name === 'output')!).type = typeOf(uint(8), 513)),
    'channel output: a word has 4104 bits, expected at most 4096',
  ],
  [
    'depth',
    (n) => (open(n).depths = new Map([...n.depths, [n.channels[0], 0]])),
    'channel input: depth 0, expected 1 word or more',
  ],
  ['names', (n) => (open(n.ports[0]).name = 'a'), 'network: the name a is used twice, expected unique names'],
  [
    'port direction',
    (n) => (open(n.ports[0]).direction = 'write'),
    'port from: read by reader, expected direction write',
  ],
  [
    'port of two processes',
    (n) => {
      const writer = nestOf(n, 'writer');
      nodes(writer).push(
        made(find(nestOf(n, 'reader'), 'portRead').operation, { shape: [2], range: { lo: 0n, hi: 255n } }),
      );
    },
    'port from: used by reader, writer, expected one process',
  ],
  [
    'port without burst',
    (n) => (open(nestOf(n, 'reader')).burst = null),
    'process reader, nest N: port from: used without a burst',
  ],
  [
    'burst address from the innermost index',
    (n) => {
      const nest = nestOf(n, 'reader');
      open(nest).burst = { port: nest.burst!.port, address: nest.body.find((b) => b.name === 'word')! };
    },
    'process reader, nest N: burst of port from: the address depends on the innermost index or a register, expected outer indices only',
  ],
  [
    'two RAM reads',
    (n) => {
      const nest = nestOf(n, 'worker');
      const at = nodes(nest).indexOf(find(nest, 'ramRead'));
      nodes(nest).splice(
        at,
        0,
        made({ ...find(nest, 'ramRead').operation }, { shape: [2], range: { lo: 0n, hi: 255n } }),
      );
    },
    'process worker, nest N: ram m: 2 reads and 1 writes an iteration, expected at most one of each',
  ],
  [
    'RAM read after write',
    (n) => {
      const body = nodes(nestOf(n, 'worker'));
      const write = find(nestOf(n, 'worker'), 'ramWrite');
      const store = body.splice(body.indexOf(write), 1)[0];
      open(store.operation as { value: Node }).value = made(
        { kind: 'const', values: [1n, 1n] },
        { shape: [2], range: { lo: 1n, hi: 1n }, control: true },
      );
      open(store.operation as { when: Node | null }).when = null;
      const address = (store.operation as { address: Node }).address;
      body.splice(body.indexOf(address), 1);
      const value = (store.operation as { value: Node }).value;
      const read = body.indexOf(find(nestOf(n, 'worker'), 'ramRead'));
      // `word + 4` needs its operands: they stand before the load, as does the constant 4 put here.
      const four = body.splice(
        body.findIndex((x) => x.operation.kind === 'const' && x.operation.values[0] === 4n),
        1,
      )[0];
      body.splice(
        Math.min(read, body.indexOf(find(nestOf(n, 'worker'), 'ramRead'))),
        0,
        four,
        address,
        value,
        store,
      );
    },
    "process worker, nest N: ram m: read after it is written, expected reads first (they see the iteration's start)",
  ],
  [
    'distance',
    (n) => {
      const nest = nestOf(n, 'worker');
      open(nest).distances = new Map([[processOf(n, 'worker').rams[0], 0]]);
    },
    'process worker, nest N: ram m: distance 0, expected a whole number of iterations',
  ],
  [
    'two read sites',
    (n) =>
      nodes(nestOf(n, 'worker')).push(
        made({ ...find(nestOf(n, 'worker'), 'read').operation }, { shape: [2], range: { lo: 0n, hi: 255n } }),
      ),
    'process worker, nest N: channel a: 2 places that read it, expected one a nest',
  ],
  [
    'two register writes',
    (n) =>
      nodes(nestOf(n, 'worker')).push(
        made({ ...find(nestOf(n, 'worker'), 'regWrite').operation }, { result: false }),
      ),
    'process worker, nest N: register turn: written in 2 places, expected at most one',
  ],
  [
    'control register written with data',
    (n) => {
      const nest = nestOf(n, 'worker');
      const total = named(nest, 'total');
      const { register } = find(nest, 'regWrite').operation;
      open(register).type = typeOf(uint(8));
      const at = nodes(nest).findIndex((x) => x.operation.kind === 'regWrite');
      const write = nodes(nest).splice(at, 1)[0];
      open(write.operation as { value: Node }).value = total;
      nodes(nest).push(write);
    },
    'process worker, nest N: control register turn: written with data, expected control values',
  ],
  [
    'a condition from data',
    (n) => {
      const nest = nestOf(n, 'worker');
      const total = named(nest, 'total');
      const bit = made({ kind: 'slice', a: total, hi: 0, lo: 0 }, { range: { lo: 0n, hi: 1n } });
      const output = nest.body.at(-1)!;
      open(output.operation as { when: Node }).when = bit;
      nodes(nest).splice(-1, 0, bit);
    },
    '(write): the condition depends on data, expected control values only',
  ],
  [
    'data marked as control',
    (n) => (open(named(nestOf(n, 'worker'), 'total')).control = true),
    'process worker, nest N: value total: marked as control, but depends on data',
  ],
  [
    'RAM address out of bounds',
    (n) => (open(processOf(n, 'worker').rams[0]).depth = 6),
    'process worker, nest N: ram m: address 4..7, expected 0..5',
  ],
  [
    'a loop longer than it says',
    (n) => (open(nestOf(n, 'worker').loops[0]).maxBound = 8),
    'process worker, nest N: loop N_Row: largest bound 8, found up to 9',
  ],
  [
    'a bound by a name that says another number',
    (n) => (open(nestOf(n, 'worker').loops[0]).size = namedSize('rows', 7, 'rows')),
    'process worker, nest N: loop N_Row: the bound is called rows = 7',
  ],
  [
    'interval',
    (n) => (open(nestOf(n, 'worker')).interval = 0),
    'process worker, nest N: interval 0, expected a whole number',
  ],
  [
    'a range that is too narrow',
    (n) => {
      const sum = nestOf(n, 'worker').body.find((x) => x.operation.kind === 'reduce')!;
      open(sum).range = { lo: 0n, hi: 509n };
    },
    'claims 0..509, possible are 0..510',
  ],
  [
    'a store that does not fit',
    (n) => (open(n.channels.find((c) => c.name === 'output')!).type = typeOf(sint(8))),
    '(write): stores 0..255, expected what fits s8',
  ],
  [
    'a store of another shape',
    (n) => (open(n.channels.find((c) => c.name === 'output')!).type = typeOf(uint(8), 2)),
    '(write): stores shape [], expected u8 x 2',
  ],
  [
    'operands of unlike shapes',
    (n) => {
      const total = nestOf(n, 'worker').body.find(
        (x) => x.operation.kind === 'binary' && x.operation.op === 'max',
      )!;
      open(total.operation as { b: Node }).b = named(nestOf(n, 'worker'), 'total');
    },
    'operands of shapes [2] and []',
  ],
  [
    'used before it is defined',
    (n) => {
      const nest = nestOf(n, 'worker');
      const at = nodes(nest).indexOf(find(nest, 'regRead'));
      nodes(nest).push(nodes(nest).splice(at, 1)[0]);
    },
    'which is not defined before it',
  ],
  [
    'effects in the prologue',
    (n) =>
      (processOf(n, 'worker').prologue as Node[]).push(
        made({ ...find(nestOf(n, 'worker'), 'read').operation }, { shape: [2], range: { lo: 0n, hi: 255n } }),
      ),
    'process worker, prologue: value',
  ],
  [
    'a table index out of bounds',
    (n) => (open(processOf(n, 'worker').roms[0]).values = [1n, 2n, 3n]),
    'index 0..3 of 3 entries',
  ],
];

describe('each rule', () => {
  test.each(cases)('%s', (_rule, change, problem) => {
    const network = correct();
    change(network);
    expect(networkProblems(network, boundary).join('\n')).toContain(problem);
  });

  test('a declared boundary must be one', () => {
    expect(networkProblems(correct(), { inputs: ['input', 'a'], outputs: ['output', 'x'] })).toEqual([
      'boundary: x is no channel of the network',
      'channel a: written by reader, expected none (it is declared an input)',
    ]);
  });
});
