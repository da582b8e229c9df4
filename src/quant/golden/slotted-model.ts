/**
 * Calls over parts of many sequences (docs/integer-model.md section 10), whatever computes the layers: slots with their states, embedding rows, the
 * rows whose logits are wanted. GoldenModel and FastModel differ in what runs a layer and the head.
 */
import { UserError } from '../../errors.js';
import { checkCall, type Part } from '../../model/call.js';
import type { QuantizedModel } from '../types.js';
import type { GoldenObserver } from './observer.js';
import { createGoldenState, type GoldenLayerPart, type GoldenState } from './state.js';

/** How a model of integers runs. */
export interface SlottedModelOptions {
  /** Keep all layers in memory once read; without it only one is held at a time. */
  readonly resident?: boolean;
  readonly observer?: GoldenObserver;
  /** Sequences that have a state each; 1 when absent. */
  readonly slots?: number;
}

/** Tokens of a sequence, its state before them, and after how many of them it is moved on. */
interface StatePart {
  readonly tokens: ArrayLike<number>;
  readonly gives: number;
  readonly state: GoldenState;
}

/** A quantized model with the states of its sequences. A slot that no call has named takes no memory. */
export abstract class SlottedModel {
  protected readonly states: (GoldenState | undefined)[];

  constructor(
    readonly model: QuantizedModel,
    protected readonly options: SlottedModelOptions = {},
  ) {
    this.states = Array.from({ length: options.slots ?? 1 });
  }

  /** Layer `index` over residual [tokens][dModel], which is replaced, as are the states of the parts. */
  protected abstract runLayer(
    index: number,
    residual: Int32Array,
    parts: readonly GoldenLayerPart[],
  ): Promise<void>;

  /** Final norm and LM head over residual [tokens][dModel]: logits [tokens][paddedVocabSize]. */
  protected abstract runHead(residual: Int32Array): Promise<Int16Array>;

  /** State of slot 0; may be replaced by a copy taken before. */
  get state(): GoldenState {
    return this.stateOf(0);
  }

  set state(state: GoldenState) {
    this.states[0] = state;
  }

  /** Slot `slot` back to the zero state. */
  reset(slot = 0): void {
    this.states[slot] = undefined;
  }

  /** Gives slot `to` a copy of the state of slot `from`. */
  copySlot(from: number, to: number): void {
    const target = this.stateOf(to);
    for (const [i, { conv, h }] of this.stateOf(from).layers.entries()) {
      target.layers[i].conv.set(conv);
      target.layers[i].h.set(h);
    }
  }

  /** Feeds tokens to slot 0; returns the logits of all of them, [tokens][paddedVocabSize], or of the last alone. */
  prefill(tokens: ArrayLike<number>, logits: 'all' | 'last' = 'all'): Promise<Int16Array> {
    const ids = Array.from(tokens);
    const wanted = logits === 'all' ? [...ids.keys()] : ids.length === 0 ? [] : [ids.length - 1];
    return this.logits([{ slot: 0, tokens: ids, gives: ids.length }], wanted);
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
    checkCall(parts, wanted, { slots: this.states.length, maxTokens: Number.POSITIVE_INFINITY });
    return this.logits(parts, wanted);
  }

  /** Feeds tokens to slot 0; returns the residual stream after the last layer, [tokens][dModel]. Throws UserError for a bad id. */
  residual(tokens: ArrayLike<number>): Promise<Int32Array> {
    return this.allLayers([{ tokens, gives: tokens.length, state: this.state }]);
  }

  /**
   * Feeds tokens to sequences whose states the caller has, each moved on in place; returns the logits of all tokens, part after part, or of none.
   * Throws UserError for a bad id.
   */
  async feed(sequences: readonly Omit<StatePart, 'gives'>[], logits: 'all' | 'none'): Promise<Int16Array> {
    const residual = await this.allLayers(
      sequences.map(({ tokens, state }) => ({ tokens, state, gives: tokens.length })),
    );
    return logits === 'none' ? new Int16Array(0) : this.runHead(residual);
  }

  private async logits(parts: readonly Part[], wanted: readonly number[]): Promise<Int16Array> {
    const residual = await this.allLayers(parts.map((part) => this.withState(part)));
    const { dModel } = this.model.config;
    const rows = new Int32Array(wanted.length * dModel);
    wanted.forEach((t, i) => {
      rows.set(residual.subarray(t * dModel, (t + 1) * dModel), i * dModel);
    });
    return wanted.length === 0 ? new Int16Array(0) : this.runHead(rows);
  }

  private async allLayers(parts: readonly StatePart[]): Promise<Int32Array> {
    const { nLayers, paddedVocabSize } = this.model.config;
    const tokens = parts.flatMap((part) => Array.from(part.tokens));
    for (let i = 0; i < tokens.length; i++) {
      if (!Number.isInteger(tokens[i]) || tokens[i] < 0 || tokens[i] >= paddedVocabSize) {
        throw new UserError(
          `token ${i}: found id ${tokens[i]}, expected an integer from 0 to ${paddedVocabSize - 1}`,
        );
      }
    }
    const residual = (await this.model.embeddingRows(tokens)).slice();
    for (let i = 0; i < nLayers; i++) {
      const own = parts.map(({ tokens: { length: count }, gives, state }) => ({
        ...{ count, gives, state: state.layers[i] },
      }));
      await this.runLayer(i, residual, own);
    }
    return residual;
  }

  private withState({ slot, tokens, gives }: Part): StatePart {
    return { tokens, gives, state: this.stateOf(slot) };
  }

  private stateOf(slot: number): GoldenState {
    this.states[slot] ??= createGoldenState(this.model.config);
    return this.states[slot];
  }
}
