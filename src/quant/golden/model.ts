/**
 * The golden model of a whole quantized network: embedding rows, layers in their order, head. Layers are asked of the model
 * one at a time and kept only with `resident`, so a model larger than memory runs too, slowly. Results do not depend on how
 * tokens are split over calls, nor on what other sequences share a call (docs/integer-model.md section 10).
 */
import { UserError } from '../../errors.js';
import { checkCall, type Part } from '../../model/call.js';
import type { QuantizedHead, QuantizedLayer, QuantizedModel } from '../types.js';
import { type GoldenContext, goldenLayer, linearTaps } from './layer.js';
import { goldenLinear } from './linear.js';
import { goldenNorm, normInput } from './norm.js';
import type { GoldenObserver } from './observer.js';
import { createGoldenState, type GoldenState } from './state.js';

/** Final norm and LM head over residual [tokens][dModel]: logits [tokens][paddedVocabSize], int16 with `logitFracBits`. */
export function goldenLogits(
  head: QuantizedHead,
  context: GoldenContext,
  residual: Int32Array,
  observer?: GoldenObserver,
): Int16Array {
  const { dModel, nLayers } = context.config;
  const tokens = residual.length / dModel;
  const tap: Parameters<typeof linearTaps>[0] =
    observer && ((name, data, shape) => observer.tap(name, nLayers, data, [tokens, ...shape]));
  const v = normInput(head.norm, residual);
  const norm = goldenNorm(head.norm, v, dModel, 1);
  tap?.('head.norm.v', v, [dModel]);
  tap?.('head.norm.sumSquares', norm.sums, [1]);
  tap?.('head.norm.root', norm.roots, [1, 2]);
  tap?.('head.norm.out', norm.out, [dModel]);
  const { rows } = head.lmHead;
  const taps = linearTaps(tap, ['head.hat.out', 'head.x', 'head.acc'], head.lmHead);
  const logits = goldenLinear(head.lmHead, norm.out, new Int16Array(tokens * rows), taps);
  tap?.('logits', logits, [rows]);
  return logits;
}

/** How a GoldenModel runs. */
export interface GoldenModelOptions {
  /** Keep all layers in memory once read; without it only one is held at a time. */
  readonly resident?: boolean;
  readonly observer?: GoldenObserver;
  /** Sequences that have a state each; 1 when absent. */
  readonly slots?: number;
}

/** A quantized model with the states of its sequences. A slot that no call has named takes no memory. */
export class GoldenModel {
  readonly #states: (GoldenState | undefined)[];
  readonly #kept = new Map<number, QuantizedLayer>();
  #head: QuantizedHead | undefined;

  constructor(
    readonly model: QuantizedModel,
    private readonly options: GoldenModelOptions = {},
  ) {
    this.#states = Array.from({ length: options.slots ?? 1 });
  }

  /** State of slot 0; may be replaced by a copy taken before. */
  get state(): GoldenState {
    return this.#stateOf(0);
  }

  set state(state: GoldenState) {
    this.#states[0] = state;
  }

  /** Slot `slot` back to the zero state. */
  reset(slot = 0): void {
    this.#states[slot] = undefined;
  }

  /** Feeds tokens to slot 0; returns the logits of all of them, [tokens][paddedVocabSize], or of the last alone. */
  prefill(tokens: ArrayLike<number>, logits: 'all' | 'last' = 'all'): Promise<Int16Array> {
    const ids = Array.from(tokens);
    const wanted = logits === 'all' ? [...ids.keys()] : ids.length === 0 ? [] : [ids.length - 1];
    return this.#logits([{ slot: 0, tokens: ids, gives: ids.length }], wanted);
  }

  /** Feeds one token to slot 0; returns its logits, [paddedVocabSize]. */
  step(token: number): Promise<Int16Array> {
    return this.prefill([token]);
  }

  /**
   * A call over `parts`; returns the logits of the `wanted` tokens, counted over all parts, [wanted][paddedVocabSize]. Throws UserError for a
   * call that contradicts itself (`checkCall`) and for a bad id.
   */
  async call(parts: readonly Part[], wanted: readonly number[]): Promise<Int16Array> {
    const slots = this.#states.length;
    checkCall(parts, wanted, { slots, maxTokens: Number.POSITIVE_INFINITY });
    return this.#logits(parts, wanted);
  }

  /** Feeds tokens to slot 0; returns the residual stream after the last layer, [tokens][dModel]. Throws UserError for a bad id. */
  residual(tokens: ArrayLike<number>): Promise<Int32Array> {
    return this.#residual([{ slot: 0, tokens: Array.from(tokens), gives: tokens.length }]);
  }

  async #logits(parts: readonly Part[], wanted: readonly number[]): Promise<Int16Array> {
    const residual = await this.#residual(parts);
    const { dModel } = this.model.config;
    const rows = new Int32Array(wanted.length * dModel);
    wanted.forEach((t, i) => {
      rows.set(residual.subarray(t * dModel, (t + 1) * dModel), i * dModel);
    });
    if (wanted.length === 0) return new Int16Array(0);
    return goldenLogits(await this.#headOnce(), this.model, rows, this.options.observer);
  }

  async #residual(parts: readonly Part[]): Promise<Int32Array> {
    const { nLayers, paddedVocabSize } = this.model.config;
    const tokens = parts.flatMap((part) => part.tokens);
    for (let i = 0; i < tokens.length; i++) {
      if (!Number.isInteger(tokens[i]) || tokens[i] < 0 || tokens[i] >= paddedVocabSize) {
        throw new UserError(
          `token ${i}: found id ${tokens[i]}, expected an integer from 0 to ${paddedVocabSize - 1}`,
        );
      }
    }
    const residual = (await this.model.embeddingRows(tokens)).slice();
    const states = parts.map(({ slot }) => this.#stateOf(slot));
    for (let i = 0; i < nLayers; i++) {
      const own = parts.map(({ tokens, gives }, part) => ({
        ...{ count: tokens.length, gives, state: states[part].layers[i] },
      }));
      goldenLayer(await this.#layer(i), this.model, residual, own, this.options.observer);
    }
    return residual;
  }

  #stateOf(slot: number): GoldenState {
    return (this.#states[slot] ??= createGoldenState(this.model.config));
  }

  async #layer(index: number): Promise<QuantizedLayer> {
    const kept = this.#kept.get(index);
    if (kept !== undefined) return kept;
    const layer = await this.model.layer(index);
    if (this.options.resident) this.#kept.set(index, layer);
    return layer;
  }

  async #headOnce(): Promise<QuantizedHead> {
    this.#head ??= await this.model.head();
    return this.#head;
  }
}
