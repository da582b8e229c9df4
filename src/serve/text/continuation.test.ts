/** Texts and how they end, with the shipped tokenizer, whose tokens are bytes, and with one whose tokens are words. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadTokenizer, type StreamDecoder } from '../../model/tokenizer/tokenizer.js';
import { packagePath } from '../../util/package-path.js';
import { Random } from '../../util/random.js';
import { Continuation, type PlacedToken } from './continuation.js';

const bytes = await loadTokenizer(packagePath('models', 'tiny-mamba2'));
/** Token i is word i. */
const words = (list: readonly string[]) => ({
  stream: (): StreamDecoder => ({ push: (id) => list[id], end: () => '' }),
});
const EOS = 0;

/** What comes of a list of tokens. */
function continued(
  ids: readonly number[],
  stopStrings: readonly string[],
  maxTokens = 1000,
  tokenizer: Pick<typeof bytes, 'stream'> = bytes,
) {
  const pieces: string[] = [];
  const tokens: PlacedToken[] = [];
  const continuation = new Continuation({
    ...{ prompt: [1], tokenizer, maxTokens, stopIds: new Set([EOS]), stopStrings, likeliest: 1 },
    sampling: { temperature: 0, random: new Random(0) },
    onText(text, begun) {
      pieces.push(text);
      tokens.push(...begun);
      return true;
    },
  });
  const logits = new Float64Array(256);
  const isEnded = ids.some((id) => continuation.take(id, logits));
  const { text, finishReason } = continuation;
  expect(pieces.join('')).toBe(text);
  return { text, finishReason, isEnded, taken: continuation.ids.length, pieces, tokens };
}

const utf8 = (text: string) => [...Buffer.from(text)];

it('gives whole characters and ends at the stop string, as the whole text would', () => {
  const unit = fc.constantFrom('a', 'b', 'é', '€', '😀');
  fc.assert(
    fc.property(
      fc.string({ unit, maxLength: 30 }),
      fc.array(fc.string({ unit, minLength: 1, maxLength: 3 }), { maxLength: 2 }),
      (text, stops) => {
        const { pieces, ...made } = continued([...utf8(text), EOS], stops);
        const ends = stops
          .filter((stop) => text.includes(stop))
          .map((stop) => text.indexOf(stop) + stop.length);
        const end = Math.min(...ends);
        const own = stops.filter((stop) => text.slice(0, end).endsWith(stop)).map((stop) => stop.length);
        expect(made.text).toBe(ends.length === 0 ? text : text.slice(0, end - Math.max(...own)));
        expect(made).toMatchObject({ finishReason: 'stop', isEnded: true });
        expect(pieces.every((piece) => Buffer.from(piece).toString() === piece)).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});

it('calls it a stop where the limit is reached at a stop, else a length, with the tail that was held back', () => {
  expect(continued([...utf8('ab'), EOS], [], 3)).toMatchObject({
    text: 'ab',
    finishReason: 'stop',
    taken: 2,
  });
  expect(continued(utf8('abc'), [], 3)).toMatchObject({ text: 'abc', finishReason: 'length', taken: 3 });
  expect(continued(utf8('abc'), ['bc'], 3)).toMatchObject({ text: 'a', finishReason: 'stop', taken: 3 });
  expect(continued(utf8('abc'), ['cd'], 3)).toMatchObject({ text: 'abc', finishReason: 'length' });
  expect(continued([...utf8('ab'), EOS], ['bc'])).toMatchObject({ text: 'ab', finishReason: 'stop' });
  // Cut in the middle of a character.
  expect(continued(utf8('a€').slice(0, 2), [], 2)).toMatchObject({ text: 'a\uFFFD', finishReason: 'length' });
});

it('finds stop strings inside a token, at its end and over several', () => {
  const tokenizer = words(['<eos>', 'Hello', ' STOPPED', ' ST', 'OP', '!', ' and STOP']);
  expect(continued([1, 6, 5], ['STOP'], 9, tokenizer)).toMatchObject({ text: 'Hello and ', taken: 2 });
  expect(continued([1, 2, 5], ['STOP'], 9, tokenizer)).toMatchObject({ text: 'Hello ', taken: 2 });
  expect(continued([1, 3, 4, 5], ['STOP'], 9, tokenizer)).toMatchObject({ text: 'Hello ', taken: 3 });
  expect(continued([1, 3, 5, EOS], ['STOP'], 9, tokenizer)).toMatchObject({ text: 'Hello ST!', taken: 3 });
});

it('gives each token with the text that it begins in, and none of those that begin after the end', () => {
  const tokenizer = words(['<eos>', 'Hello', ' STOPPED', ' ST', 'OP', '!']);
  const ids = (made: ReturnType<typeof continued>) => made.tokens.map(({ id, offset }) => [id, offset]);
  expect(ids(continued([1, 2], ['STOP'], 9, tokenizer))).toEqual([
    [1, 0],
    [2, 5],
  ]);
  expect(ids(continued([1, 3, 4], [' STOP'], 9, tokenizer))).toEqual([[1, 0]]);
  expect(ids(continued([1, 3, EOS], [' STOP'], 9, tokenizer))).toEqual([
    [1, 0],
    [3, 5],
  ]);
  // Bytes of one character begin at the same place, and come with it.
  expect(ids(continued([...utf8('a€'), EOS], []))).toEqual([
    [97, 0],
    [0xe2, 1],
    [0x82, 1],
    [0xac, 1],
  ]);
});

it('ends when nobody reads it', () => {
  const continuation = new Continuation({
    ...{ prompt: [1], tokenizer: bytes, maxTokens: 9, stopIds: new Set([EOS]) },
    sampling: { temperature: 0, random: new Random(0) },
    onText: () => false,
  });
  expect(continuation.take(97, new Float64Array(256))).toBe(true);
  expect(continuation.finishReason).toBe('cancelled');
});
