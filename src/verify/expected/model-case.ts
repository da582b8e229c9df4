/**
 * A whole-model test case: tokens go through every layer and the LM head in one or more calls, and everything that the golden model says
 * about the channels, the residual, the states and the logits is written for the testbench to compare. `AcceleratorMemory` knows where things
 * are.
 */
import type { Channel } from '../../kernel/ir.js';
import type { GoldenState } from '../../quant/golden/state.js';
import type { QuantizedHead, QuantizedLayer, QuantizedModel } from '../../quant/types.js';
import { headRuns, rowsOf } from '../../units/layer/call.js';
import type { AcceleratorMemory } from './accelerator-memory.js';
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

/** How much the golden model says: every channel of every layer, some, or only memories and logits (quick, for long runs). */
export type CaseDetail = 'channels' | 'memory' | ReadonlySet<string>;

/** Calls that go on to the LM head with all their rows: every one, or those of one token. */
export type HeadCalls = 'every' | 'single';

/** A run of the network: all layers of a call, or the head over some of its rows. */
export interface NetworkRun {
  readonly call: number;
  readonly part: 'layers' | 'head';
}

/** What is called and compared. */
export interface ModelCase {
  readonly model: QuantizedModel;
  /** The parts of each call, one call after another; the states begin as zeros. */
  readonly calls: readonly (readonly TokenPart[])[];
  readonly detail: CaseDetail;
  /** `every` when absent. */
  readonly heads?: HeadCalls;
  /** Told before each run of the network what it is: where words shall be recorded, too. */
  readonly before?: (run: NetworkRun) => void;
  /** Called after each call. */
  readonly progress?: (done: number, of: number) => void;
}

/** Writes the commands for the calls to `memory`'s script. The golden model runs along, one layer in memory at a time. */
export async function writeModelCase(
  memory: AcceleratorMemory,
  { model, calls, detail, heads = 'every', before = () => {}, progress = () => {} }: ModelCase,
): Promise<void> {
  const slots = goldenSlots(model, slotsOf(calls));
  const layers = await Promise.all(Array.from({ length: model.config.nLayers }, (_, i) => model.layer(i)));
  const head = await model.head();
  for (const [index, parts] of calls.entries()) {
    const told = (part: NetworkRun['part']) => before({ call: index, part });
    await writeCall({ memory, model, layers, head, slots, detail, heads, told }, inOrder(parts));
    progress(index + 1, calls.length);
  }
}

interface Context {
  readonly memory: AcceleratorMemory;
  readonly model: QuantizedModel;
  readonly layers: readonly QuantizedLayer[];
  readonly head: QuantizedHead;
  readonly slots: readonly GoldenState[];
  readonly detail: CaseDetail;
  readonly heads: HeadCalls;
  readonly told: (part: NetworkRun['part']) => void;
}

/** One call: residual rows in, all layers, then the head over the rows that are wanted. */
async function writeCall(
  { memory, model, layers, head, slots, detail, heads, told }: Context,
  parts: readonly TokenPart[],
): Promise<void> {
  const { shape, vectors } = memory;
  const residual = (await model.embeddingRows(parts.flatMap(({ ids }) => ids))).slice();
  memory.pokeResidual(residual);
  memory.pokeLayers(layers, parts);
  const channels = new Map<Channel, ArrayLike<number>[]>();
  const { scalars } = model;
  for (const layer of layers) {
    const before = residual.slice();
    const call = goldenLayerCall(layer, model, residual, parts, slots, detail !== 'memory');
    if (detail !== 'memory')
      collect(memory, channels, detail, layerChannels(shape, { scalars, layer, residual: before, ...call }));
  }
  expectAll(memory, channels);
  told('layers');
  vectors.layers(0, layers.length);
  memory.checkLayers(residual, slots);
  if (heads === 'single' && parts.some(({ tokens }) => tokens > 1)) return;

  const all: Int16Array[] = [];
  let [rows, at] = [0, 0];
  for (const runs of headRuns(wantedRows(parts))) {
    memory.pokeHead(layers.length, head, runs, rows);
    const own = rowsOf(runs);
    const call = goldenHeadCall(head, model, residual, own);
    const said = headChannels(shape, { head, ...call });
    const headWords = new Map<Channel, ArrayLike<number>[]>();
    if (detail !== 'memory') collect(memory, headWords, detail, said);
    expectAll(memory, headWords);
    told('head');
    vectors.layers(layers.length, 1);
    at = memory.checkLogits(said.logit_tiles, at);
    rows += own.length;
    all.push(call.logits);
  }
  memory.lastLogits = Int16Array.from(all.flatMap((logits) => [...logits]));
}

function collect(
  memory: AcceleratorMemory,
  channels: Map<Channel, ArrayLike<number>[]>,
  detail: Exclude<CaseDetail, 'memory'>,
  words: ChannelWords,
): void {
  for (const [name, values] of Object.entries(words)) {
    if (detail !== 'channels' && !detail.has(name)) continue;
    const channel = memory.channel(name);
    const parts = channels.get(channel);
    if (parts) parts.push(values);
    else channels.set(channel, [values]);
  }
}

function expectAll(
  memory: AcceleratorMemory,
  channels: ReadonlyMap<Channel, readonly ArrayLike<number>[]>,
): void {
  for (const [channel, parts] of channels) {
    const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part as ArrayLike<number>, at);
      at += part.length;
    }
    memory.vectors.expect(channel, all);
  }
}
