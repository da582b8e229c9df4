import { expect, it } from 'vitest';
import type { CallSize } from './call-cycles.js';
import { packedPlan } from './packed.js';

it('counts the tokens of all prompts, each in a slot of its own, and a row of logits for each', () => {
  const cyclesOf = ({ tokens, rows, parts = [] }: CallSize) => {
    const own = tokens / parts.length;
    expect(parts.every((part) => part.tokens === own && part.gives === own && part.begins)).toBe(true);
    return 1000 + 10 * tokens + rows + 100 * new Set(parts.map(({ slot }) => slot)).size;
  };
  expect(packedPlan(cyclesOf, 1e6, { prompts: 3, tokens: 10 })).toEqual({
    ...{ prompts: 3, tokens: 10, cycles: 1603, onePromptCycles: 1401 },
    tokensPerSecond: 30e6 / 1603,
  });
});
