/** Features of small processes against bits counted by hand: what synthesis makes of registers that hold a value. */
import { expect, it } from 'vitest';
import { NetworkBuilder, type ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Channel } from '../../kernel/ir.js';
import { sint, typeOf } from '../../kernel/type.js';
import { scheduleNetwork } from '../../schedule/asap.js';
import { vc709Timing } from '../../schedule/target.js';
import { gearbox } from '../../units/movement/gearbox.js';
import { processStructure } from './process.js';

const bits = 16;
const lanes = 8;

type Work = (p: ProcessBuilder, words: Channel, output: Channel) => void;

function processOf(work: Work) {
  const net = new NetworkBuilder('test', '');
  const words = net.channel('words', typeOf(sint(bits), lanes), '');
  const output = net.channel('output', typeOf(sint(64), lanes), '');
  net.process('worker', 'test', '', (p) => work(p, words, output));
  return structureOf(net);
}

function structureOf(net: NetworkBuilder) {
  const network = net.build();
  return processStructure(network.processes[0], scheduleNetwork(network, vc709Timing));
}

it('what fills a bank is its enable, where the next bank takes it from the register', () => {
  const { features } = processOf((p, words, output) => {
    p.nest('main', [{ index: 'i', bound: 100 }], ({ i }) => {
      const loading = i.lt(50);
      const spare = p.register('spare', typeOf(sint(bits), lanes));
      const filled = loading.select(p.read(words, loading), spare.read());
      spare.write(filled);
      const working = p.register('working', typeOf(sint(bits), lanes));
      working.write(filled, i.eq(40));
      const x = i.add(1).mul(i.add(1)).wrap(sint(bits));
      p.write(output, working.read().mul(x.splat([lanes])));
    });
  });
  expect(features).toMatchObject({ hold: lanes * bits, ffRegister: 2 * lanes * bits });
  expect(features).not.toHaveProperty('mux');
});

it('a part cut from a value before its register holds it has copies of its own', () => {
  const cut = 6;
  const { exact } = processOf((p, words, output) => {
    p.nest('main', [{ index: 'i', bound: 100 }], ({ i }) => {
      const loading = i.lt(50);
      const held = p.register('held', typeOf(sint(bits), lanes));
      const fields = loading.select(p.read(words, loading), held.read());
      held.write(fields);
      const square = fields.mul(fields).wrap(sint(32));
      p.write(output, square.add(fields.slice(cut - 1, 0)));
    });
  });
  // Past the multiplier a shift register, a look-up table a bit.
  expect(exact.tables).toBe(cut * lanes);
});

it('a word that is dealt out lies in registers to its last lane, however many turns that takes', () => {
  const [ratio, narrow] = [20, 3];
  const net = new NetworkBuilder('test', '');
  const input = net.channel('input', typeOf(sint(bits), ratio * narrow), '');
  const output = net.channel('output', typeOf(sint(bits), narrow), '');
  gearbox(net, 'gears', { input, output, wideWords: 5 });
  expect(structureOf(net).features).toMatchObject({ ffRegister: (ratio - 1) * narrow * bits });
});

it('a way through the issue stage is two shift registers: what moves a value changes there', () => {
  const { exact } = processOf((p, words, output) => {
    p.nest('main', [{ index: 'i', bound: 100 }], ({ i }) => {
      const square = i.mul(i).wrap(sint(bits));
      const word = p.read(words, square.mul(square).lt(50));
      p.write(output, word.mul(word).add(i.splat([lanes])));
    });
  });
  // The index has seven bits: past the multiplier of the condition, and past that of the words.
  expect(exact.tables).toBe(2 * 7);
});
