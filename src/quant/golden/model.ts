/**
 * The golden model of a whole quantized network: embedding rows, layers in their order, head. Layers are asked of the model
 * one at a time and kept only with `resident`, so a model larger than memory runs too, slowly. Results do not depend on how
 * tokens are split over calls.
 */
import { UserError } from '../../errors.js';
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
}

/** A quantized model with its running state. */
export class GoldenModel {
  /** May be replaced by a copy taken before. */
  state: GoldenState;
  readonly #kept = new Map<number, QuantizedLayer>();
  #head: QuantizedHead | undefined;

  constructor(
    readonly model: QuantizedModel,
    private readonly options: GoldenModelOptions = {},
  ) {
    this.state = createGoldenState(model.config);
  }

  /** Back to the zero state. */
  reset(): void {
    this.state = createGoldenState(this.model.config);
  }

  /** Feeds tokens; returns the logits of all of them, [tokens][paddedVocabSize], or of the last alone. */
  async prefill(tokens: ArrayLike<number>, logits: 'all' | 'last' = 'all'): Promise<Int16Array> {
    const residual = await this.residual(tokens);
    const { dModel } = this.model.config;
    const rows = logits === 'all' ? residual : residual.subarray(Math.max(0, residual.length - dModel));
    return goldenLogits(await this.#headOnce(), this.model, rows, this.options.observer);
  }

  /** Feeds one token; returns its logits, [paddedVocabSize]. */
  step(token: number): Promise<Int16Array> {
    return this.prefill([token]);
  }

  /** Feeds tokens; returns the residual stream after the last layer, [tokens][dModel]. Throws UserError for a bad id. */
  async residual(tokens: ArrayLike<number>): Promise<Int32Array> {
    const { nLayers, paddedVocabSize } = this.model.config;
    for (let i = 0; i < tokens.length; i++) {
      if (!Number.isInteger(tokens[i]) || tokens[i] < 0 || tokens[i] >= paddedVocabSize) {
        throw new UserError(
          `token ${i}: found id ${tokens[i]}, expected an integer from 0 to ${paddedVocabSize - 1}`,
        );
      }
    }
    const residual = (await this.model.embeddingRows(tokens)).slice();
    for (let i = 0; i < nLayers; i++) {
      goldenLayer(await this.#layer(i), this.model, residual, this.state.layers[i], this.options.observer);
    }
    return residual;
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
