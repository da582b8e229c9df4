/** Variables of a body are declared where all their users can see them: under whatever conditions lane loops stand. */
import { expect, test } from 'vitest';
import { randomCase } from '../../../test/support/random-network.js';
import { NetworkBuilder } from '../../kernel/build/network-builder.js';
import { sint, typeOf } from '../../kernel/type.js';
import { emitCpp } from './project.js';

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
  const options = { model: 'example', planDigest: '0123abcd', command: 'fastmamba emit example' };
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

test('constants that a stream takes whole have a table and a word of different names', () => {
  const net = new NetworkBuilder('constant', 'Gives constants.');
  const output = net.channel('output', typeOf(sint(8), 3), 'constants');
  net.process('give', 'PMU', 'Gives three constants.', (p) =>
    p.nest('give', [{ index: 'word', bound: 4 }], () =>
      p.write(output, p.constants([5, -3, 2]).named('three')),
    ),
  );
  const options = { model: 'example', planDigest: '0123abcd', command: 'fastmamba emit example' };
  const text = emitCpp(net.build(), options).get('kernel/give.cpp')!;
  const [, table] = /static const \w+<\d+> (\w+)\[3\]/.exec(text)!;
  const [, word] = /s8x3 (\w+);/.exec(text)!;
  expect(word).not.toBe(table);
  expect(text).toContain(`${word}.lane[lane] = ${table}[lane];`);
  expect(text).toContain(`output.write(${word});`);
});
