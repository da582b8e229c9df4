import { expect, test } from 'vitest';
import { NetworkBuilder } from './build/network-builder.js';
import { printNetwork, printProcess } from './print.js';
import { sint, typeOf, uint } from './type.js';

test('the text names everything a reader asks for', () => {
  const net = new NetworkBuilder('demo', 'Sums words.');
  const words = net.scalar('words', 1, 100, 'Words a call.');
  const input = net.channel('input', typeOf(sint(8, 3), 4), 'What comes in.', 16);
  const output = net.channel('output', typeOf(sint(17, 3)), 'What goes out.');
  net.process('total', 'PAU', 'Adds up.', (p) => {
    p.ram('spare', typeOf(uint(4)), 8, 'lutram', 'Not used.');
    const bound = p.arg(words).named('bound');
    p.nest('add', [{ index: 'i', bound }], ({ i }) => {
      const running = p.register('running', typeOf(sint(16, 3)));
      const total = running
        .read()
        .add(p.read(input).sum().named('partial'))
        .note('a tree')
        .wrap(sint(16, 3))
        .named('total');
      running.write(total);
      p.write(output, total.neg(), i.eq(bound.sub(1)).named('last'));
    });
  });
  const network = net.asWritten();
  const text = printNetwork(network);
  expect(text).toBe(`network demo: Sums words.
scalar words 1..100: Words a call.
channel input s8.3 x 4, depth 16, (outside) -> total: What comes in.
channel output s17.3, depth 2, total -> (outside): What goes out.

process total (PAU): Adds up.
  ram spare u4, 8 words, lutram: Not used.
  bound = scalar words : u7 [1..100] control
  nest Add (i < bound), interval 1
    register running s16.3 = 0
    %2 = register running : s16.3 [-32768..32767]
    %3 = read input : s8.3 x 4 [-128..127]
    partial = sum of %3 : s10.3 [-512..508]
    %5 = add %2, partial : s17.3 [-33280..33275]  // a tree
    total = wrap %5 to s16.3 : s16.3 [-32768..32767]
    set running <- total
    %8 = neg total : s17.3 [-32767..32768]
    %10 = sub bound, 1 : u7 [0..99] control
    last = eq i, %10 : u1 [0..1] control
    write output <- %8 when last
`);
  expect(text.endsWith(printProcess(network.processes[0]))).toBe(true);
});
