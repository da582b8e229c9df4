/** The region written by hand in test/cosim/hand as a project: its network, its files, and scripts for it. */
import { readdirSync, readFileSync } from 'node:fs';
import { emitCosimBench } from '../../src/emit/testbench/cosim-bench.js';
import { packWords, type VectorWriter } from '../../src/emit/testbench/vectors.js';
import { NetworkBuilder } from '../../src/kernel/build/network-builder.js';
import { sint, typeOf } from '../../src/kernel/type.js';
import { readPort, writePort } from '../../src/units/movement/mover.js';
import { packagePath } from '../../src/util/package-path.js';

const net = new NetworkBuilder('scale', 'Twice every value and an offset.');
const word = typeOf(sint(16), 4);
const words = net.scalar('words', 0, 255, 'words');
export const from = net.port('from', 'read', word, 'values');
export const to = net.port('to', 'write', word, 'results');
const values = net.channel('values', word, 'values', 4);
export const offset = net.channel('offset', word, 'added to every word');
export const seen = net.channel('seen', word, 'every result');
export const twice = net.channel('twice', word, 'twice the values, and the offset');
readPort(net, 'fetch', { port: from, base: 0, repeats: 1, outputs: [{ channel: values, words }] });
net.process('double_values', 'PMU', 'Doubles and adds.', (p) => {
  p.nest('double', [{ index: 'word', bound: p.arg(words) }], () => {
    const sum = p.read(values).shl(1).add(p.read(offset)).wrap(sint(16)).named('sum');
    p.write(seen, sum);
    p.write(twice, sum);
  });
});
writePort(net, 'store', { port: to, base: 0, repeats: 1, input: twice, words });
export const network = net.build();

/** The project's files. `change` gives other text for a file of the RTL, by name. */
export function handFiles(
  change: Readonly<Record<string, (text: string) => string>> = {},
): Map<string, string> {
  const folder = packagePath('test', 'cosim', 'hand');
  const files = emitCosimBench(network);
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.sv'))) {
    const text = readFileSync(`${folder}/${name}`, 'utf8');
    const changed = change[name]?.(text) ?? text;
    if (change[name] && changed === text) throw new Error(`${name}: the change changes nothing`);
    files.set(name === 'fifo.sv' ? 'rtl/lib/fifo.sv' : `rtl/${name}`, changed);
  }
  return files;
}

const MOST = 255;
export const input = Int16Array.from({ length: 4 * MOST }, (_, i) => i * 37 - 4000);
export const offsets = Int16Array.from({ length: 4 * MOST }, (_, i) => 5 * i - 300);
export const results = input.map((value, i) => 2 * value + offsets[i]);

/** Calls of so many words each; memories far from their pages' starts, so that bursts cross borders. */
export function writeHandCalls(vectors: VectorWriter, calls: readonly number[]): void {
  vectors.memory('board', 16384);
  vectors.map('from', 'board', 3 * 8 + 2048);
  vectors.map('to', 'board', 7000);
  vectors.poke('board', 3 * 8 + 2048, packWords(input, word));
  for (const count of calls) {
    const part = <T extends { slice(first: number, end: number): T }>(all: T) => all.slice(0, 4 * count);
    if (count > 0) {
      vectors.feed(offset, part(offsets));
      vectors.expect(twice, part(results));
      vectors.expect(seen, part(results));
    }
    vectors.call({ words: count });
    vectors.check('board', 7000, packWords(part(results), word));
  }
}
