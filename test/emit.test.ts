/** The emitted C++ and SystemVerilog as text: small networks against golden files, and rules that hold for all text. */
import { expect, test } from 'vitest';
import { emitCpp } from '../src/emit/cpp/project.js';
import { emitRtl } from '../src/emit/rtl/project.js';
import { NetworkBuilder } from '../src/kernel/build/network-builder.js';
import type { Network } from '../src/kernel/ir.js';
import { namedSize, product } from '../src/kernel/size.js';
import { sint, typeOf, uint } from '../src/kernel/type.js';
import { scheduleNetwork } from '../src/schedule/asap.js';
import { vc709Timing } from '../src/schedule/target.js';
import { hat } from '../src/units/compute/hat.js';
import { mat } from '../src/units/compute/mat.js';
import { quantize } from '../src/units/compute/quantize.js';
import { readPort, writePort } from '../src/units/movement/mover.js';
import { randomCase } from '../src/verify/campaign/random-network.js';
import { expectGolden } from './support/golden-file.js';

const options = { model: 'example', planDigest: '0123abcd', command: 'fastmamba emit example' };

/** Kernel and generated testbench files; what is copied as it is, is not golden. */
function generated(network: Network): Map<string, string> {
  const fixed = /fixed_point|rtl\/lib|testbench\/(main|bench|identity\.hpp|memory|network\.hpp|report|words)/;
  const rtl = emitRtl(network, scheduleNetwork(network, vc709Timing), { banner: '// Written by fastmamba.' });
  return new Map([...emitCpp(network, options), ...rtl].filter(([path]) => !fixed.test(path)));
}

/** Memory to memory: a whole top function with descriptors. */
function quantizer(): Network {
  const net = new NetworkBuilder('quantizer', 'Rows of int16 to int8, memory to memory.');
  const rows = net.scalar('rows', 0, 100, 'rows of 4 words');
  const from = net.scalar('from', 0, 2 ** 20, 'first word of the input');
  const multiplier = net.scalar('multiplier', 1, 2 ** 16 - 1, 'scale of the input');
  const shift = net.scalar('shift', 1, 31, 'shift behind the multiplier');
  const input = net.port('rows_in', 'read', typeOf(sint(16), 32), 'rows, int16');
  const output = net.port('rows_out', 'write', typeOf(sint(8), 32), 'rows, int8');
  const values = net.channel('values', typeOf(sint(16, 11), 32), 'values of a row', 8);
  const bytes = net.channel('bytes', typeOf(sint(8), 32), 'quantized values');
  const repeats = rows;
  readPort(net, 'read_rows', {
    port: input,
    base: from,
    repeats,
    stride: 4,
    outputs: [{ channel: values, words: 4 }],
  });
  quantize(net, 'quantize_rows', {
    input: values,
    output: bytes,
    words: (p) => p.arg(rows).mul(4),
    multiplier,
    shift,
  });
  writePort(net, 'write_rows', { port: output, base: 0, repeats, stride: 4, input: bytes, words: 4 });
  return net.build();
}

function hadamard(): Network {
  const net = new NetworkBuilder('hadamard', 'Blocks of 16 in words of 4 lanes.');
  const words = net.scalar('words', 0, 400, 'words of 4 lanes');
  const input = net.channel('input', typeOf(sint(16, 11), 4), 'values');
  const output = net.channel('output', typeOf(sint(20, 11), 4), 'transformed values');
  hat(net, 'hat', { input, output, block: 16, words });
  return net.build();
}

function multiplierArray(): Network {
  const net = new NetworkBuilder('multiplier_array', 'A MAT array of 4 x 8.');
  const chunks = net.scalar('chunks', 0, 8, 'chunks of 8 tokens');
  const lastTokens = net.scalar('last_tokens', 0, 8, 'tokens of the last chunk');
  const weights = [net.channel('weights', typeOf(sint(8), 16), 'weight words')];
  const input = net.channel('input', typeOf(sint(8), 8), 'inputs, for every row of tiles again');
  const output = net.channel('output', typeOf(sint(32), 4), 'accumulators');
  const tile = { rows: 4, cols: 8, weightLanes: 16, ports: 1 };
  const sizes = { chunkTokens: 8, rowTiles: 3, colTiles: 2, slots: 8, minSlots: 8, lutRows: 0 };
  mat(net, 'mat', { tile, weights, input, output, chunks, lastTokens, ...sizes });
  return net.build();
}

/** A run-time inner bound, a reduction, a table and a register: everything in one short process. */
function runTimeBound(): Network {
  const net = new NetworkBuilder(
    'run_time_bound',
    'Sums of squares of rows whose length is known at run time.',
  );
  const rows = net.scalar('rows', 0, 9, 'rows');
  const words = net.scalar('words', 1, 12, 'words a row');
  const input = net.channel('input', typeOf(sint(9), 2, 3), 'small matrices');
  const output = net.channel('output', typeOf(uint(26)), 'a sum a row');
  net.process('sum_squares', 'PMA', 'Sums squares, weighted by a table.', (p) => {
    const table = p.rom('weights', uint(4), [1, 2, 4, 8, 15, 7, 5, 3, 2, 1, 1, 1], 'weight of each word');
    const loops = [
      { index: 'row', bound: p.arg(rows) },
      { index: 'word', bound: p.arg(words) },
    ];
    p.nest('sum', loops, ({ word }) => {
      const x = p.read(input).named('x');
      const squares = x
        .mul(x)
        .sum()
        .sum()
        .mul(word.assume(0, 11).lookup(table))
        .named('weighted')
        .note('exact');
      const running = p.register('running', typeOf(uint(26)));
      const sum = word
        .eq(0)
        .select(0, running.read())
        .add(squares)
        .assume(0, 2 ** 26 - 1)
        .named('sum');
      running.write(sum);
      p.write(output, sum, word.eq(p.arg(words).sub(1)));
    });
  });
  return net.build();
}

test.each([
  ['quantizer', quantizer],
  ['hadamard', hadamard],
  ['multiplier-array', multiplierArray],
  ['run-time-bound', runTimeBound],
])('golden text: %s', (name, build) => {
  expectGolden(`emit-${name}`, generated(build()));
});

test('the same network gives the same bytes', () => {
  const text = () => JSON.stringify([...emitCpp(randomCase(7, 6, 40).network, options)]);
  expect(text()).toBe(text());
});

test('pragmas stand alone, labels are unique in a function, lines are short, no floats', () => {
  const networks = [
    quantizer(),
    hadamard(),
    multiplierArray(),
    runTimeBound(),
    randomCase(8, 12, 50).network,
  ];
  for (const network of networks)
    for (const [path, text] of emitCpp(network, options)) {
      if (!path.startsWith('kernel/')) continue;
      expect(text, path).not.toMatch(/\b(float|double)\b/);
      const lines = text.split('\n');
      for (const line of lines) if (line.includes('#pragma')) expect(line).toMatch(/^#pragma HLS \S/);
      for (const line of lines)
        if (!/^(#pragma|\/\/)/.test(line)) expect(line.length, line).toBeLessThan(141);
      const labels = lines.filter((line) => /^\s+[A-Z]\w*:$/.test(line)).map((line) => line.trim());
      if (path.endsWith('.cpp')) expect(new Set(labels).size, path).toBe(labels.length);
    }
});

test('nothing is declared that nobody reads: no variable in C++, no waiver for a signal in SystemVerilog', () => {
  for (const build of [quantizer, hadamard, multiplierArray, runTimeBound])
    for (const [path, text] of generated(build())) {
      if (path.endsWith('.sv')) expect(text, path).not.toContain('UNUSEDSIGNAL');
      if (!path.startsWith('kernel/') || !path.endsWith('.cpp')) continue;
      const code = text.replaceAll(/\/\/.*|#pragma.*/g, '');
      const declared = [
        ...code.matchAll(/^\s+(?:static )?(?:const )?(?:ap_\w+<\d+>|int|bool|s\d+x\w+|u\d+x\w+) (\w+)/gm),
      ];
      for (const [, name] of declared)
        expect(
          [...code.matchAll(new RegExp(`\\b${name}\\b`, 'g'))].length,
          `${path}: ${name}`,
        ).toBeGreaterThan(1);
    }
});

test('sizes go by the names that their units gave, equal ones too', () => {
  const net = new NetworkBuilder('sizes', 'Keeps rows of words.');
  const rows = namedSize('rows', 4, 'rows of a block');
  const words = namedSize('words', 4, 'words of a row');
  for (const size of [rows, words]) net.size(size);
  const input = net.channel('input', typeOf(sint(9)), 'values');
  const output = net.channel('output', typeOf(sint(9)), 'values again');
  net.process('keep', 'PMU', 'Keeps a block.', (p) => {
    const ram = p.ram('kept', typeOf(sint(9)), product(rows, words), 'lutram', 'values of a block');
    const loops = [
      { index: 'row', bound: rows },
      { index: 'word', bound: words },
      { index: 'again', bound: 4 },
    ];
    p.nest('keep', loops, ({ row, word, again }) => {
      const isFirst = again.eq(0);
      const place = row.mul(4).add(word);
      p.store(ram, place, p.read(input, isFirst), isFirst);
    });
    p.nest('give', loops, ({ row, word }) => p.write(output, p.load(ram, row.mul(4).add(word))));
  });
  const files = emitCpp(net.build(), options);
  const text = files.get('kernel/keep.cpp')!;
  for (const expected of [
    'static ap_int<9> kept[config::rows * config::words];',
    'row_step < config::rows;',
    'word < config::words;',
    'again < 4;',
  ])
    expect(text).toContain(expected);
  expect(files.get('kernel/config.hpp')).toContain('constexpr int words = 4;  // words of a row');
});
