/**
 * What computes logits: the float model, the golden model, the C++ kernels, the RTL, the board. An engine holds the states of several sequences,
 * each in its slot, and runs calls over parts of them (docs/integer-model.md section 10). What generates text knows nothing more of it.
 */
import type { CallLimits, Part } from '../../model/call.js';

/** Tokens that went to the kernel, and the cycles that they took it. */
export interface KernelCall {
  readonly tokens: number;
  readonly cycles: number;
}

/** A model with the states of its sequences. */
export interface Engine extends CallLimits {
  /** Ids that stand for a token. */
  readonly vocabSize: number;
  /** Logits a token; those from vocabSize on stand for nothing. */
  readonly paddedVocabSize: number;
  /**
   * Runs a call; the logits of the `wanted` tokens, counted over all parts, [wanted][paddedVocabSize], in the units of the float model. Throws
   * UserError for a call that contradicts itself.
   */
  call(parts: readonly Part[], wanted: readonly number[]): Promise<Float64Array>;
  /** Forgets the slot's sequence. */
  clear(slot: number): Promise<void>;
  /** What the kernel counted so far, where there is one that counts. */
  readonly kernel?: { readonly clockMHz: number; readonly calls: readonly KernelCall[] };
  close(): Promise<void>;
}

/** Feeds a whole sequence to slot 0 from the zero state; the logits of all tokens, [tokens][paddedVocabSize]. */
export async function allLogits(engine: Engine, tokens: readonly number[]): Promise<Float64Array> {
  const { maxTokens, paddedVocabSize } = engine;
  const logits = new Float64Array(tokens.length * paddedVocabSize);
  await engine.clear(0);
  for (let first = 0; first < tokens.length; first += maxTokens) {
    const piece = tokens.slice(first, first + maxTokens);
    const rows = await engine.call([{ slot: 0, tokens: piece, gives: piece.length }], [...piece.keys()]);
    logits.set(rows, first * paddedVocabSize);
  }
  return logits;
}
