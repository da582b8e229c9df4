/** What a project runs on, as an engine: the board, its RTL in simulation, or its C++ kernels, each behind fastmamba-host. */
import { UserError } from '../../errors.js';
import { checkCall, type Part, tokensOf } from '../../model/call.js';
import type { Mamba2Config } from '../../model/config/mamba2-config.js';
import type { Fed, HostPart, HostSession } from '../../verify/host-session.js';
import type { Engine, KernelCall } from './engine.js';

/** What it speaks for. */
export interface HostEngineRequest {
  readonly session: HostSession;
  readonly config: Pick<Mamba2Config, 'vocabSize' | 'paddedVocabSize'>;
  /** Fraction bits of its logits. */
  readonly logitFracBits: number;
}

/** Takes over the session and closes it with the engine. */
export function hostEngine({ session, config, logitFracBits }: HostEngineRequest): Engine {
  const { vocabSize, paddedVocabSize } = config;
  const scale = 2 ** -logitFracBits;
  const { maxTokens, maxParts, clockMHz, countsCycles } = session;
  const takesCalls = maxParts > 0;
  const slots = takesCalls ? Math.min(session.slots, maxParts) : session.slots;
  const limits = { slots, maxTokens };
  const calls: KernelCall[] = [];
  const run = takesCalls ? (parts: readonly HostPart[]) => session.call(parts) : feeds;

  /** A program that has no `call`: a `feed` for each part. */
  async function feeds(parts: readonly HostPart[]): Promise<Fed> {
    const pieces: number[] = [];
    let [cycles, count] = [0, 0];
    for (const { slot, ids, gives, rows } of parts) {
      if (gives !== ids.length)
        throw new UserError('this fastmamba-host takes no drafts: it has no command `call`');
      const last = ids.length - 1;
      const kind = rows.length === 0 ? 'none' : rows.length === 1 && rows[0] === last ? 'last' : 'all';
      const fed = await session.feed(ids, kind, slot);
      for (const row of kind === 'all' ? rows : rows.map(() => 0))
        for (const logit of fed.logits.subarray(row * paddedVocabSize, (row + 1) * paddedVocabSize))
          pieces.push(logit);
      cycles += fed.cycles;
      count += fed.calls;
    }
    return { logits: Int16Array.from(pieces), cycles, calls: count };
  }

  return {
    ...limits,
    ...{ vocabSize, paddedVocabSize, takesDrafts: takesCalls },
    async call(parts, wanted) {
      checkCall(parts, wanted, limits);
      const { logits, cycles } = await run(hostParts(parts, wanted));
      calls.push({ tokens: tokensOf(parts), cycles });
      return Float64Array.from(logits, (value) => value * scale);
    },
    clear: (slot) => session.reset(slot),
    ...(countsCycles ? { kernel: { clockMHz, calls } } : {}),
    close: () => session.close(),
  };
}

/** The parts with the tokens that are wanted of each; `wanted` is ascending. */
function hostParts(parts: readonly Part[], wanted: readonly number[]): HostPart[] {
  let first = 0;
  return parts.map(({ slot, tokens, gives }) => {
    const [begin, end] = [first, first + tokens.length];
    first = end;
    const rows = wanted.filter((row) => row >= begin && row < end).map((row) => row - begin);
    return { slot, ids: tokens, gives, rows };
  });
}
