/**
 * Vectors for one process of the layer network by itself: the words of its channels and memories for calls of a layer and of the head. Words
 * are those of the whole network in the interpreter; where the golden model knows a channel, they must be the golden ones.
 */

import { headDescriptor, layerDescriptor } from '../../emit/image/descriptor.js';
import { bytesOf, imageInMemory } from '../../emit/image/image.js';
import type { VectorWriter } from '../../emit/testbench/vectors.js';
import { CheckFailed } from '../../errors.js';
import { compileNetwork, type Lanes } from '../../kernel/interpret/interpret.js';
import type { Network } from '../../kernel/ir.js';
import { type MemoryLayout, memoryLayout, regionAddresses, regionLayout } from '../../plan/board/layout.js';
import type { PlannedAccelerator } from '../../plan/plan.js';
import type { QuantizedModel } from '../../quant/types.js';
import { headRuns, rowsOf } from '../../units/layer/call.js';
import { regionOfPort } from '../../units/layer/ports.js';
import { scalarValues } from '../../units/layer/scalars.js';
import { type ChannelWords, headChannels, layerChannels } from './channels.js';
import {
  goldenHeadCall,
  goldenLayerCall,
  goldenSlots,
  inOrder,
  slotsOf,
  type TokenPart,
  wantedRows,
} from './golden-call.js';

/** One call of the process, as the timed simulation takes it. */
export interface KernelCallScalars {
  readonly scalars: Readonly<Record<string, number>>;
}

const BURST_BYTES = 4096;

const lanesOf = {
  8: [Uint8Array, Int8Array],
  16: [Uint16Array, Int16Array],
  32: [Uint32Array, Int32Array],
} as const;

/** What is called. */
export interface KernelCase {
  readonly planned: AcceleratorParts;
  /** The network of the process: see `processAlone`. */
  readonly alone: Network;
  /** Of one layer. */
  readonly model: QuantizedModel;
  /** The parts of each call. */
  readonly calls: readonly (readonly TokenPart[])[];
}

type AcceleratorParts = Pick<PlannedAccelerator, 'shape' | 'layer' | 'device'>;

/**
 * Writes a layer's and the head's call for each list of parts. Returns the calls. Throws CheckFailed where interpreter and golden model
 * differ.
 */
export async function writeKernelCase(
  vectors: VectorWriter,
  { planned, alone, model, calls }: KernelCase,
): Promise<KernelCallScalars[]> {
  const { shape } = planned;
  const layout = memoryLayout(shape, 1, slotsOf(calls));
  const { memory, ports } = await memories(planned, model, layout);
  const compiled = compileNetwork(planned.layer.network);
  const regions = [...new Set(alone.ports.map(({ name }) => regionOfPort(name)))];
  const addresses = regionAddresses(layout, planned.layer.network.ports, planned.device);
  for (const region of regions) vectors.memory(region, memory.get(region)!.length, addresses.get(region));
  for (const { name } of alone.ports) vectors.map(name, regionOfPort(name));
  const written = new Set(
    alone.ports.filter(({ direction }) => direction === 'write').map(({ name }) => regionOfPort(name)),
  );
  const made: KernelCallScalars[] = [];

  const call = (values: Parameters<typeof scalarValues>[1], golden: ChannelWords) => {
    const all = scalarValues(planned.layer.scalars, values);
    for (const region of regions) vectors.poke(region, 0, memory.get(region)!);
    const before = new Map([...written].map((region) => [region, memory.get(region)!.slice()]));
    const { channels } = compiled.run({ scalars: all, ports });
    for (const channel of alone.channels) {
      const words = channels[channel.name];
      expectGolden(channel.name, words, golden[channel.name]);
      if (words.length === 0) continue;
      const isInput = alone.processes[0].nests.some(({ body }) =>
        body.some(({ operation: o }) => o.kind === 'read' && o.channel === channel),
      );
      if (isInput) vectors.feed(channel, words);
      else vectors.expect(channel, words);
    }
    const scalars = Object.fromEntries(alone.scalars.map(({ name }) => [name, all[name]]));
    vectors.call(scalars);
    for (const region of written) vectors.check(region, 0, changed(before.get(region)!, memory.get(region)!));
    made.push({ scalars });
  };

  const layer = await model.layer(0);
  const head = await model.head();
  const slots = goldenSlots(model, slotsOf(calls));
  for (const given of calls) {
    const parts = inOrder(given);
    const residual = (await model.embeddingRows(parts.flatMap(({ ids }) => ids))).slice();
    memory.get('residual')!.set(bytesOf(residual));
    const before = residual.slice();
    const done = goldenLayerCall(layer, model, residual, parts, slots, true);
    const { scalars } = model;
    const said = layerChannels(shape, { scalars, layer, residual: before, ...done });
    call(layerDescriptor(shape, layout, scalars, layer, parts), said);
    let first = 0;
    for (const runs of headRuns(wantedRows(parts))) {
      const rows = rowsOf(runs);
      call(
        headDescriptor(shape, layout, head, 1, runs, first),
        headChannels(shape, { head, ...goldenHeadCall(head, model, residual, rows) }),
      );
      first += rows.length;
    }
  }
  return made;
}

/** Writes begin at the region's start: all bytes up to the last change, and one burst more, in case a burst goes too far. */
function changed(before: Uint8Array, after: Uint8Array): Uint8Array {
  const last = after.findLastIndex((value, i) => value !== before[i]);
  return after.subarray(0, last < 0 ? 0 : last + 1 + BURST_BYTES);
}

/** Regions as bytes, and the ports' views of them. */
async function memories({ shape, layer }: AcceleratorParts, model: QuantizedModel, layout: MemoryLayout) {
  const image = await imageInMemory(model, shape);
  const memory = new Map<string, Uint8Array>();
  const ports: Record<string, Lanes> = {};
  for (const { name, type } of layer.network.ports) {
    const region = regionOfPort(name);
    const { wordBytes, words } = regionLayout(layout, region);
    const bytes = memory.get(region) ?? image.get(region) ?? new Uint8Array(wordBytes * words);
    memory.set(region, bytes);
    const { bits, signed } = type.element;
    const make = lanesOf[bits as 8 | 16 | 32][signed ? 1 : 0];
    const lanes = new make(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / (bits / 8));
    ports[name] = lanes as unknown as Lanes;
  }
  return { memory, ports };
}

function expectGolden(name: string, words: Lanes, golden: ArrayLike<number> | undefined): void {
  if (!golden) return;
  const differs = Array.from(golden).findIndex((value, i) => Number(words[i]) !== value);
  if (words.length !== golden.length || differs >= 0)
    throw new CheckFailed(`channel ${name}: the network differs from the golden model at value ${differs}`);
}
