/** What the plan's account of the board's memory (memory.ts) and the emitted hardware must agree on: the buffers of ports. */

import type { Port } from '../../kernel/ir.js';
import { masterWords } from '../../schedule/memory-choice.js';
import { type CallPart, equalParts, promptParts, wholePart } from '../../units/layer/call.js';
import type { Device } from './device.js';

/** What a call does, as far as memory cares: its tokens, and whose they are (those of one sequence, which go on with its states, when absent). */
export type CallKind = {
  readonly kind: 'layer' | 'head';
  readonly tokens: number;
  readonly parts?: readonly CallPart[];
};

/** The parts of a call. */
export const partsOf = ({ tokens, parts = wholePart(tokens) }: Pick<CallKind, 'tokens' | 'parts'>) => parts;

/** A prompt, whose sequence begins. */
export const promptOf = (tokens: number) => ({ kind: 'layer', tokens, parts: promptParts(tokens) }) as const;

/** A token each of so many sequences, through a layer. */
export const decodeOf = (sequences: number) =>
  ({ kind: 'layer', tokens: sequences, parts: equalParts(sequences, sequences) }) as const;

/**
 * Words that a port may have asked for and not got: enough to cover the latency at a word a cycle, and as much again for each of what memory adds to
 * it: a page of another port that is served first, a refresh, a page on its way. A block RAM holds so many as well as fewer. A port whose words come
 * seldom needs as many times fewer.
 */
export function outstandingWords(latencyCycles: number, port: Pick<Port, 'everyCycles'> = {}): number {
  return masterWords(port, 2 ** Math.ceil(Math.log2(4 * latencyCycles)));
}

/** The words that the AXI masters of a device hold, by the port. */
export const bufferWordsOn =
  ({ memory }: Pick<Device, 'memory'>) =>
  (port: Port): number =>
    outstandingWords(memory.latencyCycles, port);
