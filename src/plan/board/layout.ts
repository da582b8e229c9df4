/**
 * What lies where in external memory: regions, the words a layer takes in each, and from them the base addresses that descriptors carry.
 * Counts are in words of the port that reads the region (`portTypes`); a region starts at word 0 of its ports.
 */
import { totalBits } from '../../kernel/type.js';
import { RESCALE_FIELDS } from '../../units/compute/rescale.js';
import { BURST_BORDER_BYTES, portTypes, regionOfPort, slotWords } from '../../units/layer/ports.js';
import { convFields } from '../../units/movement/conv-params.js';
import { HEAD_FIELDS, paddedHeads } from '../../units/movement/head-params.js';
import type { WeightStream } from '../../units/movement/weight-stream.js';
import type { AcceleratorShape } from '../../units/shape.js';
import type { Device } from './device.js';
import { PAGE_BYTES } from './paged-memory.js';

/** One region: bytes a word, words from a layer to the next (whole pages), those of them in use, and words in all. */
export interface Region {
  readonly wordBytes: number;
  readonly layerWords: number;
  readonly usedWords: number;
  readonly words: number;
}

export type RegionName =
  | 'weights_in'
  | 'weights_out'
  | 'rescale_in_params'
  | 'rescale_out_params'
  | 'layer_params'
  | 'state'
  | 'conv_state'
  | 'residual'
  | 'logits';

export type MemoryLayout = Readonly<Record<RegionName, Region>>;

/**
 * The layout for a model of `layers` layers, and `slots` sequences: the states of a layer lie slot after slot. `weights_in` and
 * `weights_out` stand for each of their ports.
 */
export function memoryLayout(shape: AcceleratorShape, layers: number, slots = 1): MemoryLayout {
  const d = shape.sizes;
  const { dims } = shape;
  const types = portTypes(shape);
  const bytes = (type: Parameters<typeof totalBits>[0]) => totalBits(type) / 8;
  const layerTiles = d.dtTiles + d.xbcTiles + d.zTiles;
  // Layers begin at the borders that no burst may cross (AXI4), so that bursts are whole.
  const region = (wordBytes: number, layerBytes: number, extraBytes = 0): Region => {
    const layerWords = (Math.ceil(layerBytes / BURST_BORDER_BYTES) * BURST_BORDER_BYTES) / wordBytes;
    const usedWords = layerBytes / wordBytes;
    return { wordBytes, layerWords, usedWords, words: layerWords * layers + extraBytes / wordBytes };
  };
  const rowBytes = ({ rowWords }: WeightStream) => rowWords * shape.weightLanes;
  const rescaleBytes = RESCALE_FIELDS * 2;
  const headBytes = paddedHeads(dims.nHeads, shape.rescaleLanes) * HEAD_FIELDS * 2;
  const convBytes = d.dConv * convFields(dims.convKernel) * 2;
  const tokenLogits = d.headTiles * shape.inProj.rows * 2;
  return {
    weights_in: region(
      shape.weightLanes,
      layerTiles * rowBytes(d.weightsIn),
      d.headTiles * rowBytes(d.weightsHead),
    ),
    weights_out: region(shape.weightLanes, d.outTiles * rowBytes(d.weightsOut)),
    rescale_in_params: region(
      bytes(types.rescaleIn),
      layerTiles * shape.inProj.rows * rescaleBytes,
      d.headTiles * shape.inProj.rows * rescaleBytes,
    ),
    rescale_out_params: region(bytes(types.rescaleOut), d.outTiles * shape.outProj.rows * rescaleBytes),
    layer_params: region(bytes(types.layerParams), convBytes + headBytes),
    state: region(bytes(types.state), slots * slotWords(shape).state * bytes(types.state)),
    conv_state: region(bytes(types.convState), slots * slotWords(shape).convState * bytes(types.convState)),
    residual: region(bytes(types.residual), 0, shape.maxTokens * dims.dModel * 4),
    logits: region(bytes(types.logits), 0, shape.maxTokens * tokenLogits),
  };
}

/** The region of the host's descriptors: after all others. */
export const DESCRIPTOR_REGION = 'descriptors';

/** Bytes that go through a row of every bank of every channel once: a region that begins at a multiple begins in the first bank. */
export function bankSpanBytes({ memory }: Pick<Device, 'memory'>): number {
  return (memory.channels * memory.banks * memory.columns * memory.bitsPerTransfer) / 8;
}

/**
 * The byte at which each region of `ports` begins in the board's memory: one after the other, at borders from which all banks of all channels
 * are gone through once. Stripes of weights are read side by side, so that each begins in a channel and in banks of its own.
 */
export function regionAddresses(
  layout: MemoryLayout,
  ports: readonly { readonly name: string }[],
  device: Device,
): Map<string, number> {
  const span = bankSpanBytes(device);
  const addresses = new Map<string, number>();
  const regions = [...new Set(ports.map(({ name }) => regionOfPort(name)))];
  let end = 0;
  for (const region of regions) {
    const { words, wordBytes } = regionLayout(layout, region);
    const stripes = regions.filter((other) => regionName(other) === regionName(region));
    const stripe = stripes.indexOf(region);
    const pages = Math.floor((stripe * span) / stripes.length / PAGE_BYTES) + stripe;
    const address = Math.ceil(end / span) * span + pages * PAGE_BYTES;
    addresses.set(region, address);
    end = address + words * wordBytes;
  }
  addresses.set(DESCRIPTOR_REGION, Math.ceil(end / span) * span);
  return addresses;
}

/** Bytes of the board's memory that a model takes with its states, and bytes that there are. */
export function memoryNeed(
  layout: MemoryLayout,
  ports: readonly { readonly name: string }[],
  device: Device,
): { readonly needed: number; readonly there: number } {
  return {
    needed: regionAddresses(layout, ports, device).get(DESCRIPTOR_REGION)! + PAGE_BYTES,
    there: bankSpanBytes(device) * device.memory.rows,
  };
}

/** Addresses by port, with memory for one layer and the head: what timed simulations take. */
export function portAddresses(
  shape: AcceleratorShape,
  ports: readonly { readonly name: string }[],
  device: Device,
  slots = 1,
): Map<string, number> {
  const addresses = regionAddresses(memoryLayout(shape, 1, slots), ports, device);
  return new Map(ports.map(({ name }) => [name, addresses.get(regionOfPort(name))!]));
}

/** Layout entry of a region: the stripes of a weight region share one. */
export function regionLayout(layout: MemoryLayout, region: string) {
  return layout[regionName(region)];
}

const regionName = (region: string) => region.replace(/^(weights_(?:in|out))_\d+$/, '$1') as RegionName;
