/**
 * A whole quantized network on WebAssembly SIMD, with the interface and the integers of GoldenModel. Layers are asked of the model one at a time;
 * with `resident` each stays in WebAssembly memory once read, where there is room for all: 4 GiB hold Mamba2-2.7B.
 */
import { UserError } from '../../errors.js';
import { checkCall, type Part } from '../../model/call.js';
import { dConv, type Mamba2Config } from '../../model/config/mamba2-config.js';
import { LARGEST_WASM_BYTES, WasmLayout, WasmMemory } from '../../util/wasm.js';
import type { GoldenModelOptions } from '../golden/model.js';
import { createGoldenState, type GoldenLayerState, type GoldenState } from '../golden/state.js';
import type { QuantizedModel } from '../types.js';
import { FastHead, type HeadPlace, placeHead } from './head.js';
import type { FastKernels } from './kernels.js';
import {
  FastLayers,
  type LayerPlace,
  type LayerScratch,
  type PackedLayer,
  placeLayer,
  placeLayerScratch,
} from './layer.js';
import { type FastMachine, type LinearScratch, placeScratch } from './linear.js';

/** Addresses of everything. */
interface ModelPlace {
  readonly bytes: number;
  readonly scratch: LinearScratch;
  readonly layerScratch: LayerScratch;
  readonly head: HeadPlace;
  /** SSM states, [nLayers]. */
  readonly states: readonly number[];
  /** One for every layer, or one for all. */
  readonly layers: readonly LayerPlace[];
}

function placeModel(config: Mamba2Config, layerPlaces: number): ModelPlace {
  const layout = new WasmLayout();
  const places = {
    scratch: placeScratch(layout, Math.max(config.dModel, config.dInner)),
    layerScratch: placeLayerScratch(layout, config),
    head: placeHead(layout, config),
    states: Array.from({ length: config.nLayers }, () => layout.take(config.dInner * config.dState * 4)),
    layers: Array.from({ length: layerPlaces }, () => placeLayer(layout, config)),
  };
  return { ...places, bytes: layout.bytes };
}

/** A quantized model with its running state. */
export class FastModel {
  readonly #states: (GoldenState | undefined)[];
  readonly #place: ModelPlace;
  readonly #machine: FastMachine;
  readonly #layers: FastLayers;
  readonly #packed: PackedLayer[] = [];
  readonly #own: GoldenState;
  #head: FastHead | undefined;

  constructor(
    readonly model: QuantizedModel,
    private readonly options: GoldenModelOptions = {},
  ) {
    const { config } = model;
    const whole = options.resident ? placeModel(config, config.nLayers) : undefined;
    this.#place = whole && whole.bytes <= LARGEST_WASM_BYTES ? whole : placeModel(config, 1);
    const memory = new WasmMemory(this.#place.bytes);
    const kernels = memory.instantiate<FastKernels>('quant');
    this.#machine = { memory, kernels, scratch: this.#place.scratch };
    this.#layers = new FastLayers(model, this.#machine, this.#place.layerScratch);
    this.#own = {
      layers: this.#place.states.map(
        (address): GoldenLayerState => ({
          conv: new Int16Array((config.convKernel - 1) * dConv(config)),
          h: memory.i32(address, config.dInner * config.dState),
        }),
      ),
    };
    this.#states = Array.from({ length: options.slots ?? 1 });
    this.#states[0] = this.#own;
  }

  /** State of slot 0; may be replaced by another, also a copy taken before. The one that it begins with lies in WebAssembly memory, which saves copies. */
  get state(): GoldenState {
    return this.#stateOf(0);
  }

  set state(state: GoldenState) {
    this.#states[0] = state;
  }

  /** Slot `slot` back to the zero state; for slot 0 the one in WebAssembly memory. */
  reset(slot = 0): void {
    this.#states[slot] = slot === 0 ? this.#own : undefined;
    if (slot > 0) return;
    for (const { conv, h } of this.#own.layers) {
      conv.fill(0);
      h.fill(0);
    }
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
    checkCall(parts, wanted, { slots: this.#states.length, maxTokens: Number.POSITIVE_INFINITY });
    return this.#logits(parts, wanted);
  }

  /** Feeds tokens to slot 0; returns the residual stream after the last layer, [tokens][dModel]. Throws UserError for a bad id. */
  residual(tokens: ArrayLike<number>): Promise<Int32Array> {
    return this.#residual([{ slot: 0, tokens: Array.from(tokens), gives: tokens.length }]);
  }

  async #logits(parts: readonly Part[], wanted: readonly number[]): Promise<Int16Array> {
    const residual = await this.#residual(parts);
    const { dModel, nLayers } = this.model.config;
    const rows = new Int32Array(wanted.length * dModel);
    wanted.forEach((t, i) => {
      rows.set(residual.subarray(t * dModel, (t + 1) * dModel), i * dModel);
    });
    if (wanted.length === 0) return new Int16Array(0);
    this.#head ??= new FastHead(this.#machine, this.#place.head, nLayers, await this.model.head());
    return this.#head.logits(rows, this.options.observer);
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
      const layerParts = parts.map(({ tokens: { length: count }, gives }, p) => ({
        ...{ count, gives, state: states[p].layers[i] },
      }));
      this.#layers.runParts(await this.#layer(i), residual, layerParts, this.options.observer);
    }
    return residual;
  }

  #stateOf(slot: number): GoldenState {
    this.#states[slot] ??= createGoldenState(this.model.config);
    return this.#states[slot];
  }

  async #layer(index: number): Promise<PackedLayer> {
    const { layers } = this.#place;
    const kept = this.#packed[index];
    if (kept !== undefined) return kept;
    const packed = this.#layers.pack(layers[index % layers.length], await this.model.layer(index));
    if (layers.length > 1) this.#packed[index] = packed;
    return packed;
  }
}
