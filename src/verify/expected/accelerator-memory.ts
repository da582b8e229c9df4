/**
 * The accelerator's external memory in the testbench: regions, what the ports look at, and the host's part of a call (residual rows and
 * descriptors in, logits out).
 */
import { join } from 'node:path';
import { headDescriptor, layerDescriptor } from '../../emit/image/descriptor.js';
import { descriptorBytes, encodeDescriptors } from '../../emit/image/descriptor-bytes.js';
import { bytesOf } from '../../emit/image/image.js';
import type { ImageFile } from '../../emit/image/manifest.js';
import type { VectorWriter } from '../../emit/testbench/vectors.js';
import type { Channel } from '../../kernel/ir.js';
import {
  DESCRIPTOR_REGION,
  type MemoryLayout,
  memoryLayout,
  regionAddresses,
  regionLayout,
} from '../../plan/board/layout.js';
import type { PlannedAccelerator } from '../../plan/plan.js';
import type { GoldenState } from '../../quant/golden/state.js';
import type { QuantizedHead, QuantizedLayer, QuantizedModel, QuantizedScalars } from '../../quant/types.js';
import type { CallPart, HeadRuns } from '../../units/layer/call.js';
import type { LayerNetwork } from '../../units/layer/network.js';
import { regionOfPort, slotWords } from '../../units/layer/ports.js';
import { type LayerScalarValues, scalarValues } from '../../units/layer/scalars.js';
import type { AcceleratorShape } from '../../units/shape.js';
import { stateImage } from './state-image.js';

/** What memory depends on. */
export interface MemoryContents {
  readonly planned: Pick<PlannedAccelerator, 'shape' | 'layer' | 'device'>;
  readonly model: Pick<QuantizedModel, 'config' | 'scalars'>;
  readonly image: readonly ImageFile[];
  /** Sequences whose states it holds; 1 when absent. */
  readonly slots?: number;
}

export class AcceleratorMemory {
  readonly layout: MemoryLayout;
  /** Golden logits of the last call, [tokens][rows]. */
  lastLogits: Int16Array = new Int16Array(0);

  readonly shape: AcceleratorShape;
  private readonly layer: LayerNetwork;
  private readonly scalars: QuantizedScalars;
  /** Layers of the image; the head's weights lie after them. */
  private readonly layers: number;

  /** Declares memories and ports and loads the image, whose files lie in `imageFolder` (absolute, or relative to the script). */
  constructor(
    { planned, model, image, slots = 1 }: MemoryContents,
    readonly vectors: VectorWriter,
    imageFolder: string,
  ) {
    this.shape = planned.shape;
    this.layer = planned.layer;
    this.scalars = model.scalars;
    this.layers = model.config.nLayers;
    const { shape, layers } = this;
    const { network } = this.layer;
    this.layout = memoryLayout(shape, layers, slots);
    const declared = new Set<string>();
    const addresses = regionAddresses(this.layout, network.ports, planned.device);
    for (const port of network.ports) {
      const region = regionOfPort(port.name);
      const { wordBytes, words } = regionLayout(this.layout, region);
      if (!declared.has(region)) {
        vectors.memory(region, wordBytes * words, addresses.get(region));
        const file = image.find((entry) => entry.region === region);
        if (file) vectors.pokeFile(region, 0, join(imageFolder, file.file), 0, file.bytes);
        declared.add(region);
      }
      vectors.map(port.name, region);
    }
    const descriptors = descriptorBytes(network) * (layers + 1);
    vectors.memory(DESCRIPTOR_REGION, descriptors, addresses.get(DESCRIPTOR_REGION));
    vectors.map('descriptors', DESCRIPTOR_REGION);
  }

  channel(name: string): Channel {
    const found = this.layer.network.channels.find((channel) => channel.name === name);
    if (!found) throw new RangeError(`the network has no channel ${name}`);
    return found;
  }

  /** Residual rows [tokens][dModel] to the start of the region. */
  pokeResidual(rows: Int32Array): void {
    this.vectors.poke('residual', 0, bytesOf(rows));
  }

  /** A descriptor for each layer, from the first one on. */
  pokeLayers(layers: readonly QuantizedLayer[], parts: readonly CallPart[]): void {
    const { shape, layout, scalars } = this;
    this.pokeDescriptors(
      0,
      layers.map((layer) => layerDescriptor(shape, layout, scalars, layer, parts)),
    );
  }

  /** The head's descriptor, after those of `layers` layers. */
  pokeHead(layers: number, head: QuantizedHead, runs: HeadRuns, firstLogits: number): void {
    const { shape, layout } = this;
    this.pokeDescriptors(layers, [headDescriptor(shape, layout, head, this.layers, runs, firstLogits)]);
  }

  private pokeDescriptors(first: number, values: readonly LayerScalarValues[]): void {
    const { network, scalars } = this.layer;
    const table = values.map((one) => scalarValues(scalars, one));
    this.vectors.poke(DESCRIPTOR_REGION, first * descriptorBytes(network), encodeDescriptors(network, table));
  }

  /** Compares residual and the states of all slots with the golden ones. */
  checkLayers(residual: Int32Array, slots: readonly GoldenState[]): void {
    this.vectors.check('residual', 0, bytesOf(residual));
    const words = slotWords(this.shape);
    for (const [slot, { layers }] of slots.entries())
      for (const [i, layer] of layers.entries()) {
        const { ssm, conv } = stateImage(this.shape, layer);
        const place = (region: 'state' | 'conv_state', stride: number) => {
          const { layerWords, wordBytes } = this.layout[region];
          return (i * layerWords + slot * stride) * wordBytes;
        };
        this.vectors.check('state', place('state', words.state), ssm);
        this.vectors.check('conv_state', place('conv_state', words.convState), conv);
      }
  }

  /** Compares logits, in tile order, from byte `at` on. Returns where the next ones begin. */
  checkLogits(tiles: ArrayLike<number>, at: number): number {
    const bytes = bytesOf(Int16Array.from(tiles));
    this.vectors.check('logits', at, bytes);
    return at + bytes.length;
  }
}
