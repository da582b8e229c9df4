/** State and effects of the interpreter on small processes whose results were worked out by hand, and every error it can report. */
import { describe, expect, test } from 'vitest';
import { NetworkBuilder, type ProcessBuilder } from '../build/network-builder.js';
import type { Val } from '../build/value.js';
import type { Channel, Network, Ram } from '../ir.js';
import { sint, typeOf, uint } from '../type.js';
import { compileNetwork, interpret, makeLanes } from './interpret.js';

interface Ends {
  net: NetworkBuilder;
  a: Channel;
  out: Channel;
}

/** One process between a channel `a` (u8) and a channel `out` (s32). */
function single(build: (p: ProcessBuilder, ends: Ends) => void): Network {
  const net = new NetworkBuilder('single', 'One process.');
  const a = net.channel('a', typeOf(uint(8)), 'in');
  const out = net.channel('out', typeOf(sint(32)), 'out');
  net.process('p', 'test', 'p', (p) => build(p, { net, a, out }));
  return net.build();
}

const outOf = (network: Network, a: number[] = [], options = {}) => [
  ...interpret(network, { inputs: { a } }, options).channels.out,
];

describe('what an iteration sees', () => {
  test('registers: the value from before the iteration; kept where the condition fails; init at every start of a nest', () => {
    const network = single((p, { a, out }) => {
      for (const label of ['one', 'two'])
        p.nest(label, [{ index: 'i', bound: 4 }], ({ i }) => {
          const last = p.register('last', typeOf(sint(32)), -7);
          p.write(out, last.read());
          last.write(p.read(a), i.ne(1));
          p.write(out, last.read());
        });
    });
    expect(outOf(network, [1, 2, 3, 4, 5, 6, 7, 8])).toEqual([
      -7, -7, 1, 1, 1, 1, 3, 3, -7, -7, 5, 5, 5, 5, 7, 7,
    ]);
  });

  test('vector registers that exchange their contents do not see each other half done', () => {
    const net = new NetworkBuilder('swap', 'Two registers.');
    const out = net.channel('out', typeOf(uint(8), 4), 'out');
    net.process('p', 'test', 'p', (p) =>
      p.nest('n', [{ index: 'i', bound: 3 }], () => {
        const x = p.register('x', typeOf(uint(8), 2), 1);
        const y = p.register('y', typeOf(uint(8), 2), 2);
        p.write(out, p.gather([x.read(), y.read()]));
        x.write(
          y
            .read()
            .add(p.constants([0, 10]))
            .wrap(uint(8)),
        );
        y.write(x.read());
      }),
    );
    expect([...interpret(net.build(), {}).channels.out]).toEqual([1, 1, 2, 2, 2, 12, 1, 1, 1, 11, 2, 12]);
  });

  test('a RAM word is read before it is written, also where the value written comes from the same RAM', () => {
    const net = new NetworkBuilder('ram', 'A ring.');
    const out = net.channel('out', typeOf(uint(8), 2), 'out');
    net.process('p', 'test', 'p', (p) => {
      const ram = p.ram('ring', typeOf(uint(8), 2), 2, 'lutram', 'ring');
      p.nest(
        'n',
        [{ index: 'i', bound: 6 }],
        ({ i }) => {
          const word = p.load(ram, i.wrap(uint(1)));
          p.write(out, word);
          p.store(ram, i.wrap(uint(1)), p.gather([word.lane(1), i.add(1)]));
        },
        { distances: new Map([[ram, 2]]) },
      );
    });
    expect([...interpret(net.build(), {}).channels.out]).toEqual([0, 0, 0, 0, 0, 1, 0, 2, 1, 3, 2, 4]);
  });

  test('RAMs that exchange their words do not see each other half done', () => {
    const net = new NetworkBuilder('rams', 'Two RAMs.');
    const out = net.channel('out', typeOf(uint(8), 4), 'out');
    net.process('p', 'test', 'p', (p) => {
      const [x, y] = ['x', 'y'].map((name) => p.ram(name, typeOf(uint(8), 2), 1, 'lutram', name)) as [
        Ram,
        Ram,
      ];
      const at = p.constant(0);
      p.nest('fill', [], () => p.store(x, at, p.constants([1, 2])));
      p.nest(
        'n',
        [{ index: 'i', bound: 3 }],
        () => {
          const [first, second] = [p.load(x, at), p.load(y, at)];
          p.write(out, p.gather([first, second]));
          p.store(x, at, p.gather([second.lanes(1, 1), second.lanes(0, 1)]));
          p.store(y, at, first);
        },
        { distances: new Map([x, y].map((ram) => [ram, 1])) },
      );
    });
    expect([...interpret(net.build(), {}).channels.out]).toEqual([1, 2, 0, 0, 0, 0, 1, 2, 2, 1, 0, 0]);
  });

  test('RAM contents last from nest to nest and start anew with every call', () => {
    const network = single((p, { a, out }) => {
      const ram = p.ram('m', typeOf(uint(8)), 3, 'bram', 'm');
      p.nest('read', [{ index: 'i', bound: 3 }], ({ i }) => p.write(out, p.load(ram, i)));
      p.nest('fill', [{ index: 'i', bound: 3 }], ({ i }) => p.store(ram, i, p.read(a), i.ne(1)));
      p.nest('again', [{ index: 'i', bound: 3 }], ({ i }) => p.write(out, p.load(ram, p.constant(2).sub(i))));
    });
    for (let call = 0; call < 2; call++) expect(outOf(network, [7, 8, 9])).toEqual([0, 0, 0, 9, 0, 7]);
  });

  test('a read whose condition fails takes no word and gives 0', () => {
    const network = single((p, { a, out }) =>
      p.nest('n', [{ index: 'i', bound: 4 }], ({ i }) => p.write(out, p.read(a, i.wrap(uint(1)).eq(1)))),
    );
    expect(outOf(network, [5, 6])).toEqual([0, 5, 0, 6]);
  });

  test('bounds of 0, or below, do nothing; counters walk in their own order', () => {
    const net = new NetworkBuilder('bounds', 'Bounds.');
    const n = net.scalar('n', 0, 5, 'n');
    const out = net.channel('out', typeOf(uint(8)), 'out');
    net.process('p', 'test', 'p', (p) => {
      const loops = [
        { index: 'i', bound: p.arg(n) },
        { index: 'j', bound: p.arg(n).sub(2) },
      ];
      p.nest('n', loops, ({ i, j }) => {
        const { x, y } = p.counters([
          { index: 'x', bound: 3 },
          { index: 'y', bound: 2 },
        ]);
        p.write(out, i.mul(10).add(j).add(x.mul(100)).add(y.mul(50)).wrap(uint(8)));
      });
    });
    const run = (value: number) => [...interpret(net.build(), { scalars: { n: value } }).channels.out];
    expect(run(0)).toEqual([]);
    expect(run(1)).toEqual([]);
    expect(run(2)).toEqual([]);
    // (x, y) goes 00 01 10.
    expect(run(3)).toEqual([0, 10 + 50, 20 + 100]);
  });

  test('ports: the burst address plus the innermost index', () => {
    const net = new NetworkBuilder('ports', 'Copies rows.');
    const base = net.scalar('base', 0, 100, 'base');
    const from = net.port('from', 'read', typeOf(sint(8), 2), 'from');
    const to = net.port('to', 'write', typeOf(uint(24), 2), 'to');
    const c = net.channel('c', typeOf(sint(8), 2), 'c');
    const loops = [
      { index: 'row', bound: 2 },
      { index: 'word', bound: 2 },
    ];
    net.process('reader', 'mover', 'reads', (p) => {
      const address = p.arg(base);
      p.nest('n', loops, () => p.write(c, p.portRead(from)), {
        burst: { port: from, address: ({ row }) => address.add(row.mul(3)) },
      });
    });
    net.process('writer', 'mover', 'writes', (p) => {
      p.nest('n', loops, () => p.portWrite(to, p.read(c).wrap(uint(24))), {
        burst: { port: to, address: ({ row }) => p.constant(1).add(row.shl(1)) },
      });
    });
    const network = net.build();
    const memory = Int8Array.from({ length: 14 }, (_, i) => -i);
    const target = makeLanes(to.type, 5);
    const call = { scalars: { base: 1 }, ports: { from: memory, to: target } };
    expect([...interpret(network, call).channels.c]).toEqual([-2, -3, -4, -5, -8, -9, -10, -11]);
    expect([...target]).toEqual([0, 0, ...[2, 3, 4, 5, 8, 9, 10, 11].map((v) => 2 ** 24 - v)]);

    expect(() => interpret(network, { ...call, scalars: { base: 3 } })).toThrow(
      'process reader, nest N, iteration (row 1, word 1): port from: word 7 of a memory of 7 words',
    );
    expect(() => interpret(network, { ...call, scalars: { base: 101 } })).toThrow(
      'scalar base is 101, expected an integer from 0 to 100',
    );
    expect(() => interpret(network, { ...call, ports: { from: memory } })).toThrow(
      'port to: no memory was given',
    );
    expect(() => interpret(network, { ...call, ports: { from: new Uint8Array(14), to: target } })).toThrow(
      'port from (s8 x 2): the memory is a Uint8Array, expected a Int8Array',
    );
  });
});

describe('errors name the place', () => {
  test('words missing and words left over', () => {
    const network = single((p, { a, out }) =>
      p.nest('n', [{ index: 'i', bound: 3 }], () => p.write(out, p.read(a))),
    );
    expect(() => outOf(network, [1, 2])).toThrow(
      'process p, nest N, iteration (i 2): reads channel a past its end (2 words)',
    );
    expect(() => outOf(network, [1, 2, 3, 4])).toThrow(
      'channel a: process p read 3 of 4 words, expected all',
    );
  });

  test('assumptions, by the name of the value; in poisoned runs they clamp', () => {
    const network = single((p, { a, out }) =>
      p.nest('n', [{ index: 'i', bound: 3 }], () => p.write(out, p.read(a).assume(0, 9).named('digit'))),
    );
    expect(outOf(network, [1, 9, 0])).toEqual([1, 9, 0]);
    expect(() => outOf(network, [1, 10, 0])).toThrow(
      'process p, nest N, iteration (i 1): value digit is 10, assumed 0..9',
    );
    expect(outOf(network, [1, 10, 0], { poison: 1 })).toEqual([1, 9, 0]);
  });

  test.each<[string, (p: ProcessBuilder, vector: Val, out: Channel) => void]>([
    ['nowhere', () => undefined],
    ['in a write that does not happen', (p, vector, out) => p.write(out, vector, p.constant(0))],
    ['on the other side of a selection', (p, vector, out) => p.write(out, p.constant(0).select(vector, 0))],
    ['in one lane only', (p, vector, out) => p.write(out, vector.lane(0).splat([3]))],
    [
      'in a register write that does not happen',
      (p, vector) => p.register('r', typeOf(uint(8), 3)).write(vector, p.constant(0)),
    ],
  ])('an assumption counts although its value is used %s', (_, use) => {
    const net = new NetworkBuilder('assume', 'An assumption.');
    const a = net.channel('a', typeOf(uint(8)), 'a');
    const out = net.channel('out', typeOf(uint(8), 3), 'out');
    net.process('p', 'test', 'p', (p) =>
      p.nest('n', [{ index: 'i', bound: 1 }], () =>
        use(
          p,
          p
            .read(a)
            .splat([3])
            .add(p.constants([0, 1, 2]))
            .assume(0, 3),
          out,
        ),
      ),
    );
    const network = net.asWritten();
    expect(() => interpret(network, { inputs: { a: [1] } })).not.toThrow();
    expect(() => interpret(network, { inputs: { a: [2] } })).toThrow('is 4, assumed 0..3');
  });

  test('RAM reads nearer to a write than declared, or at all where nothing is declared', () => {
    const ring = (declared: number | null, apart: number) =>
      single((p, { a, out }) => {
        const ram = p.ram('m', typeOf(uint(8)), 16, 'bram', 'm');
        p.nest(
          'n',
          [{ index: 'i', bound: 8 }],
          ({ i }) => {
            p.write(out, p.load(ram, i));
            p.store(ram, i.add(apart), p.read(a));
          },
          declared === null ? {} : { distances: new Map([[ram, declared]]) },
        );
      });
    const words = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(outOf(ring(3, 3), words)).toEqual([0, 0, 0, 1, 2, 3, 4, 5]);
    expect(outOf(ring(null, 8), words)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(() => outOf(ring(4, 3), words)).toThrow(
      'process p, nest N, iteration (i 3): reads ram m address 3, written 3 iterations before; the declared distance is 4',
    );
    expect(() => outOf(ring(null, 7), words)).toThrow(
      'address 7, written 7 iterations before; no distance is declared',
    );
  });

  test('names and values of the call', () => {
    const network = single((p, { a, out }) =>
      p.nest('n', [{ index: 'i', bound: 1 }], () => p.write(out, p.read(a))),
    );
    expect(() => interpret(network, { inputs: { b: [1] } })).toThrow('no channel b');
    expect(() => interpret(network, { inputs: { out: [1] } })).toThrow('channel out is written by process p');
    expect(() => interpret(network, { inputs: { a: [256] } })).toThrow(
      'channel a: value 0 is 256, expected u8',
    );
    expect(() => interpret(network, { inputs: { a: [1.5] } })).toThrow('value 0 is 1.5');
    expect(() => interpret(network, { scalars: { n: 1 } })).toThrow('has no scalar n');
    expect(() => interpret(network, { ports: { m: new Int8Array(1) } })).toThrow('has no port m');
  });
});

test('poison changes what is undefined and nothing else', () => {
  const network = single((p, { a, out }) => {
    const ram = p.ram('m', typeOf(uint(8)), 4, 'bram', 'm');
    p.nest('n', [{ index: 'i', bound: 3 }], ({ i }) => {
      p.write(out, p.load(ram, i));
      p.write(out, p.read(a, i.eq(1)));
    });
  });
  const plain = outOf(network, [5]);
  expect(plain).toEqual([0, 0, 0, 5, 0, 0]);
  const poisoned = outOf(network, [5], { poison: 3 });
  expect(poisoned[3]).toBe(5);
  expect(poisoned.filter((v) => v === 0).length).toBeLessThan(3);
  expect(outOf(network, [5], { poison: 3 })).toEqual(poisoned);
  expect(outOf(network, [5], { poison: 4 })).not.toEqual(poisoned);
});

test('recording can be limited; words are always counted', () => {
  const net = new NetworkBuilder('two', 'Two.');
  const [a, b, c] = ['a', 'b', 'c'].map((name) => net.channel(name, typeOf(uint(8), 2), name)) as [
    Channel,
    Channel,
    Channel,
  ];
  for (const [name, from, to] of [
    ['p', a, b],
    ['q', b, c],
  ] as const)
    net.process(name, 'test', name, (p) =>
      p.nest('n', [{ index: 'i', bound: 100 }], () => p.write(to, p.read(from))),
    );
  const compiled = compileNetwork(net.build());
  const inputs = { a: Array.from({ length: 200 }, (_, i) => i) };
  expect(Object.keys(compiled.run({ inputs }).channels).sort()).toEqual(['a', 'b', 'c']);
  expect(Object.keys(compiled.run({ inputs }, { record: 'boundary' }).channels)).toEqual(['c']);
  const { channels, words } = compiled.run({ inputs }, { record: ['b'] });
  expect(Object.keys(channels)).toEqual(['b']);
  expect([...channels.b]).toEqual(inputs.a);
  expect(words).toEqual({ a: 100, b: 100, c: 100 });
});
