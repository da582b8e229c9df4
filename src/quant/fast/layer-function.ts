/** The fast layer in the place of goldenLayer and goldenInner, for whoever has a layer at a time. */
import type { Mamba2Config } from '../../model/config/mamba2-config.js';
import { WasmLayout, WasmMemory } from '../../util/wasm.js';
import type { GoldenContext } from '../golden/layer.js';
import type { GoldenObserver } from '../golden/observer.js';
import type { GoldenLayerState } from '../golden/state.js';
import type { InnerLayer, QuantizedLayer } from '../types.js';
import type { FastKernels } from './kernels.js';
import { FastLayers, type PackedLayer } from './layer.js';
import { placeInner, placeLayer, placeLayerScratch } from './layer-place.js';
import { placeScratch } from './linear.js';

/** Runs one layer over residual [tokens][dModel], replacing residual and state by their new values. */
export type LayerFunction = (
  layer: QuantizedLayer,
  context: GoldenContext,
  residual: Int32Array,
  state: GoldenLayerState,
  observer?: GoldenObserver,
) => void;

/**
 * A function that does what goldenLayer does, for layers of one config and options. It holds the memory of one layer; calls with the layer of
 * the call before copy no weights.
 */
export function fastLayerFunction(context: GoldenContext): LayerFunction {
  const { layers, place } = layersOf(context, placeLayer);
  let last: { readonly layer: QuantizedLayer; readonly packed: PackedLayer } | undefined;
  return (layer, _context, residual, state, observer) => {
    if (last?.layer !== layer) last = { layer, packed: layers.pack(place, layer) };
    layers.run(last.packed, residual, state, observer);
  };
}

/** A function that does what goldenInner does, for one layer: what out_proj reads, [tokens][dInner]. */
export function fastInnerFunction(
  layer: InnerLayer,
  context: GoldenContext,
): (residual: Int32Array, state: GoldenLayerState) => Int16Array {
  const { layers, place } = layersOf(context, placeInner);
  const packed = layers.packInner(place, layer);
  return (residual, state) => layers.inner(packed, residual, state);
}

/** A memory for one layer. */
function layersOf<Place>(
  context: GoldenContext,
  placeOf: (layout: WasmLayout, config: Mamba2Config) => Place,
): { readonly layers: FastLayers; readonly place: Place } {
  const { config } = context;
  const layout = new WasmLayout();
  const scratch = placeScratch(layout, Math.max(config.dModel, config.dInner));
  const layerScratch = placeLayerScratch(layout, config);
  const place = placeOf(layout, config);
  const memory = new WasmMemory(layout.bytes);
  const machine = { memory, kernels: memory.instantiate<FastKernels>('quant'), scratch };
  return { layers: new FastLayers(context, machine, layerScratch), place };
}
