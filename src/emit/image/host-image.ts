/**
 * What the host program (host/runtime) needs beside the memory image: host.txt, which says what lies where and how large everything is, the
 * embedding's rows, and a descriptor for each layer and the head. docs/host.md describes the file.
 */
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Network } from '../../kernel/ir.js';
import type { Device } from '../../plan/board/device.js';
import {
  bankSpanBytes,
  DESCRIPTOR_REGION,
  type MemoryLayout,
  memoryLayout,
  regionAddresses,
  regionLayout,
} from '../../plan/board/layout.js';
import type { QuantizedHead, QuantizedLayer, QuantizedModel } from '../../quant/types.js';
import { MOST_PARTS, MOST_SLOTS } from '../../units/idioms/call-parts.js';
import { wholePart } from '../../units/layer/call.js';
import { chunkCosts } from '../../units/layer/chunks.js';
import { regionOfPort } from '../../units/layer/ports.js';
import { type LayerScalars, type LayerScalarValues, scalarValues } from '../../units/layer/scalars.js';
import { matSlots } from '../../units/layer/slots.js';
import type { AcceleratorShape } from '../../units/shape.js';
import { FIELD_BITS } from '../network/descriptor-words.js';
import { headDescriptor, layerDescriptor } from './descriptor.js';
import { descriptorBytes, encodeDescriptors } from './descriptor-bytes.js';
import { bytesOf } from './image.js';
import type { ImageFile } from './manifest.js';

/** Names in the image's folder. */
export const hostImageFiles = ['host.txt', 'embedding.bin', 'descriptors.bin'] as const;
const [DESCRIPTION, EMBEDDING, DESCRIPTORS] = hostImageFiles;

/** Of host.txt; the host program (host/runtime/image.cpp) knows one. */
const VERSION = 3;
const EMBEDDING_ROWS_AT_ONCE = 1024;

/** Fields of a descriptor that depend on the call: the host writes them. */
const CALL_FIELDS = [
  ...([
    'tokens',
    'chunks',
    'ssmTokens',
    'ssmChunks',
    'chunkTokens',
    'lastTokens',
    'inSlots',
    'outSlots',
  ] as const),
  ...(['residualBase', 'runTokens', 'moreRuns', 'logitsWords'] as const),
  ...(['takes', 'gives', 'stateLoads', 'stateStores', 'stateBase', 'convStateBase'] as const),
];
/** Regions of which every sequence has its own, and what says where a layer's begin. */
const SLOT_REGIONS = { state: 'stateBase', conv_state: 'convStateBase' } as const;

/** A model that remembers the descriptors of the layers that were read from it: a call of one token each, whose logits are wanted. */
export class DescribedModel implements QuantizedModel {
  /** A layer each, then the head's. */
  readonly descriptors: LayerScalarValues[] = [];
  logitFracBits = 0;
  private readonly layout: MemoryLayout;

  constructor(
    private readonly model: QuantizedModel,
    private readonly shape: AcceleratorShape,
  ) {
    this.layout = memoryLayout(shape, model.config.nLayers);
  }
  get config() {
    return this.model.config;
  }
  get options() {
    return this.model.options;
  }
  get scalars() {
    return this.model.scalars;
  }
  async layer(index: number): Promise<QuantizedLayer> {
    const layer = await this.model.layer(index);
    this.descriptors[index] = layerDescriptor(this.shape, this.layout, this.scalars, layer, wholePart(1));
    return layer;
  }
  async head(): Promise<QuantizedHead> {
    const head = await this.model.head();
    const { nLayers } = this.config;
    this.descriptors[nLayers] = headDescriptor(this.shape, this.layout, head, nLayers, {
      starts: [0],
      length: 1,
    });
    this.logitFracBits = head.logitFracBits;
    return head;
  }
  embeddingRows(tokens: ArrayLike<number>): Promise<Int32Array> {
    return this.model.embeddingRows(tokens);
  }
}

/** What they are written from. */
export interface HostImage {
  /** After its layers and head were read once, for the memory image. */
  readonly model: DescribedModel;
  readonly name: string;
  readonly planDigest: string;
  readonly device: Device;
  readonly shape: AcceleratorShape;
  readonly network: Network;
  readonly scalars: LayerScalars;
  /** Files of the memory image, in the same folder. */
  readonly image: readonly ImageFile[];
}

/** Writes them into `folder`. */
export async function writeHostImage(request: HostImage, folder: string): Promise<void> {
  const { model, network, scalars } = request;
  await writeFile(join(folder, DESCRIPTION), description(request));
  const named = model.descriptors.map((values) => scalarValues(scalars, values));
  await writeFile(join(folder, DESCRIPTORS), encodeDescriptors(network, named));
  const { vocabSize } = model.config;
  const handle = await open(join(folder, EMBEDDING), 'w');
  try {
    for (let first = 0; first < vocabSize; first += EMBEDDING_ROWS_AT_ONCE) {
      const count = Math.min(EMBEDDING_ROWS_AT_ONCE, vocabSize - first);
      const ids = Array.from({ length: count }, (_, i) => first + i);
      await handle.writeFile(bytesOf(await model.embeddingRows(ids)));
    }
  } finally {
    await handle.close();
  }
}

function description(request: HostImage): string {
  const { model, name, planDigest, device, shape, network, scalars, image } = request;
  const { vocabSize, nLayers } = model.config;
  const { dims, sizes, chunkTokens } = shape;
  const costs = chunkCosts(shape);
  const layout = memoryLayout(shape, nLayers);
  const bytes = (region: string) => {
    const { wordBytes, words } = regionLayout(layout, region);
    return wordBytes * words;
  };
  const lines: (readonly (string | number)[])[] = [
    ['fastmamba-host', VERSION],
    ['model', name.replace(/\s+/g, ' ')],
    ['plan', planDigest],
    ['clock_mhz', device.clockMHz],
    ['layers', nLayers],
    ['max_tokens', shape.maxTokens],
    ['chunk_tokens', chunkTokens],
    ['d_model', dims.dModel],
    ['vocab', vocabSize],
    ['rows', dims.vocabRows],
    ['tile_rows', shape.inProj.rows],
    ['head_tiles', sizes.headTiles],
    ['logit_frac_bits', model.logitFracBits],
    ['residual_word_bytes', layout.residual.wordBytes],
    ['logit_word_bytes', layout.logits.wordBytes],
    ['in_slots', matSlots(shape, 'in').least],
    ['out_slots', matSlots(shape, 'out').least],
    ['descriptor_bytes', descriptorBytes(network)],
    ['max_parts', MOST_PARTS],
    ['max_slots', MOST_SLOTS],
    ['chunk_words', costs.chunkWords],
    ['part_words', costs.partWords],
    ['in_steps', costs.inSteps],
    ['out_steps', costs.outSteps],
    ['ssm_steps', costs.ssmSteps],
    ['max_chunks', Math.ceil(shape.maxTokens / chunkTokens)],
  ];
  const span = bankSpanBytes(device);
  const shared = network.ports.filter(({ name: port }) => !(regionOfPort(port) in SLOT_REGIONS));
  const addresses = regionAddresses(layout, shared, device);
  const place = (region: string, size: number, ...file: string[]) =>
    lines.push(['region', region, addresses.get(region)!, size, ...file]);
  for (const { region, bytes: size, file, sha256 } of image) place(region, size, file, sha256);
  for (const region of ['residual', 'logits']) place(region, bytes(region));
  const tableBytes = descriptorBytes(network) * (nLayers + 1);
  place(DESCRIPTOR_REGION, tableBytes);
  // States begin in the first bank of the first channel, as the plan takes it.
  lines.push(['free', Math.ceil((addresses.get(DESCRIPTOR_REGION)! + tableBytes) / span) * span]);
  for (const [region, base] of Object.entries(SLOT_REGIONS)) {
    const { wordBytes, layerWords } = regionLayout(layout, region);
    lines.push(['slot_region', region, layerWords * wordBytes, wordBytes, scalars[base].name]);
  }
  lines.push(['embedding', 'embedding', 0, vocabSize * dims.dModel * 4, EMBEDDING]);
  lines.push(['descriptors', 'descriptors', 0, tableBytes, DESCRIPTORS]);
  for (const port of network.ports) lines.push(['port', port.name, regionOfPort(port.name)]);
  for (const process of network.processes) lines.push(['process', process.name]);
  for (const { name } of [...CALL_FIELDS.map((field) => scalars[field]), ...scalars.parts]) {
    const index = network.scalars.findIndex((scalar) => scalar.name === name);
    lines.push(['field', name, (index * FIELD_BITS) / 8]);
  }
  return `${[...lines, ['end']].map((line) => line.join(' ')).join('\n')}\n`;
}
