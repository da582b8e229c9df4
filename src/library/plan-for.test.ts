import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { UserError } from '../errors.js';
import { parseConfig } from '../model/config/config.js';
import { loadDevice } from '../plan/board/device.js';
import { packagePath } from '../util/package-path.js';
import { planFor } from './plan-for.js';

const path = packagePath('models', 'tiny-mamba2', 'config.json');
const model = { config: parseConfig(readFileSync(path, 'utf8'), path) };
const device = await loadDevice('vc709');

it('plans what was chosen, for the device given', () => {
  const choices = { name: 'some', preset: 'small', chunkTokens: 24, prefillTokens: [48] } as const;
  const { plan, shape, device: of } = planFor(model, device, choices);
  expect(of).toBe(device);
  expect([plan.model.name, plan.model.layers, shape.chunkTokens]).toEqual(['some', 6, 24]);
  expect(plan.preset).toBe('small');
  expect(plan.prefill.map(({ tokens }) => tokens)).toEqual([48]);
  // Folded unless told otherwise: no transform in front of in_proj.
  expect(plan.model.dims.hatIn).toBe(1);
  const online = planFor({ ...model, options: { hadamard: 'online' } }, device, choices);
  expect(online.plan.model.dims.hatIn).toBeGreaterThan(1);
});

it.each([
  [
    'a chunk below the latency of the array',
    { preset: 'small', chunkTokens: 1 },
    /^chunk: found 1, expected \d+ \(/,
  ],
  [
    'a chunk of more than a quarter of the longest call',
    { preset: 'small', chunkTokens: 1025 },
    /found 1025/,
  ],
  ['a purpose with a preset that has one shape', { preset: 'small', purpose: 'decode' }, /expected auto/],
  ['a budget that nothing fits', { limit: { dsp: 1 } }, /nothing fits/],
] as const)('is refused: %s', (_, choices, message) => {
  expect(() => planFor(model, device, choices)).toThrow(UserError);
  expect(() => planFor(model, device, choices)).toThrow(message);
});
