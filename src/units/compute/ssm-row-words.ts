/**
 * Words of rows that heads share: rows of all heads follow each other, and a word may hold the last ones of a head and the first ones of the
 * next. What is known of a head then comes as one value a row.
 */
import type { ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import { type DataType, elementFor } from '../../kernel/type.js';

/** What is known of a word. */
export interface RowWord {
  /** The head of the last rows. */
  readonly head: Val;
  /** It is another one than that of the last rows of the word before: its values come. */
  readonly begins: Val;
  /** One value a row of what belongs to a head: `now` of the head of the last rows, where `fresh` for the first time. */
  perRow(now: Val, fresh: Val, type: DataType, name: string): Val;
}

/** Where the heads of `headDim` rows lie in words of `rows`. To be called outside a nest; the result inside it, with the number of the word. */
export function rowWordTable(
  p: ProcessBuilder,
  heads: number,
  headDim: number,
  rows: number,
): (word: Val) => RowWord {
  const words = Math.ceil((heads * headDim) / rows);
  const lastHead = (word: number) => Math.floor((Math.min((word + 1) * rows, heads * headDim) - 1) / headDim);
  /** Rows of the head before. */
  const earlier = (word: number) =>
    word > 0 && lastHead(word) !== lastHead(word - 1) ? lastHead(word) * headDim - word * rows : 0;
  const list = Array.from({ length: words }, (_, word) => word);
  const table = (name: string, values: readonly number[], doc: string) =>
    p.rom(name, elementFor({ lo: 0n, hi: BigInt(Math.max(...values, 1)) }), values, doc);
  const headOf = table('head_of_word', list.map(lastHead), 'head of the last rows of a word');
  const beginsAt = table(
    'head_begins',
    list.map((word) => Number(word === 0 || lastHead(word) !== lastHead(word - 1))),
    'words in which a head begins',
  );
  const mostEarlier = Math.max(...list.map(earlier));
  // One head alone: its last word is filled up, and no word holds rows of two.
  if (mostEarlier === 0)
    return (word) => ({
      head: word.lookup(headOf).named('head'),
      begins: word.lookup(beginsAt).named('head_begins_here'),
      perRow: (now, _fresh, _type, name) => now.splat([rows]).named(`${name}_of_rows`),
    });
  const earlierOf = table('earlier_rows', list.map(earlier), 'rows of a word that belong to the head before');
  return (word) => {
    const count = word.lookup(earlierOf).named('earlier_row_count');
    const isLater = p
      .constants(Array.from({ length: mostEarlier }, (_, row) => row))
      .ge(count)
      .named('is_later_row');
    return {
      head: word.lookup(headOf).named('head'),
      begins: word.lookup(beginsAt).named('head_begins_here'),
      perRow(now, fresh, type, name) {
        const latest = p.register(`${name}_latest`, type, null);
        const earlierHeads = p.register(`${name}_earlier`, type, null);
        const before = fresh.select(latest.read(), earlierHeads.read()).named(`${name}_before`);
        earlierHeads.write(before);
        latest.write(now);
        const chosen = isLater.select(now, before);
        const later = rows - mostEarlier;
        return (later > 0 ? p.gather([chosen, now.splat([later])]) : chosen).named(`${name}_of_rows`);
      },
    };
  };
}
