import { expect, test } from 'vitest';
import { commandLine } from './command-line.js';

test('names what was given, in one order, and nothing that was left out', () => {
  const options = {
    preset: 'small',
    device: 'vc709',
    weightBits: 4,
    normGroups: 1,
    calibration: '/home/me/text.txt',
  } as const;
  const more = [
    ['--stalls', true],
    ['--kernel', undefined],
    ['--as-is', false],
    ['--latency', 0],
  ] as const;
  expect(commandLine('cosim', 'tiny', options, more)).toBe(
    'fastmamba cosim tiny --device vc709 --preset small --weight-bits 4 --norm-groups 1 --stalls --latency 0',
  );
});

test('the package’s own model needs no name, a file no folder', () => {
  expect(commandLine('plan', '130m', { device: '/home/me/mine.json' })).toBe(
    'fastmamba plan 130m --device mine.json',
  );
  expect(commandLine('eval', '', {})).toBe('fastmamba eval');
});
