import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellQuote } from './shell-quote.js';

test('plain words stay as they are', () => {
  for (const word of ['build/tiny-mamba2', 'dsp=2000,lut=100', '130m', 'ü/ä'])
    expect(shellQuote(word)).toBe(word);
});

test('a shell takes every word for what it was', () => {
  const letter = fc.constantFrom(...' \'"\\$`;&|<>()[]{}*?!#%~\t\nüx-=');
  const words = fc.array(fc.string({ unit: letter, maxLength: 8 }), { minLength: 1, maxLength: 50 });
  const read = (all: readonly string[]) =>
    execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${all.map(shellQuote).join(' ')}`], { encoding: 'utf8' });
  fc.assert(
    fc.property(words, (all) => {
      expect(read(all).split('\0').slice(0, -1)).toEqual(all);
    }),
    { numRuns: 30 },
  );
});
