import { expect, test } from 'vitest';
import type { Port } from '../../kernel/ir.js';
import { typeOf, uint } from '../../kernel/type.js';
import { outstandingWords, portChannels } from './memory-model.js';

const port = (name: string): Port => ({ name, direction: 'read', type: typeOf(uint(8), 64), doc: name });

test('the buffer of a port covers the latency, with room for pauses', () => {
  for (const latency of [1, 17, 60, 64, 200])
    expect(outstandingWords(latency)).toBeGreaterThanOrEqual(2 * latency);
});

test('stripes lie in the channel of their number, ways in and out of one region apart, unknown ports in turn', () => {
  const names = [
    'residual_again',
    'residual_out',
    'weights_in_0',
    'weights_in_1',
    'state_in',
    'state_out',
    'a',
    'b',
  ];
  const channels = portChannels(names.map(port), 2);
  expect(names.map((name) => channels.get(name))).toEqual([1, 0, 0, 1, 1, 0, 0, 1]);
  expect(new Set(portChannels(names.map(port), 1).values())).toEqual(new Set([0]));
});
