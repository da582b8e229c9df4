/** Random calls of several parts: some decode, some prompts, some with drafts that are not given, some that only look, some that begin. */
import type { Random } from '../../src/util/random.js';
import { inOrder, type TokenPart, tokenPart } from '../../src/verify/expected/golden-call.js';

/** What a call may have. */
export interface CallLimits {
  readonly slots: number;
  readonly parts: number;
  /** Of a part. */
  readonly tokens: number;
  readonly vocabulary: number;
}

/** One call; its parts have slots of their own. */
export function randomCall(random: Random, { slots, parts, tokens, vocabulary }: CallLimits): TokenPart[] {
  const free = Array.from({ length: slots }, (_, slot) => slot);
  const made = Array.from({ length: random.integer(1, Math.min(parts, slots)) }, () => {
    const [slot] = free.splice(random.integer(0, free.length - 1), 1) as [number];
    const count = random.integer(0, 2) === 0 ? 1 : random.integer(1, tokens);
    const ids = Array.from({ length: count }, () => random.integer(0, vocabulary - 1));
    const gives = random.integer(0, 2) === 0 ? random.integer(0, count) : count;
    const wanted = random.integer(0, 2);
    const rows = ids
      .map((_, i) => i)
      .filter((i) => wanted === 0 || (wanted === 1 ? i === count - 1 : random.integer(0, 1) === 0));
    return tokenPart(ids, { slot, gives, rows });
  });
  // Those that begin come last: of the others the slots' states are taken.
  const taking = random.integer(0, made.length);
  return inOrder(made).map((part, i) => ({ ...part, begins: i >= taking }));
}
