import { expect, test } from 'vitest';
import { commandLine } from './command-line.js';
import { planFlags } from './plan-options.js';
import { quantizeFlags } from './quantizer-options.js';

test('names what was given, in one order, and nothing that was left out', () => {
  const flags = [
    ...planFlags({ preset: 'small', device: 'vc709', shell: 'counted', under: { dsp: 900, lut: 1000 } }),
    ...quantizeFlags({ weightBits: 4, normGroups: 1, calibration: '/home/me/text.txt' }),
    ['--stalls', true],
    ['--kernel', undefined],
    ['--as-is', false],
    ['--latency', 0],
  ] as const;
  expect(commandLine('cosim', 'tiny', flags)).toBe(
    'fastmamba cosim tiny --device vc709 --preset small --under dsp=900,lut=1000 --norm-groups 1 --weight-bits 4 --stalls --latency 0',
  );
});

test('the package’s own model needs no name, a file no folder', () => {
  const flags = planFlags({ preset: 'auto', device: '/home/me/mine.json', shell: 'none' });
  expect(commandLine('plan', '130m', flags)).toBe(
    'fastmamba plan 130m --device mine.json --preset auto --shell none',
  );
  expect(commandLine('eval', '', [])).toBe('fastmamba eval');
});
