/** What the pragmas of the emitted C++ say, so that no option of the vendor's tool has to. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Network } from '../../kernel/ir.js';
import { sint, typeOf, uint } from '../../kernel/type.js';
import { vc709Timing } from '../../schedule/target.js';
import { mat } from '../../units/compute/mat.js';
import { quantize } from '../../units/compute/quantize.js';
import { readPort, writePort } from '../../units/movement/mover.js';
import { packagePath } from '../../util/package-path.js';
import { bindingsOf } from './bindings.js';
import { emitCpp } from './project.js';
import { inRegisters } from './registers.js';

const options = { model: 'example', planDigest: '0123abcd', command: 'fastmamba emit example' };

/** A MAT array of 40 x 32 products, then a quantizer of its sums; one FIFO of a single word. */
function products(): Network {
  const net = new NetworkBuilder('products', 'A MAT array and a quantizer.');
  const chunks = net.scalar('chunks', 0, 8, 'chunks of 8 tokens');
  const tokens = net.scalar('tokens', 0, 64, 'tokens');
  const multiplier = net.scalar('multiplier', 1, 2 ** 16 - 1, 'scale');
  const shift = net.scalar('shift', 1, 31, 'shift after the multiplier');
  const weights = [net.channel('weights', typeOf(sint(8), 64), 'weights')];
  const input = net.channel('input', typeOf(sint(8), 32), 'inputs');
  const sums = net.channel('sums', typeOf(sint(32), 40), 'sums');
  mat(net, 'mat', {
    ...{ tile: { rows: 40, cols: 32, weightLanes: 64, ports: 1 }, weights, input, output: sums },
    ...{
      chunks,
      chunkTokens: 8,
      lastTokens: 8,
      rowTiles: 1,
      colTiles: 1,
      slots: 20,
      minSlots: 20,
      lutRows: 8,
    },
  });
  const values = net.channel('values', typeOf(sint(16), 4), 'values', 1);
  const bytes = net.channel('bytes', typeOf(sint(8), 4), 'bytes');
  net.process('low', 'PMU', 'Takes the low halves of four sums.', (p) =>
    p.nest('low', [{ index: 'word', bound: p.arg(tokens) }], () =>
      p.write(values, p.read(sums).lanes(0, 4).wrap(sint(16))),
    ),
  );
  quantize(net, 'quantize', { input: values, output: bytes, words: tokens, multiplier, shift });
  return net.build();
}

/** Words of 512 bits in, words of 8 bits out. */
function ports(): Network {
  const net = new NetworkBuilder('ports', 'Reads and writes.');
  const words = net.scalar('words', 0, 9, 'words');
  const from = net.port('wide', 'read', typeOf(uint(8), 64), 'wide words');
  const to = net.port('narrow', 'write', typeOf(uint(8)), 'narrow words');
  const [wide, narrow] = [
    net.channel('wide_words', from.type, 'wide'),
    net.channel('narrow_words', to.type, 'n'),
  ];
  const rest = { base: 0, repeats: words };
  readPort(net, 'read_wide', { port: from, ...rest, stride: 1, outputs: [{ channel: wide, words: 1 }] });
  net.process('first', 'PMU', 'Takes the first lane.', (p) =>
    p.nest('first', [{ index: 'word', bound: p.arg(words) }], () => p.write(narrow, p.read(wide).lane(0))),
  );
  writePort(net, 'write_narrow', { port: to, ...rest, stride: 1, input: narrow, words: 1 });
  return net.build();
}

const kernels = (network: Network) =>
  [
    ...emitCpp(network, { ...options, bindingOf: bindingsOf(network, vc709Timing), bufferWords: () => 256 }),
  ].filter(([path]) => path.startsWith('kernel/'));
const linesOf = (network: Network) => kernels(network).flatMap(([, text]) => text.split('\n'));

test('every pipeline flushes, by its own pragma; the scripts set no option and hide no failure', () => {
  for (const network of [products(), ports()]) {
    const pipelines = linesOf(network).filter((line) => line.includes('PIPELINE'));
    expect(pipelines.length).toBeGreaterThan(2);
    for (const line of pipelines) expect(line).toMatch(/^#pragma HLS PIPELINE II=\d+ style=flp$/);
    for (const [path, text] of emitCpp(network, options))
      if (path.endsWith('.tcl')) expect(text, path).not.toMatch(/\b(catch|config_\w+)\b/);
  }
});

test('no stream is one word deep', () => {
  const depths = linesOf(products()).flatMap((line) => /STREAM variable=(\w+) depth=(\d+)/.exec(line) ?? []);
  expect(depths).toContain('values');
  expect(depths.filter((_, i) => i % 3 === 2).map(Number)).toEqual([2, 2]);
});

test('helpers are inlined', () => {
  const text = readFileSync(packagePath('hls-templates', 'kernel', 'fixed_point.hpp'), 'utf8');
  const bodies = text.split(/^inline .*\{$/m).slice(1);
  expect(bodies.length).toBeGreaterThan(8);
  for (const body of bodies) expect(body).toMatch(/^\n#pragma HLS INLINE\n/);
  expect(emitCpp(ports(), options).get('kernel/top.cpp')).toMatch(
    /^descriptor read_descriptor\(.*\{\n#pragma HLS INLINE\n/m,
  );
});

test('AXI masters are those of the RTL', () => {
  const text = linesOf(ports()).filter((line) => line.includes('m_axi'));
  const master = (name: string, what: string) =>
    expect(text.find((line) => line.includes(`port=${name} `))).toMatch(new RegExp(` ${what}$`));
  // 256 words outstanding: bursts of 4 KiB are 64 words of 512 bits; of single bytes a burst has half the buffer.
  master('wide', 'max_read_burst_length=64 num_read_outstanding=4');
  master('narrow', 'max_write_burst_length=128 num_write_outstanding=16');
  master('descriptors', 'max_read_burst_length=8 num_read_outstanding=2');
  const sv = readFileSync(packagePath('rtl', 'lib', 'axi_write_master.sv'), 'utf8');
  expect(sv).toMatch(/parameter int BURSTS = 16 /);
});

describe('arrays in registers', () => {
  test('of more than 1,024 lanes are not taken apart whole', () => {
    expect(inRegisters('a', { shape: [1024] })).toEqual([
      '#pragma HLS ARRAY_PARTITION variable=a complete dim=0',
    ]);
    expect(inRegisters('a', { shape: [1025] })).toEqual([
      '#pragma HLS ARRAY_RESHAPE variable=a complete dim=1',
    ]);
    expect(inRegisters('a', { shape: [40, 32] })).toEqual([
      '#pragma HLS ARRAY_PARTITION variable=a complete dim=1',
      '#pragma HLS ARRAY_RESHAPE variable=a complete dim=2',
    ]);
  });

  test('in all of the text', () => {
    const text = linesOf(products()).join('\n');
    const sizes = [...text.matchAll(/ (\w+)((?:\[\d+\])+)(?: = \{)?;/g)].map(([, name, axes]) => ({
      name,
      lanes: [...axes.matchAll(/\d+/g)].reduce((product, [axis]) => product * Number(axis), 1),
    }));
    const large = sizes.filter(({ lanes }) => lanes > 1024).map(({ name }) => name);
    expect(large).toContain('working_bank');
    expect(large.length).toBeGreaterThan(1);
    for (const name of large) {
      expect(text).not.toContain(`ARRAY_PARTITION variable=${name} complete dim=0`);
      expect(text).toContain(`ARRAY_RESHAPE variable=${name} complete`);
    }
  });
});

test('a product is bound to a DSP block unless the block can make a sum of it too', () => {
  const text = linesOf(products()).join('\n');
  expect(text).toContain('pair_products = ');
  expect(text).not.toContain('BIND_OP variable=pair_products');
  expect(text).toMatch(/BIND_OP variable=\w+ op=mul impl=dsp latency=\d/);
});
