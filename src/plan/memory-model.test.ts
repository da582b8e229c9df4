import { expect, test } from 'vitest';
import type { Port } from '../kernel/ir.js';
import { typeOf, uint } from '../kernel/type.js';
import { outstandingWords, portChannels } from './memory-model.js';

const port = (name: string): Port => ({ name, direction: 'read', type: typeOf(uint(8), 64), doc: name });

test('the buffer of a port covers the latency, with room for pauses', () => {
  for (const latency of [1, 17, 60, 64, 200])
    expect(outstandingWords(latency)).toBeGreaterThanOrEqual(2 * latency);
});

test('stripes lie in the channel of their number, all other ports are dealt out', () => {
  const ports = [
    'residual_in',
    'weights_in_0',
    'weights_in_1',
    'state_in',
    'weights_out_0',
    'weights_out_1',
    'logits',
  ];
  const channels = portChannels(ports.map(port), 2);
  expect(ports.map((name) => channels.get(name))).toEqual([0, 0, 1, 1, 0, 1, 0]);
});
