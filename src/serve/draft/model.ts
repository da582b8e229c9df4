/**
 * Drafts by a smaller model of the same vocabulary: its integers, computed on this host, the most likely token each time. All texts draft together: a
 * call of the draft model takes what is new of each text, then one token of each that has drafts to come.
 */

import type { Part } from '../../model/call.js';
import { openArtifact } from '../../quant/artifact/artifact.js';
import { FastModel } from '../../quant/fast/model.js';
import type { QuantizedModel } from '../../quant/types.js';
import { mostLikely } from '../sample.js';
import type { Drafter } from './drafter.js';

/** Tokens of a call: memory for the values between layers grows with them. */
const MAX_TOKENS = 256;

/** A draft model by its folder: plain data, for a worker thread. */
export interface DraftModelSource {
  readonly artifact: string;
  readonly slots: number;
}

/** Throws UserError as opening an artifact does. */
export async function openDraftModel({ artifact, slots }: DraftModelSource): Promise<Drafter> {
  return draftModel(await openArtifact(artifact), slots);
}

/** Tokens that a slot's sequence is given. */
interface Feed {
  readonly slot: number;
  readonly tokens: readonly number[];
}

/** For texts in slots 0 to `slots` - 1. */
export function draftModel(model: QuantizedModel, slots: number): Drafter {
  // Slot s keeps the state after its text; drafts go on from a copy in slot `slots` + s.
  const integers = new FastModel(model, { resident: true, slots: 2 * slots });
  const { vocabSize, paddedVocabSize } = model.config;
  const fed = Array.from({ length: slots }, () => 0);

  /** The most likely token after the last of each. */
  async function feed(all: readonly Feed[]): Promise<number[]> {
    const likely: number[] = [];
    const rest = all.map(({ slot, tokens }, index) => ({ slot, tokens, index }));
    while (rest.length > 0) {
      const parts: Part[] = [];
      const ends: { readonly index: number; readonly row: number }[] = [];
      let count = 0;
      while (rest.length > 0 && count < MAX_TOKENS) {
        const { slot, tokens, index } = rest.shift()!;
        const piece = tokens.slice(0, MAX_TOKENS - count);
        parts.push({ slot, tokens: piece, gives: piece.length });
        count += piece.length;
        if (piece.length < tokens.length) rest.unshift({ slot, tokens: tokens.slice(piece.length), index });
        else ends.push({ index, row: count - 1 });
      }
      const logits = await integers.call(
        parts,
        ends.map(({ row }) => row),
      );
      for (const [i, { index }] of ends.entries()) {
        const from = i * paddedVocabSize;
        likely[index] = mostLikely(logits.subarray(from, from + vocabSize));
      }
    }
    return likely;
  }

  return {
    async propose(requests) {
      const drafts: number[][] = requests.map(() => []);
      const feeds = requests.map(({ slot, text }) => ({ slot, tokens: text.slice(fed[slot]) }));
      for (const [i, id] of (await feed(feeds)).entries()) drafts[i].push(id);
      for (const { slot, text } of requests) {
        fed[slot] = text.length;
        integers.copySlot(slot, slots + slot);
      }
      for (;;) {
        const going = [...requests.entries()].filter(([i, { count }]) => drafts[i].length < count);
        if (going.length === 0) return drafts;
        const steps = going.map(([i, { slot }]) => ({ slot: slots + slot, tokens: drafts[i].slice(-1) }));
        for (const [k, id] of (await feed(steps)).entries()) drafts[going[k][0]].push(id);
      }
    },
    async clear(slot) {
      fed[slot] = 0;
      integers.reset(slot);
    },
    async close() {},
  };
}
