/**
 * The golden model of a whole quantized network: embedding rows, layers in their order, head. Layers are asked of the model
 * one at a time and kept only with `resident`, so a model larger than memory runs too, slowly. Results do not depend on how
 * tokens are split over calls, nor on what other sequences share a call (docs/integer-model.md section 10).
 */
import type { QuantizedHead, QuantizedLayer } from '../types.js';
import { type GoldenContext, goldenLayer, linearTaps } from './layer.js';
import { goldenLinear } from './linear.js';
import { goldenNorm, normInput } from './norm.js';
import type { GoldenObserver } from './observer.js';
import { SlottedModel } from './slotted-model.js';
import type { GoldenLayerPart } from './state.js';

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

/** A quantized model in plain loops, with the states of its sequences. */
export class GoldenModel extends SlottedModel {
  readonly #kept = new Map<number, QuantizedLayer>();
  #head: QuantizedHead | undefined;

  protected async runLayer(
    index: number,
    residual: Int32Array,
    parts: readonly GoldenLayerPart[],
  ): Promise<void> {
    goldenLayer(await this.#layer(index), this.model, residual, parts, this.options.observer);
  }

  protected async runHead(residual: Int32Array): Promise<Int16Array> {
    this.#head ??= await this.model.head();
    return goldenLogits(this.#head, this.model, residual, this.options.observer);
  }

  async #layer(index: number): Promise<QuantizedLayer> {
    const kept = this.#kept.get(index);
    if (kept !== undefined) return kept;
    const layer = await this.model.layer(index);
    if (this.options.resident) this.#kept.set(index, layer);
    return layer;
  }
}
