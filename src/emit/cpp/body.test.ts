/** Variables of a body are declared where all their users can see them: under whatever conditions lane loops stand. */
import { expect, test } from 'vitest';
import { NetworkBuilder } from '../../kernel/build/network-builder.js';
import { typeOf, uint } from '../../kernel/type.js';
import { randomCase } from '../../verify/campaign/random-network.js';
import { emitCpp } from './project.js';

const options = { model: 'example', planDigest: '0123abcd', command: 'fastmamba emit example' };

const declaration = /^ *(?:const )?(?:ap_u?int<\d+>|[su]\d+(?:x\d+)+|bool|int) (\w+)(?=[[;]| =)/;

/** Names used after the block that they were declared in. */
function lost(text: string): string[] {
  const open: Set<string>[] = [new Set()];
  const closed = new Set<string>();
  const found: string[] = [];
  for (const line of text.split('\n')) {
    const code = line.replace(/\/\/.*/, '');
    if (code.trim() === '}') for (const name of open.pop()!) closed.add(name);
    const counter = /for \(\w\S* (\w+) =/.exec(code)?.[1];
    const name = declaration.exec(code)?.[1];
    if (name) open[open.length - 1].add(name);
    if (code.trimEnd().endsWith('{')) open.push(new Set(counter ? [counter] : []));
    for (const [word] of code.matchAll(/(?<![.\w])[a-z]\w*/g))
      if (closed.has(word) && !open.some((scope) => scope.has(word))) found.push(word);
  }
  return found;
}

test('no name is used after the block of its declaration', () => {
  expect(lost('{\n  if (a) {\n    ap_int<4> x[3];\n  }\n  y = x[0];\n}')).toEqual(['x']);
  for (const seed of [2, 7]) {
    let names = 0;
    for (const [path, text] of emitCpp(randomCase(seed, 16, 60).network, options)) {
      if (!/kernel\/process_\d+\.cpp/.test(path)) continue;
      names += text.split('\n').filter((line) => declaration.test(line)).length;
      expect(lost(text), `${path}, seed ${seed}`).toEqual([]);
    }
    expect(names).toBeGreaterThan(200);
  }
});

test('a table of constants that goes whole to a channel is not called like the word', () => {
  const net = new NetworkBuilder('constants', 'A word of constants.');
  const output = net.channel('output', typeOf(uint(4), 3), 'constants');
  net.process('send', 'test', 'Sends constants.', (p) => {
    p.nest('send', [{ index: 'word', bound: 2 }], () =>
      p.write(output, p.constants([1, 5, 9]).named('numbers')),
    );
  });
  const text = emitCpp(net.build(), options).get('kernel/send.cpp');
  expect(text).toMatch(/static const ap_uint<4> numbers_lanes\[3\] = \{/);
  expect(text).toContain('numbers.lane[lane] = numbers_lanes[lane];');
});
