/**
 * A whole-model test case: tokens go through every layer and the LM head in one or more calls, and everything that the golden model says
 * about the channels, the residual, the states and the logits is written for the testbench to compare. `AcceleratorMemory` knows where things
 * are.
 */
import type { Channel } from '../../kernel/ir.js';
import { goldenLayer } from '../../quant/golden/layer.js';
import { goldenLogits } from '../../quant/golden/model.js';
import type { GoldenData, GoldenTap } from '../../quant/golden/observer.js';
import { copyGoldenState, createGoldenState, type GoldenState } from '../../quant/golden/state.js';
import type { QuantizedHead, QuantizedLayer, QuantizedModel } from '../../quant/types.js';
import type { AcceleratorMemory } from './accelerator-memory.js';
import { type ChannelWords, headChannels, layerChannels } from './channels.js';

/** How much the golden model says: every channel of every layer, or only memories and logits (quick, for long runs). */
export type CaseDetail = 'channels' | 'memory';

/** Calls that go on to the LM head with all their rows: every one, or those of one token. */
export type HeadCalls = 'every' | 'single';

/** What is called and compared. */
export interface ModelCase {
  readonly model: QuantizedModel;
  /** Token ids of each call, one after another, the state carried on. */
  readonly calls: readonly (readonly number[])[];
  readonly detail: CaseDetail;
  /** `every` when absent. */
  readonly heads?: HeadCalls;
  /** Called after each call. */
  readonly progress?: (done: number, of: number) => void;
}

/** Writes the commands for the calls to `memory`'s script. The golden model runs along, one layer in memory at a time. */
export async function writeModelCase(
  memory: AcceleratorMemory,
  { model, calls, detail, heads = 'every', progress = () => {} }: ModelCase,
): Promise<void> {
  const state = createGoldenState(model.config);
  const layers = await Promise.all(Array.from({ length: model.config.nLayers }, (_, i) => model.layer(i)));
  const head = await model.head();
  for (const [index, tokens] of calls.entries()) {
    await writeCall({ memory, model, layers, head, state, detail, heads }, tokens);
    progress(index + 1, calls.length);
  }
}

interface Context {
  readonly memory: AcceleratorMemory;
  readonly model: QuantizedModel;
  readonly layers: readonly QuantizedLayer[];
  readonly head: QuantizedHead;
  readonly state: GoldenState;
  readonly detail: CaseDetail;
  readonly heads: HeadCalls;
}

/** One call: residual rows in, all layers, then the head over the same rows. */
async function writeCall(
  { memory, model, layers, head, state, detail, heads }: Context,
  tokens: readonly number[],
): Promise<void> {
  const { shape, vectors } = memory;
  const residual = (await model.embeddingRows(tokens)).slice();
  memory.pokeResidual(residual);
  memory.pokeDescriptors(layers, head, tokens.length);
  const channels = new Map<Channel, ArrayLike<number>[]>();
  for (const layer of layers) {
    const start = { residual: residual.slice(), ...copyGoldenState(state).layers[layer.index] };
    const taps = new Map<GoldenTap, GoldenData>();
    const own = state.layers[layer.index];
    if (detail === 'memory') goldenLayer(layer, model, residual, own);
    else {
      const tap = (name: GoldenTap, _layer: number, data: GoldenData) => void taps.set(name, data);
      goldenLayer(layer, model, residual, own, { tap, everyState: true });
      collect(
        memory,
        channels,
        layerChannels(shape, { scalars: model.scalars, layer, taps, start, end: own }),
      );
    }
  }
  expectAll(memory, channels);
  vectors.layers(0, layers.length);
  memory.checkLayers(residual, state);
  if (heads === 'single' && tokens.length > 1) return;

  const taps = new Map<GoldenTap, GoldenData>();
  const tap = (name: GoldenTap, _layer: number, data: GoldenData) => void taps.set(name, data);
  const logits = goldenLogits(head, model, residual, { tap });
  const headWords = new Map<Channel, ArrayLike<number>[]>();
  const said = headChannels(shape, { head, taps, residual });
  if (detail === 'channels') collect(memory, headWords, said);
  expectAll(memory, headWords);
  vectors.layers(layers.length, 1);
  memory.checkLogits(said.logit_tiles);
  memory.lastLogits = logits;
}

function collect(
  memory: AcceleratorMemory,
  channels: Map<Channel, ArrayLike<number>[]>,
  words: ChannelWords,
): void {
  for (const [name, values] of Object.entries(words)) {
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
