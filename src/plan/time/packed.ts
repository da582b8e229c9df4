/** Speed of prompts that are packed end to end in one call, beside that of one prompt with as many tokens. */
import { promptParts } from '../../units/layer/call.js';
import type { PackedPlan } from '../plan-types.js';
import type { CallSize } from './call-cycles.js';

/** How many prompts, and the tokens of each. */
export interface PackedPrompts {
  readonly prompts: number;
  readonly tokens: number;
}

/** `cyclesOf` gives the cycles of a call at `hz`. Logits are wanted of each prompt's last token. */
export function packedPlan(
  cyclesOf: (call: CallSize) => number,
  hz: number,
  { prompts, tokens }: PackedPrompts,
): PackedPlan {
  const all = prompts * tokens;
  const cycles = cyclesOf({ tokens: all, rows: prompts, parts: promptParts(all, prompts) });
  const onePromptCycles = cyclesOf({ tokens: all, rows: 1, parts: promptParts(all) });
  return { prompts, tokens, cycles, tokensPerSecond: (all * hz) / cycles, onePromptCycles };
}
