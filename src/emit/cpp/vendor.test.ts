/** What the emitted C++ has to do because the vendor's ap_int and synthesis differ from this project's headers. */
import { expect, test } from 'vitest';
import { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Network } from '../../kernel/ir.js';
import { sint, typeOf, uint } from '../../kernel/type.js';
import { packState } from '../../units/movement/state-pack.js';
import { randomCase } from '../../verify/campaign/random-network.js';
import { ap, binary, int, number } from './expression.js';
import { emitCpp } from './project.js';
import { widestInteger } from './widest.js';

const options = { model: 'example', planDigest: '0123abcd', command: 'fastmamba emit example' };
const at = { range: { lo: 0n, hi: 1n }, perLane: false };
const signed = (bits: number) => ap('x', { bits, signed: true, fracBits: 0 });
const unsigned = (bits: number) => ap('y', { bits, signed: false, fracBits: 0 });

test.each([
  [signed(8), unsigned(40), 'x < ap_int<41>(y)'],
  [unsigned(32), signed(32), 'ap_int<33>(y) < x'],
  [int('i'), unsigned(32), 'i < ap_int<33>(y)'],
  [signed(33), unsigned(32), 'x < y'],
  [int('i'), unsigned(31), 'i < y'],
  [unsigned(40), number(5n), 'y < 5'],
  [unsigned(40), number(-5n), 'ap_int<41>(y) < -5'],
  [unsigned(40), unsigned(8), 'y < y'],
])('an unsigned number is compared with a narrower signed one as a signed one', (a, b, text) => {
  expect(binary('lt', a, b, at).text).toBe(text);
});

test('an unsigned number is saturated to a signed one as a signed one', () => {
  const net = new NetworkBuilder('narrow', 'Saturates.');
  const input = net.channel('input', typeOf(uint(40), 4), 'values');
  const output = net.channel('output', typeOf(sint(8), 4), 'saturated values');
  net.process('narrow', 'PMU', 'Saturates.', (p) => {
    p.nest('narrow', [{ index: 'word', bound: 8 }], () => p.write(output, p.read(input).saturate(sint(8))));
  });
  expect(emitCpp(net.build(), options).get('kernel/narrow.cpp')).toMatch(/saturate_signed<8>\(ap_int<41>\(/);
});

/** A process that keeps the largest value of each of 8 places, lane by lane. */
function largest(): Network {
  const net = new NetworkBuilder('largest', 'Keeps the largest values.');
  const input = net.channel('input', typeOf(sint(16), 4), 'values');
  const output = net.channel('output', typeOf(sint(16), 4), 'largest so far');
  net.process('keep', 'PMU', 'Keeps the largest value of each place.', (p) => {
    const ram = p.ram('kept', typeOf(sint(16), 4), 8, 'bram', 'largest values');
    p.nest(
      'keep',
      [
        { index: 'round', bound: 10 },
        { index: 'place', bound: 8 },
      ],
      ({ place }) => {
        const updated = p.read(input).max(p.load(ram, place)).named('updated');
        p.store(ram, place, updated);
        p.write(output, updated);
      },
    );
  });
  return net.build();
}

test('a word of a memory is read in one lane loop and written in a later one', () => {
  const text = emitCpp(largest(), options).get('kernel/keep.cpp')!;
  const read = text.search(/= .*kept\[place\]\[lane\]/);
  const write = text.indexOf('kept[place][lane] =');
  expect(read).toBeGreaterThan(0);
  expect(text.slice(read, write)).toMatch(/\}\s+for \(int lane = 0;/);
});

function packer(lanes: number): Network {
  const net = new NetworkBuilder('packer', 'State to memory words.');
  const input = net.channel('state', typeOf(sint(24), lanes), 'state');
  const output = net.channel('bytes', typeOf(uint(8), lanes), 'memory words');
  packState(net, 'pack', { input, output, words: net.scalar('words', 0, 9, 'words') });
  return net.build();
}

test('the vendor is told of integers wider than it takes by itself', () => {
  const header = (lanes: number) => emitCpp(packer(lanes), options).get('kernel/integers.hpp')!;
  expect(header(64)).toMatch(/#define AP_INT_MAX_W 1536\n#endif\n#include "ap_int.h"/);
  expect(header(32)).toMatch(/#define AP_INT_MAX_W 1024\n/);
  const net = new NetworkBuilder('joined', 'Two words of state as one integer.');
  const input = net.channel('input', typeOf(sint(24), 128), 'state');
  const output = net.channel('output', typeOf(uint(8)), 'lowest byte');
  net.process('join', 'mover', 'Joins.', (p) =>
    p.nest('join', [{ index: 'word', bound: 4 }], () => {
      const word = p.read(input);
      const bytes = p.gather([word, word]).bitcast(sint(24), typeOf(uint(8), 768));
      p.write(output, bytes.lane(0));
    }),
  );
  expect(() => emitCpp(net.build(), options)).toThrow(
    /process join: an integer of 6144 bits, ap_int holds 4096/,
  );
});

test('no integer of the text is wider than the vendor is told', () => {
  let found = 0;
  for (const seed of [1, 2, 3, 4]) {
    const { network } = randomCase(seed, 16, 60);
    const files = emitCpp(network, options);
    for (const process of network.processes) {
      const told = widestInteger(process);
      const text = files.get(`kernel/${process.name}.cpp`)!;
      for (const [type, bits] of text.matchAll(/ap_u?int<(\d+)>/g)) {
        expect(Number(bits), `${type} in ${process.name}, seed ${seed}`).toBeLessThanOrEqual(told);
        found += 1;
      }
    }
  }
  expect(found).toBeGreaterThan(1000);
});

test('every kernel file takes ap_int.h through the header that sets its limit', () => {
  for (const [path, text] of emitCpp(packer(64), options))
    if (path.startsWith('kernel/') && path !== 'kernel/integers.hpp')
      expect(text, path).not.toContain('"ap_int.h"');
});
