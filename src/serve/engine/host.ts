/** What a project runs on, as an engine: the board, its RTL in simulation, or its C++ kernels, each behind fastmamba-host. */
import { UserError } from '../../errors.js';
import { checkCall, type Part } from '../../model/call.js';
import type { Mamba2Config } from '../../model/config/mamba2-config.js';
import type { Fed, HostSession } from '../../verify/host-session.js';
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
  const { slots, maxTokens, clockMHz, takesCalls, countsCycles } = session;
  const limits = { slots, maxTokens };
  const calls: KernelCall[] = [];
  const run = takesCalls
    ? (parts: readonly Part[], wanted: readonly number[]) => session.call(parts, wanted)
    : feeds;

  /** A program that has no `call` yet: a `feed` for each part. */
  async function feeds(parts: readonly Part[], wanted: readonly number[]): Promise<Fed> {
    const asked = new Set(wanted);
    const rows = new Map<number, Int16Array>();
    let [first, cycles, count] = [0, 0, 0];
    for (const { slot, tokens, gives } of parts) {
      if (gives !== tokens.length)
        throw new UserError('this fastmamba-host takes no drafts: its ready line does not name `call`');
      const last = tokens.length - 1;
      const own = [...tokens.keys()].filter((t) => asked.has(first + t));
      const kind = own.length === 0 ? 'none' : own.length === 1 && own[0] === last ? 'last' : 'all';
      const fed = await session.feed(tokens, kind, slot);
      for (const t of own) {
        const row = kind === 'all' ? t : 0;
        rows.set(first + t, fed.logits.subarray(row * paddedVocabSize, (row + 1) * paddedVocabSize));
      }
      first += tokens.length;
      cycles += fed.cycles;
      count += fed.calls;
    }
    const logits = new Int16Array(wanted.length * paddedVocabSize);
    for (const [i, row] of wanted.entries()) logits.set(rows.get(row)!, i * paddedVocabSize);
    return { logits, cycles, calls: count };
  }

  return {
    ...limits,
    ...{ vocabSize, paddedVocabSize, takesDrafts: takesCalls },
    async call(parts, wanted) {
      checkCall(parts, wanted, limits);
      const { logits, cycles } = await run(parts, wanted);
      calls.push({ tokens: parts.reduce((sum, { tokens }) => sum + tokens.length, 0), cycles });
      return Float64Array.from(logits, (value) => value * scale);
    },
    clear: (slot) => session.reset(slot),
    ...(countsCycles ? { kernel: { clockMHz, calls } } : {}),
    close: () => session.close(),
  };
}
