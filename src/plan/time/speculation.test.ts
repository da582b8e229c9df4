import { expect, it } from 'vitest';
import type { CallSize } from './call-cycles.js';
import { speculationPlan } from './speculation.js';

it('divides the tokens of a call by the cycles of all that is in it', () => {
  const asked: string[] = [];
  const cyclesOf = ({ tokens, rows, parts = [] }: CallSize) => {
    asked.push(`${tokens} ${rows} ${parts.map(({ gives }) => gives)}`);
    return 1000 + 100 * tokens + 10 * rows;
  };
  const plan = speculationPlan(cyclesOf, 1e6, [2]);
  expect(plan.map(({ tokensPerCall, cycles }) => [tokensPerCall, cycles])).toEqual([
    [1, 1330],
    [1.5, 1380],
    [2, 1430],
    [2.5, 1480],
    [3, 1530],
  ]);
  expect(plan[3].tokensPerSecond).toBeCloseTo(2.5e6 / 1480, 6);
  expect(new Set(asked)).toEqual(new Set(['3 3 1', '4 3 2', '5 3 3']));
});
