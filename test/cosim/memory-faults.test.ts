/**
 * What the top does when a memory answers with an error, late or never: the call ends, its registers say why and who was at work, and the next
 * call is right to the last byte. Emitted RTL of a small network, memory to memory.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitCpp } from '../../src/emit/cpp/project.js';
import { writeProject } from '../../src/emit/project/write-project.js';
import { emitRtl } from '../../src/emit/rtl/project.js';
import { emitCosimBench } from '../../src/emit/testbench/cosim-bench.js';
import { packWords, VectorWriter } from '../../src/emit/testbench/vectors.js';
import { NetworkBuilder } from '../../src/kernel/build/network-builder.js';
import { sint, typeOf } from '../../src/kernel/type.js';
import { scheduleNetwork } from '../../src/schedule/asap.js';
import { vc709Timing } from '../../src/schedule/target.js';
import { type CosimOptions, chooseEngine, runCosim } from '../../src/tools/cosim/cosim.js';
import { readPort, writePort } from '../../src/units/movement/mover.js';

const temporary = mkdtempSync(join(tmpdir(), 'fastmamba-memory-faults-'));
const folder = join(temporary, 'project');
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const WORDS = 300;
const word = typeOf(sint(16), 4);
const net = new NetworkBuilder('negative', 'The negative of every value, memory to memory.');
const words = net.scalar('words', 0, 4000, 'words of a call');
const from = net.port('from', 'read', word, 'values');
const to = net.port('to', 'write', word, 'results');
const values = net.channel('values', word, 'values', 8);
const results = net.channel('results', word, 'results', 8);
readPort(net, 'fetch', { port: from, base: 0, repeats: 1, outputs: [{ channel: values, words }] });
net.process('negate', 'PMU', 'Negates.', (p) => {
  p.nest('all', [{ index: 'word', bound: p.arg(words) }], () => {
    p.write(results, p.read(values).neg().wrap(sint(16)));
  });
});
writePort(net, 'store', { port: to, base: 0, repeats: 1, input: results, words });
const network = net.build();

const input = Int16Array.from({ length: 4 * WORDS }, (_, i) => 37 * i - 9000);
let script = '';
beforeAll(async () => {
  const files = [
    ...emitCpp(network, { model: 'none', planDigest: 'none', command: 'test' }),
    ...emitRtl(network, scheduleNetwork(network, vc709Timing), { bufferWords: () => 32 }),
    ...emitCosimBench(network),
  ];
  await writeProject(folder, new Map(files));
  const vectors = new VectorWriter(join(folder, 'vectors'));
  vectors.memory('board', 16384);
  vectors.map('descriptors', 'board', 0);
  vectors.map('from', 'board', 512);
  vectors.map('to', 'board', 8192);
  // Two descriptors, the same work.
  const descriptors = new Uint8Array(128);
  for (const at of [0, 64]) new DataView(descriptors.buffer).setUint32(at, WORDS, true);
  vectors.poke('board', 0, descriptors);
  vectors.poke('board', 512, packWords(input, word));
  vectors.layers(0, 2);
  vectors.check(
    'board',
    8192,
    packWords(
      input.map((x) => -x),
      word,
    ),
  );
  script = vectors.finish();
});

const engine = await chooseEngine();
const run = (options: Partial<CosimOptions>) =>
  runCosim(folder, { script, engine, unit: 'top', optimize: 1, ...options });

describe('a call that the memory does not let end', () => {
  it('is not there where the memory is right', async () => {
    const report = await run({ timeLimit: 3000 });
    expect(report).toMatchObject({ failure: null, stops: [] });
    expect(report.memories[0]).toMatchObject({ wrongBytes: 0, bytes: 8 * WORDS });
    expect(report.calls.length).toBe(1);
  });

  const cases: [string, Partial<CosimOptions>, RegExp][] = [
    [
      'a read error',
      { faults: ['from:3:error'] },
      /^a memory has answered with an error; error from port from;/,
    ],
    [
      'a write error',
      { faults: ['to:5:error'] },
      /^a memory has answered with an error; error from port to;/,
    ],
    [
      'a descriptor with an error, which runs nothing',
      { faults: ['descriptors:0:error'] },
      /^a memory has answered with an error; error from port descriptors; (no answer yet to port descriptors; )?descriptors left 2$/,
    ],
    [
      'words that come late',
      { faults: ['from:4:5000'], timeLimit: 2000 },
      /^time limit; no answer yet to port from; not done fetch negate store; descriptors left 2$/,
    ],
    [
      'an acknowledgement that comes late',
      { faults: ['to:2:5000'], timeLimit: 2000 },
      // Two processes are at the next descriptor already.
      /^time limit; no answer yet to port to; not done fetch negate; descriptors left 2$/,
    ],
    [
      'a descriptor that comes late',
      { faults: ['descriptors:0:5000'], timeLimit: 2000 },
      /^time limit; no answer yet to port descriptors; descriptors left 2$/,
    ],
    ['a host that wants an end', { stopAfter: 150 }, /^asked for; .*descriptors left 2$/],
  ];
  it.each(cases)('%s: ends it, and the next call is right', async (_, options, why) => {
    for (const seed of [1, 2]) {
      const { failure, stops, memories } = await run({ ...options, seed, retries: 4 });
      expect(failure).toBeNull();
      expect(stops[0]).toMatch(why);
      expect(memories[0].wrongBytes).toBe(0);
    }
  });

  it('an answer that never comes ends every call, and names the port', async () => {
    const never = { faults: ['from:2:never'], timeLimit: 1000, retries: 2 };
    const { failure, stops } = await run(never);
    expect(failure).toMatch(/^the call has ended before its end: time limit; no answer yet to port from;/);
    expect(stops.length).toBe(2);
  });
});
