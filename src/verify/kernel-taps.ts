/**
 * What the emitted accelerator really has at the taps of the golden model: windows of tokens, each from an empty state, go through all layers
 * and the head in C simulation or as RTL, and the words that cross the channels are recorded.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackLanes, VectorWriter } from '../emit/testbench/vectors.js';
import { CheckFailed, UserError } from '../errors.js';
import type { GoldenTap } from '../quant/golden/observer.js';
import { type CosimEngine, runCosim } from '../tools/cosim/cosim.js';
import { buildCsim, runScript } from '../tools/csim/csim.js';
import { MOST_SLOTS } from '../units/idioms/call-parts.js';
import { imageFolder } from './accelerator.js';
import { AcceleratorMemory } from './expected/accelerator-memory.js';
import { tokenPart } from './expected/golden-call.js';
import { type NetworkRun, writeModelCase } from './expected/model-case.js';
import { LOGITS_CHANNEL, TapWords } from './expected/tap-words.js';
import { summarize } from './model-csim.js';
import type { Project, Tell } from './project.js';

/** What to run. */
export interface KernelTapsRequest {
  readonly engine: 'csim' | CosimEngine;
  readonly windows: readonly (readonly number[])[];
  readonly tell?: Tell | undefined;
}

/** What was recorded. A value that never came is 0, and a problem. */
export interface RecordedTaps {
  /** Taps of a layer over a window, [tokens][width] each. */
  layer(window: number, layer: number): ReadonlyMap<GoldenTap, Float64Array>;
  /** [tokens][rows of the head] */
  logits(window: number): Float64Array;
  /** Of all channels, states and memories that were compared, the first differences from the golden model and what stopped the run. */
  readonly problems: readonly string[];
}

/**
 * Runs. Throws UserError for more windows, or longer ones, than a call can have; ToolMissing without a compiler or a simulator; CheckFailed where
 * it does not build and for a run that stopped.
 */
export async function recordTaps(project: Project, request: KernelTapsRequest): Promise<RecordedTaps> {
  const { planned, model, folder } = project;
  const { engine, windows, tell = () => {} } = request;
  const { paddedVocabSize } = model.config;
  const { maxTokens } = planned.shape;
  const longest = Math.max(...windows.map(({ length }) => length));
  if (longest > maxTokens) throw new UserError(`--window: found ${longest}, expected at most ${maxTokens}`);
  if (windows.length > MOST_SLOTS)
    throw new UserError(`windows: found ${windows.length}, expected at most ${MOST_SLOTS} (--tap-tokens)`);
  const taps = new TapWords(planned.shape);
  const vectors = new VectorWriter(join(folder, 'vectors', `taps-${engine}`));
  // Each window has a slot of its own, which is empty.
  const contents = { ...project, slots: windows.length };
  const memory = new AcceleratorMemory(contents, vectors, join('..', '..', imageFolder));
  const files: Map<string, string>[] = windows.map(() => new Map());
  const before = ({ call, part }: NetworkRun) => {
    for (const name of part === 'layers' ? taps.channels : [LOGITS_CHANNEL])
      files[call].set(name, vectors.record(memory.channel(name), `${call}-${name}.bin`));
  };
  await writeModelCase(memory, {
    ...{ model, detail: new Set([...taps.channels, LOGITS_CHANNEL]), before },
    calls: windows.map((ids, slot) => [tokenPart(ids, { slot })]),
    progress: (done, of) => tell(`golden model, window ${done} of ${of}`),
  });
  const script = vectors.finish();
  tell(`building for ${engine}`);
  const report =
    engine === 'csim'
      ? await runScript(await buildCsim(folder), folder, { script })
      : await runCosim(folder, { engine, script });
  if (report.failure !== null) throw new CheckFailed(`${engine}: ${report.failure}`);
  const lanes = (window: number, name: string) =>
    unpackLanes(readFileSync(files[window].get(name)!), memory.channel(name).type.element);
  const wordsOf = (window: number) => new Map(taps.channels.map((name) => [name, lanes(window, name)]));
  const kept = new Map<number, ReturnType<typeof wordsOf>>();
  return {
    layer: (window, layer) => {
      const words = kept.get(window) ?? wordsOf(window);
      kept.set(window, words);
      return taps.layer(words, layer, windows[window].length);
    },
    logits: (window) => taps.logits(lanes(window, LOGITS_CHANNEL), windows[window].length, paddedVocabSize),
    problems: summarize([report]).problems,
  };
}
