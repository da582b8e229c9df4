/** Features of FIFOs against bits counted by hand. */
import { expect, it } from 'vitest';
import { fifoBody } from './fifo.js';

it('a FIFO whose places are reserved counts them apart from its words', () => {
  const [width, depth] = [8, 16];
  const places = 4;
  const fill = 5;
  const counterOf = (isReserved: boolean) => fifoBody(width, depth, 'lutram', isReserved).features.counter;
  expect(counterOf(false)).toBe(2 * places + fill);
  expect(counterOf(true)).toBe(2 * places + 2 * fill);
});
