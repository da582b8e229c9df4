/**
 * A whole quantized network on WebAssembly SIMD, with the interface and the integers of GoldenModel. Layers are asked of the model one at a time;
 * with `resident` each stays in WebAssembly memory once read, where there is room for all: 4 GiB hold Mamba2-2.7B.
 */
import { dConv, type Mamba2Config } from '../../model/config/mamba2-config.js';
import { LARGEST_WASM_BYTES, WasmLayout, WasmMemory } from '../../util/wasm.js';
import { SlottedModel, type SlottedModelOptions } from '../golden/slotted-model.js';
import type { GoldenLayerPart, GoldenLayerState, GoldenState } from '../golden/state.js';
import type { QuantizedModel } from '../types.js';
import { FastHead, type HeadPlace, placeHead } from './head.js';
import type { FastKernels } from './kernels.js';
import { FastLayers, type PackedLayer } from './layer.js';
import { type LayerPlace, type LayerScratch, placeLayer, placeLayerScratch } from './layer-place.js';
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

/** A quantized model on WebAssembly, with the states of its sequences; that of slot 0 lies in WebAssembly memory, which saves copies. */
export class FastModel extends SlottedModel {
  readonly #place: ModelPlace;
  readonly #machine: FastMachine;
  readonly #layers: FastLayers;
  readonly #packed: PackedLayer[] = [];
  readonly #own: GoldenState;
  #head: FastHead | undefined;

  constructor(model: QuantizedModel, options: SlottedModelOptions = {}) {
    super(model, options);
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
    this.states[0] = this.#own;
  }

  /** Slot `slot` back to the zero state; for slot 0 the one in WebAssembly memory. */
  override reset(slot = 0): void {
    super.reset(slot);
    if (slot > 0) return;
    this.states[0] = this.#own;
    for (const { conv, h } of this.#own.layers) {
      conv.fill(0);
      h.fill(0);
    }
  }

  protected async runLayer(
    index: number,
    residual: Int32Array,
    parts: readonly GoldenLayerPart[],
  ): Promise<void> {
    this.#layers.runParts(await this.#layer(index), residual, parts, this.options.observer);
  }

  protected async runHead(residual: Int32Array): Promise<Int16Array> {
    const { nLayers } = this.model.config;
    this.#head ??= new FastHead(this.#machine, this.#place.head, nLayers, await this.model.head());
    return this.#head.logits(residual, this.options.observer);
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
