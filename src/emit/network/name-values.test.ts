/** Names of values that no unit named: after what they are for, what they are, or who uses them. */
import { expect, test } from 'vitest';
import { NetworkBuilder, type ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import { isOf } from '../../kernel/operations.js';
import { sint, typeOf } from '../../kernel/type.js';
import { nameValues } from './name-values.js';

interface Made {
  readonly p: ProcessBuilder;
  /** The index of the nest, 0 to 11. */
  readonly word: Val;
  readonly x: Val;
}

/** Names of what is computed in a nest that reads `x` and writes what `body` makes of it. */
function namesIn(body: (made: Made) => Val): string[] {
  const net = new NetworkBuilder('names', 'One process.');
  const input = net.channel('input', typeOf(sint(8)), 'values');
  const output = net.channel('output', typeOf(sint(40)), 'results');
  net.process('unit', 'example', 'Computes.', (p) => {
    p.nest('compute', [{ index: 'word', bound: 12 }], ({ word }) =>
      p.write(output, body({ p, word, x: p.read(input).named('x') })),
    );
  });
  const [process] = net.build().processes;
  const nameOf = nameValues(process);
  const computed = process.nests[0].body.filter(({ operation: o }) => isOf(o, 'compute', 'bits'));
  return computed.map(nameOf);
}

test('after its operands, with constants as numbers', () => {
  expect(namesIn(({ x }) => x.add(5).mul(8))).toEqual(['x_plus_5', 'output_value']);
  expect(namesIn(({ x, word }) => word.mul(4).add(x))).toEqual(['word_times_4', 'word_times_4_plus_x']);
  expect(namesIn(({ x }) => x.max(-3))).toEqual(['x_at_least_minus_3']);
  expect(namesIn(({ x, word }) => x.lt(word))).toEqual(['x_below_word']);
  expect(namesIn(({ x }) => x.gt(7))).toEqual(['x_above_7']);
});

test('after the register or condition that it is for', () => {
  const names = namesIn(({ p, x, word }) => {
    const sum = p.register('sum', typeOf(sint(20)));
    sum.write(word.eq(0).select(x, sum.read().add(x).saturate(sint(20))), word.lt(9));
    return sum.read();
  });
  expect(names).toEqual(['word_is_0', 'sum_plus_x', 'sum_next_clamped', 'sum_next', 'sum_changes']);
});

test('after a named value that is made of it, where its operands have no names', () => {
  const names = namesIn(({ x, word }) => x.sub(word).add(1).mul(x.add(word)).named('area'));
  expect(names).toContain('area');
  expect(names).toContain('x_less_word_plus_1');
  expect(namesIn(({ x, word }) => word.gt(4).select(x, x.neg()).named('turned'))).toEqual([
    'word_above_4',
    'minus_x',
    'turned',
  ]);
  expect(namesIn(({ x, word }) => word.gt(4).select(x, x.neg()).mul(x).named('square'))).toEqual([
    'word_above_4',
    'minus_x',
    'square_chosen',
    'square',
  ]);
});
