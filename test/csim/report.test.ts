/** The testbench must see what is wrong: a wrong lane, a word too many or too few, a wrong byte, a stuck network, a bad script. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitCpp } from '../../src/emit/cpp/project.js';
import { writeProject } from '../../src/emit/project/write-project.js';
import { packWords, VectorWriter } from '../../src/emit/testbench/vectors.js';
import { NetworkBuilder } from '../../src/kernel/build/network-builder.js';
import { sint, typeOf } from '../../src/kernel/type.js';
import { buildCsim, type CsimMode, runScript } from '../../src/tools/csim/csim.js';
import { readPort, writePort } from '../../src/units/movement/mover.js';

const folder = join(mkdtempSync(join(tmpdir(), 'fastmamba-report-')), 'project');
afterAll(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const net = new NetworkBuilder('doubler', 'Twice every value; reads a word of `side` every second word.');
const words = net.scalar('words', 0, 16, 'words');
const from = net.port('from', 'read', typeOf(sint(16), 4), 'values');
const to = net.port('to', 'write', typeOf(sint(16), 4), 'twice the values');
const values = net.channel('values', typeOf(sint(16), 4), 'values');
const side = net.channel('side', typeOf(sint(16), 4), 'every word once more');
const twice = net.channel('twice', typeOf(sint(16), 4), 'twice the values');
readPort(net, 'read_values', { port: from, base: 0, repeats: 1, outputs: [{ channel: values, words }] });
net.process('double_values', 'PMU', 'Doubles; `side` is sent first, all of it read late.', (p) => {
  p.nest('double', [{ index: 'word', bound: p.arg(words) }], () => {
    const value = p.read(values).named('value');
    p.write(side, value);
    p.write(twice, value.shl(1).wrap(sint(16)).named('doubled'));
  });
});
const late = net.channel('late', typeOf(sint(16), 4), 'twice the values, after all of `side`');
net.process('wait', 'test', 'Reads all of `side`, then `twice`.', (p) => {
  p.nest('first', [{ index: 'word', bound: p.arg(words) }], () => {
    p.read(side);
  });
  p.nest('then', [{ index: 'word', bound: p.arg(words) }], () => {
    p.write(late, p.read(twice));
  });
});
writePort(net, 'write_values', { port: to, base: 0, repeats: 1, input: late, words });
const network = net.build();

let program = '';
beforeAll(async () => {
  await writeProject(folder, emitCpp(network, { model: 'none', planDigest: 'none', command: 'test' }));
  program = await buildCsim(folder, { optimize: 1 });
}, 300_000);

const input = Int16Array.from({ length: 16 }, (_, i) => i * 100 - 700);
const doubled = input.map((value) => 2 * value);

/** Four words; `change` says what the script gets wrong. */
function simulate(change: (vectors: VectorWriter) => void, mode: CsimMode = 'sequential') {
  const vectors = new VectorWriter(join(folder, 'vectors'));
  vectors.memory('board', 1024);
  vectors.map('from', 'board', 64);
  vectors.map('to', 'board', 512);
  vectors.poke('board', 64, packWords(input, from.type));
  change(vectors);
  return runScript(program, folder, { script: vectors.finish(), mode });
}
const call = (vectors: VectorWriter, count = 4) => vectors.call({ words: count });

describe('what the testbench reports', () => {
  it('equal words and bytes', async () => {
    const report = await simulate((vectors) => {
      vectors.expect(twice, doubled);
      call(vectors);
      vectors.check('board', 512, packWords(doubled, to.type));
    });
    expect(report).toMatchObject({ words: 4, mismatches: 0, failure: null });
    expect(report.memories).toMatchObject([{ memory: 'board', wrongBytes: 0, firstWrong: null }]);
  });

  it('the place and both values of the first difference', async () => {
    const report = await simulate((vectors) => {
      call(vectors);
      vectors.expect(twice, doubled.with(6, 5).with(13, 7));
      call(vectors);
      vectors.check('board', 512, packWords(doubled.with(2, 1), to.type));
    });
    expect(report.mismatches).toBe(3);
    expect(report.channels).toMatchObject([
      {
        name: 'twice',
        process: 'double_values',
        words: 4,
        mismatches: 2,
        firstMismatch: { call: 1, word: 1, lane: 2, expected: '5', found: '-200' },
      },
    ]);
    expect(report.memories).toMatchObject([{ wrongBytes: 2, firstWrong: 512 + 4 }]);
  });

  it('words that are missing and words too many', async () => {
    const missing = await simulate((vectors) => {
      vectors.expect(twice, doubled);
      call(vectors, 3);
    });
    expect(missing.channels[0]).toMatchObject({
      words: 4,
      mismatches: 1,
      firstMismatch: { word: 3, found: 'no word' },
    });
    const many = await simulate((vectors) => {
      vectors.expect(twice, doubled.slice(0, 8));
      call(vectors);
    });
    expect(many.channels[0]).toMatchObject({
      words: 4,
      mismatches: 2,
      firstMismatch: { word: 2, expected: 'no word' },
    });
  });

  it('a deadlock that only bounded streams show, with who waits on what', async () => {
    const report = await simulate(call, 'checking');
    expect(report.failure).toMatch(/deadlock: .*'double_values' writes full channel 'twice' \(depth 2\)/);
    expect((await simulate(call)).failure).toBeNull();
  });

  it('a scalar that does not exist, a bad command, a file that is too short', async () => {
    const bad = async (line: string) => {
      const script = join(folder, 'vectors', 'bad.txt');
      writeFileSync(script, `memory board 64\n${line}\n`);
      await runScript(program, folder, { script });
    };
    await expect(bad('call wrods=3')).rejects.toThrow(/line 2: .*scalar/);
    await expect(bad('cal words=3')).rejects.toThrow(/line 2: unknown command 'cal'/);
    await expect(bad('poke board 0 vectors.bin 0 4096')).rejects.toThrow(/line 2: .*vectors.bin/);
    await expect(bad('poke board 60 vectors.bin 0 8')).rejects.toThrow(/beyond the end/);
    await expect(bad('call words=3')).rejects.toThrow(/line 2: .*port 'from' is not mapped/);
  });
});
