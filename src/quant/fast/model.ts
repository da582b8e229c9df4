/**
 * A whole quantized network on WebAssembly SIMD, with the interface and the integers of GoldenModel. Layers are asked of the model one at a time;
 * with `resident` each stays in WebAssembly memory once read, where there is room for all: 4 GiB hold Mamba2-2.7B.
 */
import { UserError } from '../../errors.js';
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

/** Tokens of a call that belong to one sequence. */
export interface FastPart {
  /** Where the sequence's state is, from 0. */
  readonly slot: number;
  readonly tokens: readonly number[];
  /** After how many of them the state is kept: 0 never, `tokens.length` after the last. */
  readonly gives: number;
}

/** A quantized model with the states of its sequences. */
export class FastModel {
  /** State of slot 0. May be replaced by another, also a copy taken before: that in WebAssembly memory saves copies. */
  state: GoldenState;
  readonly #place: ModelPlace;
  readonly #machine: FastMachine;
  readonly #layers: FastLayers;
  readonly #packed: PackedLayer[] = [];
  readonly #own: GoldenState;
  /** States of the other slots. */
  readonly #others = new Map<number, GoldenState>();
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
    this.state = this.#own;
  }

  /** Slot `slot` back to the zero state; slot 0 to the one in WebAssembly memory. */
  reset(slot = 0): void {
    if (slot > 0) {
      this.#others.delete(slot);
      return;
    }
    this.state = this.#own;
    for (const { conv, h } of this.state.layers) {
      conv.fill(0);
      h.fill(0);
    }
  }

  /** Feeds tokens to slot 0; returns the logits of all of them, [tokens][paddedVocabSize], or of the last alone. */
  async prefill(tokens: ArrayLike<number>, logits: 'all' | 'last' = 'all'): Promise<Int16Array> {
    const residual = await this.residual(tokens);
    const { dModel } = this.model.config;
    return this.#logits(
      logits === 'all' ? residual : residual.subarray(Math.max(0, residual.length - dModel)),
    );
  }

  /** Feeds one token to slot 0; returns its logits, [paddedVocabSize]. */
  step(token: number): Promise<Int16Array> {
    return this.prefill([token]);
  }

  /** Feeds tokens to slot 0; returns the residual stream after the last layer, [tokens][dModel]. Throws UserError for a bad id. */
  residual(tokens: ArrayLike<number>): Promise<Int32Array> {
    return this.#residual([{ slot: 0, tokens: Array.from(tokens), gives: tokens.length }]);
  }

  /**
   * Feeds parts of several sequences, which must not contradict each other; returns the logits of the `wanted` tokens, counted over all parts,
   * [wanted][paddedVocabSize]. An observer sees each part by itself. Throws UserError for a bad id.
   */
  async call(parts: readonly FastPart[], wanted: readonly number[]): Promise<Int16Array> {
    const residual = await this.#residual(parts);
    const { dModel } = this.model.config;
    const rows = new Int32Array(wanted.length * dModel);
    wanted.forEach((t, i) => {
      rows.set(residual.subarray(t * dModel, (t + 1) * dModel), i * dModel);
    });
    return this.#logits(rows);
  }

  async #logits(residual: Int32Array): Promise<Int16Array> {
    const { nLayers } = this.model.config;
    this.#head ??= new FastHead(this.#machine, this.#place.head, nLayers, await this.model.head());
    return this.#head.logits(residual, this.options.observer);
  }

  async #residual(parts: readonly FastPart[]): Promise<Int32Array> {
    const { dModel, nLayers, paddedVocabSize } = this.model.config;
    const tokens = parts.flatMap((part) => part.tokens);
    const bad = tokens.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= paddedVocabSize);
    if (bad >= 0) {
      throw new UserError(
        `token ${bad}: found id ${tokens[bad]}, expected an integer from 0 to ${paddedVocabSize - 1}`,
      );
    }
    const residual = (await this.model.embeddingRows(tokens)).slice();
    for (let i = 0; i < nLayers; i++) {
      const layer = await this.#layer(i);
      let first = 0;
      for (const part of parts) {
        const end = first + part.tokens.length * dModel;
        this.#runPart(layer, residual.subarray(first, end), part.gives, this.#stateOf(part.slot).layers[i]);
        first = end;
      }
    }
    return residual;
  }

  /** One layer over one part: what comes after the `gives` tokens that move the state goes on from a copy. */
  #runPart(layer: PackedLayer, residual: Int32Array, gives: number, state: GoldenLayerState): void {
    const { observer } = this.options;
    const given = gives * this.model.config.dModel;
    if (given > 0) this.#layers.run(layer, residual.subarray(0, given), state, observer);
    if (given === residual.length) return;
    const copy = { conv: state.conv.slice(), h: state.h.slice() };
    this.#layers.run(layer, residual.subarray(given), copy, observer);
  }

  /** A slot that no call has named takes no memory. */
  #stateOf(slot: number): GoldenState {
    if (slot === 0) return this.state;
    const state = this.#others.get(slot) ?? createGoldenState(this.model.config);
    this.#others.set(slot, state);
    return state;
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
