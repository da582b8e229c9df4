/** Each rule by itself: what a unit writes, and what is left of it; names that somebody gave, and what must not be touched. */
import { describe, expect, it } from 'vitest';
import { NetworkBuilder, type ProcessBuilder } from '../build/network-builder.js';
import type { Val } from '../build/value.js';
import type { Nest, Network } from '../ir.js';
import { sint, typeOf, uint } from '../type.js';
import { simplifyCounted } from './simplify.js';

interface Given {
  readonly p: ProcessBuilder;
  /** A word of 8 signed bits, another, a condition, a vector of four, one of one lane, the index. */
  readonly x: Val;
  readonly y: Val;
  readonly c: Val;
  readonly v: Val;
  readonly one: Val;
  readonly i: Val;
}

function network(write: (given: Given) => Val): Network {
  const net = new NetworkBuilder('rule', 'One expression.');
  const channel = (name: string, ...shape: number[]) => net.channel(name, typeOf(sint(8), ...shape), name);
  const [x, y, v, one] = [channel('x'), channel('y'), channel('v', 4), channel('one', 1)];
  net.process('p', 'test', 'One expression.', (p) => {
    p.nest('n', [{ index: 'i', bound: 8 }], ({ i }) => {
      const words = { x: p.read(x), y: p.read(y), v: p.read(v), one: p.read(one) };
      const result = write({ p, ...words, c: words.x.lt(words.y), i: i });
      p.write(net.channel('out', typeOf(sint(64), ...result.shape), 'out'), result);
    });
  });
  return net.asWritten();
}

const bodyOf = (one: Network): Nest => one.processes[0].nests[0];

/** Operations that are neither reads nor writes, one after the other; operands by the number of their operation, or their channel. */
function left(one: Network): string[] {
  const numbers = new Map<unknown, string>();
  const lines: string[] = [];
  for (const node of bodyOf(one).body) {
    const { operation: o } = node;
    const of = (field: string) => numbers.get((o as unknown as Record<string, unknown>)[field]) ?? '?';
    if (o.kind === 'read') numbers.set(node, o.channel.name);
    else if (o.kind === 'index') numbers.set(node, 'i');
    else if (o.kind === 'const') numbers.set(node, o.values.join(' '));
    else if (o.kind === 'write') lines.push(`out ${of('value')}`);
    else {
      numbers.set(node, `%${lines.length}`);
      const fields = Object.keys(o).filter((field) => numbers.has((o as never)[field]));
      const own = 'op' in o ? o.op : o.kind;
      const parts = o.kind === 'gather' ? o.parts.map((part) => numbers.get(part)) : fields.map(of);
      const shape = node.shape.length > 0 ? ` [${node.shape}]` : '';
      lines.push(`${own} ${parts.join(' ')}${shape}${node.name ? ` '${node.name}'` : ''}`);
    }
  }
  return lines;
}

const cases: readonly (readonly [rule: string, write: (g: Given) => Val, expected: readonly string[]])[] = [
  ['addNothing', ({ x }) => x.add(0), ['out x']],
  ['addNothing', ({ x, p }) => p.constant(0).add(x), ['out x']],
  ['addNothing', ({ x }) => x.sub(0), ['out x']],
  ['timesOne', ({ x, p }) => p.constant(1).mul(x), ['out x']],
  ['minusItself', ({ x }) => x.sub(x), ['out 0']],
  ['decidedMinimum', ({ x }) => x.min(127), ['out x']],
  ['decidedMinimum', ({ x }) => x.max(-128), ['out x']],
  ['decidedComparison', ({ x }) => x.lt(128), ['out 1']],
  ['decidedComparison', ({ x }) => x.lt(x), ['out 0']],
  ['decidedComparison', ({ x }) => x.eq(200), ['out 0']],
  ['conditionAgain', ({ c }) => c.eq(1), ['lt x y', 'out %0']],
  ['conditionAgain', ({ c }) => c.eq(0), ['lt x y', 'not %0', 'out %1']],
  ['byNothing', ({ x }) => x.roundShift(0), ['out x']],
  ['twice', ({ x }) => x.neg().neg(), ['out x']],
  ['twice', ({ c }) => c.not().not(), ['lt x y', 'out %0']],
  ['withItself', ({ c }) => c.and(c), ['lt x y', 'out %0']],
  ['withNothing', ({ c }) => c.or(0), ['lt x y', 'out %0']],
  ['withAllOnes', ({ i }) => i.and(7), ['out i']],
  ['decided', ({ x, y, p }) => p.constant(1).select(x, y), ['out x']],
  ['sameEitherWay', ({ x, c }) => c.select(x, x.add(0)), ['out x']],
  ['condition', ({ c }) => c.select(0, 1), ['lt x y', 'not %0', 'out %1']],
  ['inside', ({ x }) => x.saturate(sint(9)), ['out x']],
  ['inside', ({ x }) => x.wrap(sint(8)), ['out x']],
  ['wrap.twice', ({ x }) => x.wrap(uint(7)).wrap(uint(3)), ['wrap x', 'out %0']],
  ['slice.whole', ({ i }) => i.slice(2, 0), ['out i']],
  ['assume.known', ({ x }) => x.assume(-200, 200), ['out x']],
  ['reshape.again', ({ v }) => v.reshape(2, 2).reshape(4), ['out v']],
  ['lanes.all', ({ v }) => v.lanes(0, 4), ['out v']],
  ['lanes.ofLanes', ({ v }) => v.lanes(1, 3).lanes(1, 2), ['lanes v [2]', 'out %0']],
  ['lane.ofLanes', ({ v }) => v.lanes(1, 3).lane(2), ['lane v', 'out %0']],
  ['lane.spread', ({ x }) => x.splat([4]).lane(2), ['out x']],
  ['lane.ofRows', ({ v }) => v.perRow(3).lane(1), ['lane v', 'splat %0 [3]', 'out %1']],
  ['lane.ofRows', ({ v }) => v.perCol(3).lane(1), ['out v']],
  ['lane.ofParts', ({ x, y, v, p }) => p.gather([x, v, y]).lane(5), ['out y']],
  ['lane.ofParts', ({ x, v, p }) => p.gather([x, v]).lane(2), ['lane v', 'out %0']],
  ['lanes.ofParts', ({ x, v, p }) => p.gather([x, v]).lanes(1, 4), ['out v']],
  ['pick.fixed', ({ v, p }) => v.pick(p.constant(2)), ['lane v', 'out %0']],
  ['gather.onePart', ({ v, p }) => p.gather([v]), ['out v']],
  ['gather.oneValue', ({ x, p }) => p.gather([x, x, x]), ['splat x [3]', 'out %0']],
  ['gather.takenApart', ({ v, p }) => p.gather([0, 1, 2, 3].map((k) => v.lane(k))), ['out v']],
  ['bitcast.same', ({ v }) => v.bitcast(sint(8), typeOf(sint(8), 4)), ['out v']],
  [
    'bitcast.again',
    ({ v }) => v.bitcast(sint(8), typeOf(uint(4), 8)).bitcast(uint(4), typeOf(uint(16), 2)),
    ['bitcast v [2]', 'out %0'],
  ],
  ['reduce.alongOne', ({ one }) => one.sum(), ['reshape one', 'out %0']],
  ['oneLane', ({ one, x }) => one.add(x).lane(0), ['reshape one', 'add %0 x', 'out %1']],
  ['fold', ({ p }) => p.constant(5).mul(p.constant(3)).add(2), ['out 17']],
  ['fold', ({ p }) => p.constants([1, 2, 3]).shl(1).sum(), ['out 12']],
  ['merge', ({ x, y }) => x.add(y).mul(y.add(x)), ['add x y', 'mul %0 %0', 'out %1']],
];

describe('rules', () => {
  it.each(cases)('%s %#', (rule, write, expected) => {
    const simple = simplifyCounted(network(write));
    expect(left(simple.network)).toEqual(expected);
    expect(Object.keys(simple.counts).some((name) => name.endsWith(rule))).toBe(true);
  });
});

describe('names', () => {
  it('go to what takes the place of a copy', () => {
    const simple = simplifyCounted(network(({ x, y }) => x.mul(y).add(0).named('total').shl(1)));
    expect(left(simple.network)).toEqual(["mul x y 'total'", 'shl %0 1', 'out %1']);
  });

  it('that somebody gave win', () => {
    const simple = simplifyCounted(
      network(({ x, y }) =>
        x.add(y).mul(y.add(x).named('both')).add(x.mul(y).named('kept').add(0).named('lost')),
      ),
    );
    expect(left(simple.network)).toEqual([
      "add x y 'both'",
      'mul %0 %0',
      "mul x y 'kept'",
      'add %1 %2',
      'out %3',
    ]);
  });
});

describe('what stays', () => {
  it('words are read although nobody looks at them, and what else nobody looks at goes', () => {
    const simple = simplifyCounted(
      network(({ x, y, p }) => {
        const spare = p.register('spare', typeOf(sint(8)));
        spare.write(spare.read().max(y));
        return x;
      }),
    );
    expect(left(simple.network)).toEqual(['out x']);
    expect(bodyOf(simple.network).registers).toEqual([]);
    expect(bodyOf(simple.network).body.filter(({ operation }) => operation.kind === 'read')).toHaveLength(4);
  });

  it('a condition that always holds is none, and what is written never is dropped', () => {
    const simple = simplifyCounted(
      network(({ x, p }) => {
        const kept = p.register('kept', typeOf(sint(8)));
        const value = kept.read();
        kept.write(x, p.constant(1));
        const idle = p.register('idle', typeOf(sint(8)));
        idle.write(x, p.constant(0));
        return value.add(idle.read());
      }),
    );
    const writes = bodyOf(simple.network).body.filter(({ operation }) => operation.kind === 'regWrite');
    expect(writes.map(({ operation }) => 'when' in operation && operation.when)).toEqual([null]);
  });
});
