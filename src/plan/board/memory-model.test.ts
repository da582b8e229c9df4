import { expect, test } from 'vitest';
import { outstandingWords } from './memory-model.js';

test('the buffer of a port covers the latency, with room for pauses', () => {
  for (const latency of [1, 17, 60, 64, 200])
    expect(outstandingWords(latency)).toBeGreaterThanOrEqual(4 * latency);
});
