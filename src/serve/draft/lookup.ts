/**
 * Drafts by looking the text up in itself: the longest suffix that occurred before proposes what followed it then (prompt lookup decoding). Where that
 * place is so near the end that the text ends first, the proposal goes on with itself: a repetition is expected to go on.
 */
import type { Drafter, DraftRequest } from './drafter.js';

/** Tokens that are looked through; beyond, the beginning of the text is left out. */
const WINDOW = 8192;

/** Needs no memory of texts. */
export const lookupDrafter: Drafter = {
  propose: async (requests) => requests.map(proposal),
  async clear() {},
  async close() {},
};

function proposal({ text, count }: DraftRequest): number[] {
  const recent = text.slice(-WINDOW);
  const next = afterLongestSuffix(recent);
  if (next === undefined) return [];
  for (let i = 0; i < count; i++) recent.push(recent[next + i]);
  return recent.slice(-count);
}

/**
 * The index after the last earlier occurrence of the longest suffix that occurs earlier, undefined where not even the last token does. Read backwards
 * suffixes are prefixes, and the border table of Knuth, Morris and Pratt (SIAM J. Comput. 6, 1977) has their occurrences: one pass.
 */
export function afterLongestSuffix(text: readonly number[]): number | undefined {
  const last = text.length - 1;
  const borders = new Int32Array(text.length);
  let [best, end] = [0, -1];
  for (let i = 1, matched = 0; i < text.length; i++) {
    while (matched > 0 && text[last - i] !== text[last - matched]) matched = borders[matched - 1];
    if (text[last - i] === text[last - matched]) matched++;
    borders[i] = matched;
    // The occurrence covers positions last - i to last - i + matched - 1. The first with a length is the nearest to the end.
    if (matched > best) [best, end] = [matched, last - i + matched];
  }
  return best === 0 ? undefined : end;
}
