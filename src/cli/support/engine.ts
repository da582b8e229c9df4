/** What can compute logits: the float model, the golden model, the engine `fast` with its integers, the C++ kernels, the RTL, the board. `logits` and `run` know nothing more of them. */

/** Names of the engines, as --engine takes them. */
export const ENGINES = ['float', 'golden', 'fast', 'csim', 'rtl', 'board'] as const;
export type EngineName = (typeof ENGINES)[number];

/** Tokens that went to the kernel, and the cycles that they took it. */
export interface KernelCall {
  readonly tokens: number;
  readonly cycles: number;
}

/** A model with its running state. */
export interface Engine {
  /** Ids that stand for a token. */
  readonly vocabSize: number;
  /** Logits a token; those from vocabSize on stand for nothing. */
  readonly paddedVocabSize: number;
  /** Feeds tokens; logits of the last, [paddedVocabSize], in the units of the float model. */
  last(tokens: readonly number[]): Promise<Float64Array>;
  /** Feeds tokens; logits of all, [tokens, paddedVocabSize]. */
  all(tokens: readonly number[]): Promise<Float64Array>;
  /** What the kernel counted so far, where there is one that counts. */
  readonly kernel?: { readonly clockMHz: number; readonly calls: readonly KernelCall[] };
  close(): Promise<void>;
}
