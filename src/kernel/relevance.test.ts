/** Which words hardware need not make 0 where they were not read. */
import { expect, it } from 'vitest';
import { NetworkBuilder, type ProcessBuilder } from './build/network-builder.js';
import type { Val } from './build/value.js';
import type { Channel } from './ir.js';
import { unmaskedReads } from './relevance.js';
import { sint, typeOf } from './type.js';

/** How many of the reads need no mask. */
function unmasked(
  use: (p: ProcessBuilder, i: Val, from: (when: Val, which?: 0 | 1) => Val, to: Channel) => void,
): number {
  const net = new NetworkBuilder('test', '');
  const inputs = [0, 1].map((i) => net.channel(`input_${i}`, typeOf(sint(8)), ''));
  const output = net.channel('output', typeOf(sint(16)), '');
  net.process('worker', 'test', '', (p) => {
    p.nest('main', [{ index: 'i', bound: 8 }], ({ i }) =>
      use(p, i, (when, which = 0) => p.read(inputs[which], when), output),
    );
  });
  return unmaskedReads(net.build().processes[0].nests[0]).size;
}

it('a word that is dropped, or not written, where it was not read', () => {
  expect(unmasked((p, i, from, to) => p.write(to, i.lt(3).select(from(i.lt(3)).mul(5), 7)))).toBe(1);
  expect(unmasked((p, i, from, to) => p.write(to, from(i.lt(3)).mul(5), i.lt(3)))).toBe(1);
  expect(unmasked((p, i, from, to) => p.write(to, from(i.lt(3)), i.lt(3).and(i.ne(1))))).toBe(1);
});

it('a word that is written, or chosen, under another condition', () => {
  expect(unmasked((p, i, from, to) => p.write(to, from(i.lt(3)).mul(5)))).toBe(0);
  expect(unmasked((p, i, from, to) => p.write(to, from(i.lt(3)), i.lt(4)))).toBe(0);
  expect(unmasked((p, i, from, to) => p.write(to, i.lt(3).select(7, from(i.lt(3)))))).toBe(0);
  expect(unmasked((p, i, from, to) => p.write(to, from(i.lt(3).and(i.ne(1))), i.lt(3)))).toBe(0);
});

it('a word that is kept for later', () => {
  expect(
    unmasked((p, i, from, to) => {
      const kept = p.register('kept', typeOf(sint(8)));
      kept.write(from(i.lt(3)));
      p.write(to, kept.read());
    }),
  ).toBe(0);
});

it('two words that never come together', () => {
  expect(
    unmasked((p, i, from, to) => {
      const first = i.lt(3);
      const second = i.lt(6).and(first.not());
      p.write(to, i.lt(6).select(first.select(from(first), from(second, 1)), 1));
    }),
  ).toBe(2);
});
