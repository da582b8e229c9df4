/** The accelerator on the interpreter: memory as the host lays it out, a layer or the head a call. For tests of the network against the golden model. */

import { headDescriptor, layerDescriptor } from '../../src/emit/image/descriptor.js';
import { bytesOf, imageInMemory } from '../../src/emit/image/image.js';
import {
  type CallResult,
  type CompiledNetwork,
  compileNetwork,
  type Lanes,
} from '../../src/kernel/interpret/interpret.js';
import { type MemoryLayout, memoryLayout, regionLayout } from '../../src/plan/board/layout.js';
import type { QuantizedModel } from '../../src/quant/types.js';
import type { CallPart, HeadRuns } from '../../src/units/layer/call.js';
import { buildLayerNetwork, type LayerNetwork } from '../../src/units/layer/network.js';
import { regionOfPort, slotWords } from '../../src/units/layer/ports.js';
import { scalarValues } from '../../src/units/layer/scalars.js';
import { type AcceleratorShape, stateValues } from '../../src/units/shape.js';

const constructors = {
  8: [Uint8Array, Int8Array],
  16: [Uint16Array, Int16Array],
  32: [Uint32Array, Int32Array],
} as const;

export class Accelerator {
  readonly layers: LayerNetwork;
  readonly layout: MemoryLayout;
  /** Bytes of each region. */
  readonly memory = new Map<string, Uint8Array>();
  private readonly compiled: CompiledNetwork;
  private ports: Record<string, Lanes> = {};

  private constructor(
    readonly shape: AcceleratorShape,
    readonly model: QuantizedModel,
    slots: number,
  ) {
    this.layers = buildLayerNetwork(shape);
    this.layout = memoryLayout(shape, model.config.nLayers, slots);
    this.compiled = compileNetwork(this.layers.network);
  }

  static async create(shape: AcceleratorShape, model: QuantizedModel, slots = 1): Promise<Accelerator> {
    const accelerator = new Accelerator(shape, model, slots);
    const image = await imageInMemory(model, shape);
    for (const port of accelerator.layers.network.ports) {
      const region = regionOfPort(port.name);
      const { wordBytes, words } = regionLayout(accelerator.layout, region);
      const bytes = accelerator.memory.get(region) ?? image.get(region) ?? new Uint8Array(wordBytes * words);
      if (bytes.length !== wordBytes * words)
        throw new Error(`${region}: ${bytes.length} bytes, expected ${wordBytes * words}`);
      accelerator.memory.set(region, bytes);
      const { bits, signed } = port.type.element;
      const make = constructors[bits as 8 | 16 | 32][signed ? 1 : 0];
      accelerator.ports[port.name] = new make(
        bytes.buffer as ArrayBuffer,
        bytes.byteOffset,
        bytes.byteLength / (bits / 8),
      ) as unknown as Lanes;
    }
    return accelerator;
  }

  setResidual(rows: Int32Array): void {
    this.memory.get('residual')!.set(bytesOf(rows));
  }

  residual(tokens: number): Int32Array {
    return (this.ports.residual_in as unknown as Int32Array).slice(0, tokens * this.shape.dims.dModel);
  }

  /** Bytes of a slot's states of a layer. */
  state(region: 'state' | 'conv_state', layer: number, slot: number): Uint8Array {
    const { layerWords, wordBytes } = this.layout[region];
    const stride = slotWords(this.shape)[region === 'state' ? 'state' : 'convState'];
    const { dims, sizes } = this.shape;
    const stateBytes = dims.stateBits === 16 ? 2 : 3;
    const bytes =
      region === 'state' ? stateBytes * stateValues(this.shape) : 2 * sizes.dConv * (dims.convKernel - 1);
    const at = (layer * layerWords + slot * stride) * wordBytes;
    return this.memory.get(region)!.subarray(at, at + bytes);
  }

  /** Logits of some rows, in tile order. */
  logits(first: number, rows: number): Int16Array {
    const width = this.shape.sizes.headTiles * this.shape.inProj.rows;
    return (this.ports.logits as unknown as Int16Array).slice(first * width, (first + rows) * width);
  }

  async layer(index: number, parts: readonly CallPart[], poison?: number): Promise<CallResult> {
    const values = layerDescriptor(
      this.shape,
      this.layout,
      this.model.scalars,
      await this.model.layer(index),
      parts,
    );
    return this.run(values, poison);
  }

  async head(runs: HeadRuns, firstLogits = 0, poison?: number): Promise<CallResult> {
    const { nLayers } = this.model.config;
    return this.run(
      headDescriptor(this.shape, this.layout, await this.model.head(), nLayers, runs, firstLogits),
      poison,
    );
  }

  private run(values: Parameters<typeof scalarValues>[1], poison?: number): CallResult {
    const call = { scalars: scalarValues(this.layers.scalars, values), ports: this.ports };
    return this.compiled.run(call, poison === undefined ? {} : { poison });
  }
}
