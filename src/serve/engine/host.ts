/** What a project runs on, as an engine: the board, its RTL in simulation, or its C++ kernels, each behind fastmamba-host. */
import { checkCall, type Part, tokensOf } from '../../model/call.js';
import type { Mamba2Config } from '../../model/config/mamba2-config.js';
import type { HostPart, HostSession } from '../../verify/host-session.js';
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
  const limits = { slots: Math.min(session.slots, maxParts), maxTokens };
  const calls: KernelCall[] = [];
  return {
    ...limits,
    ...{ vocabSize, paddedVocabSize },
    async call(parts, wanted) {
      checkCall(parts, wanted, limits);
      const { logits, cycles } = await session.call(hostParts(parts, wanted));
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
