/** Prompts, ids and scores against values that were worked out by hand. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TaskName } from '../../schema/task-records.js';
import { type StatefulModel, scoreContinuations } from '../score.js';
import { type Encoder, encodeChoice } from './encode.js';
import { taskFigures } from './metrics.js';
import { PROMPTS } from './prompts.js';
import { readTasks } from './read-tasks.js';
import { recordOf } from './records.js';

const folder = mkdtempSync(join(tmpdir(), 'tasks-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const VOCABULARY = 128;
/** An id is a character of ASCII. */
const byCharacter = (text: string) => [...text].map((character) => character.charCodeAt(0));
const encoder: Encoder = { encode: byCharacter, prefix: 0, context: 100 };

/** Probabilities after a full stop, and after everything else; what they leave is shared by all other characters. */
const AFTER_STOP = { ' ': 1 / 2, a: 1 / 4, b: 1 / 8 };
const ELSE = { a: 1 / 2, b: 1 / 4, ' ': 1 / 8 };

/** Knows but the last character. The padding, which no token stands for, is likelier than all. */
const bigram: StatefulModel<{ last: number }> = {
  vocabSize: VOCABULARY,
  paddedVocabSize: VOCABULARY + 1,
  newState: () => ({ last: -1 }),
  copyState: (state) => ({ ...state }),
  skip: async (parts) => parts.forEach(({ tokens, state }) => void (state.last = tokens.at(-1)!)),
  logits: async (parts) => {
    const all = parts.flatMap(({ tokens }) => [...tokens]);
    const rows = all.flatMap((token) => {
      const known: Record<string, number> = token === '.'.charCodeAt(0) ? AFTER_STOP : ELSE;
      const rest = 1 / 8 / (VOCABULARY - 3);
      const row = Array.from({ length: VOCABULARY }, (_, id) => known[String.fromCharCode(id)] ?? rest);
      return [...row.map((p) => Math.log(p) + 5), 99];
    });
    for (const { tokens, state } of parts) state.last = tokens.at(-1)!;
    return Float64Array.from(rows);
  },
};

/** The figures of a task whose file has these lines. */
async function scored(task: TaskName, lines: readonly object[], context = 100) {
  writeFileSync(join(folder, `${task}.jsonl`), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const read = await readTasks({ folder, encoder: { ...encoder, context }, vocabSize: VOCABULARY });
  rmSync(join(folder, `${task}.jsonl`));
  expect(read.map((one) => one.task)).toEqual([task]);
  const records = [];
  for (const example of read[0].examples)
    records.push(recordOf(example, 'float', await scoreContinuations(bigram, example.choices)));
  return { records, figures: taskFigures(task, records) };
}

describe('scores by hand', () => {
  it('acc by the sum, acc_norm by the sum a character; of equals the first', async () => {
    // " aab" is 1/8 1/2 1/2 1/4 = 2^-7, " aa" 2^-5: acc takes " aa". A character 7/3 = 2.33 bits against 5/2 = 2.5: acc_norm takes "aab". With the
    // space among the characters it would be 7/4 = 1.75 against 5/3 = 1.67.
    const odd = { goal: 'g', sol1: 'aab', sol2: 'aa', label: 0 };
    // " ab" and " ba" are 2^-6 both: the first is chosen.
    const even = { goal: 'g', sol1: 'ab', sol2: 'ba', label: '0' };
    // An empty choice is its space, 2^-3, and beats " a", 2^-4; a character it has -Infinity.
    const empty = { goal: 'g', sol1: '', sol2: 'a', label: 1 };
    const { records, figures } = await scored('piqa', [odd, even, empty]);
    const bits = records.map(({ choices }) => choices.map((one) => -one.logProbability / Math.LN2));
    expect(bits.flat().map((value) => Number(value.toFixed(9)))).toEqual([7, 5, 6, 6, 3, 4]);
    expect(records.map(({ chosen, chosenByCharacter }) => [chosen, chosenByCharacter])).toEqual([
      [1, 0],
      [0, 0],
      [0, 1],
    ]);
    // Right are 1 of 3 and 3 of 3; sqrt(1/3 2/3 / 2) = 1/3.
    expect(figures).toMatchObject({ acc: 1 / 3, accNorm: 1, accNormError: 0, perplexity: null });
    expect(figures.accError).toBeCloseTo(1 / 3, 12);
  });

  it('a target is right if each of its tokens is the most likely; perplexity over targets', async () => {
    // After "." the space is most likely, 1/2; then "a", 1/2, and "b", 1/4: " aa" is 2^-3 and greedy, " ab" 2^-4 and not.
    const { records, figures } = await scored('lambada_openai', [{ text: 'x. aa' }, { text: 'y z. ab' }]);
    expect(records.map(({ choices: [one] }) => [one.tokens, one.isGreedy])).toEqual([
      [3, true],
      [3, false],
    ]);
    // exp((3 + 4) / 2 ln 2) = 2^3.5. The deviation of 3 and 4 is 1 / sqrt 2, of their mean 1 / 2 bits: 2^3.5 ln 2 / 2.
    expect(figures.perplexity).toBeCloseTo(2 ** 3.5, 9);
    expect(figures.perplexityError).toBeCloseTo((2 ** 3.5 * Math.LN2) / 2, 9);
    expect(figures).toMatchObject({ acc: 0.5, accError: 0.5, accNorm: null });
  });

  it('a target of one token, one without a context, and one whose context is cut', async () => {
    // After "a" an "a" is 1/2: nothing but the last token of the context is given.
    const one = { context: Int32Array.from(byCharacter('xa')), continuation: Int32Array.of(97) };
    const alone = { ...one, context: Int32Array.of(97) };
    const scores = await scoreContinuations(bigram, [one, alone]);
    for (const { logProbability, isGreedy } of scores) {
      expect(logProbability).toBeCloseTo(-Math.LN2, 12);
      expect(isGreedy).toBe(true);
    }
    // Without a context the end of a text before is given, id 0: " a" is 1/8 1/2, and not greedy. A space at the end is a word of its own: after
    // "a" the target is " ", 1/8. With three tokens at most, " ab" follows the full stop alone: 1/2 1/2 1/4, as with the whole context.
    const { records } = await scored(
      'lambada_openai',
      [{ text: 'a' }, { text: 'a ' }, { text: 'x y. ab' }],
      3,
    );
    expect(records.map(({ choices: [choice] }) => [choice.tokens, choice.isGreedy])).toEqual([
      [2, false],
      [1, false],
      [3, false],
    ]);
    const bits = records.map(({ choices: [choice] }) => -choice.logProbability / Math.LN2);
    expect(bits.map((value) => Number(value.toFixed(9)))).toEqual([4, 3, 4]);
  });

  it('the same rest after two contexts', async () => {
    // The rest " a" after "q." is 1/2 1/2 and after "q" 1/8 1/2: the first option wins, once right, once wrong.
    const line = { sentence: 'The _ a', option1: 'q.', option2: 'q' };
    const { records, figures } = await scored('winogrande', [
      { ...line, answer: '1' },
      { ...line, answer: '2' },
    ]);
    expect(records[0].choices.map((one) => Number((-one.logProbability / Math.LN2).toFixed(9)))).toEqual([
      2, 4,
    ]);
    expect(figures).toMatchObject({ acc: 0.5, accError: 0.5, accNorm: null });
  });

  it('perplexity of windows: rows joined by blank lines, the first token of each given, what is left over left out', async () => {
    // "aaaa\n\nba" is 8 ids, in windows of 4 "aaaa" and "\n\nba". After "a" three times 1/2; then the line feed,
    // 1/8 / 125 = 1/1000, "b" 1/4, "a" 1/2. Mean bits (3 + log2 1000 + 3) / 6.
    const { figures } = await scored('wikitext2', [{ text: 'aaaa' }, { text: 'ba' }], 4);
    expect(figures.perplexity).toBeCloseTo(2 ** ((6 + Math.log2(1000)) / 6), 9);
    expect((await scored('wikitext2', [{ text: 'aaaaa' }], 4)).records.length).toBe(1);
  });
});

describe('prompts', () => {
  const texts = (task: keyof typeof PROMPTS, line: object) =>
    PROMPTS[task](line).choices.map(({ context, continuation, characters }) => [
      context,
      continuation,
      characters,
    ]);

  it('lambada: all but the last word, the last word', () => {
    expect(texts('lambada_openai', { text: 'a b  c' })).toEqual([['a b ', ' c', 1]]);
    expect(texts('lambada_openai', { text: 'alone' })).toEqual([['', ' alone', 5]]);
    // A space at the end makes the last word an empty one, as in the harness.
    expect(texts('lambada_openai', { text: 'a b ' })).toEqual([['a b', ' ', 0]]);
  });

  it('hellaswag: brackets out, titles to full stops, one pass over double spaces, capitals as in Python', () => {
    const line = { activity_label: 'Roof', ctx_a: 'A man [substeps] sits.', ctx_b: 'he Is UP', label: 3 };
    const endings = ['goes [title] Down', ' x ', '[step] é😀', 'a    b'];
    expect(PROMPTS.hellaswag({ ...line, endings }).answer).toBe(3);
    const context = 'Roof: A man sits. He is up';
    expect(texts('hellaswag', { ...line, endings })).toEqual([
      [context, ' goes. Down', 10],
      [context, ' x', 1],
      [context, '  é😀', 3],
      [context, ' a  b', 4],
    ]);
    const plain = { ...line, ctx_b: '', endings: ['a', 'b', 'c', 'd'] };
    expect(texts('hellaswag', plain)[0][0]).toBe('Roof: A man sits.');
  });

  it('piqa, arc and winogrande', () => {
    expect(texts('piqa', { goal: 'G ', sol1: 'x', sol2: 'y z', label: 0 })).toEqual([
      ['Question: G \nAnswer:', ' x', 1],
      ['Question: G \nAnswer:', ' y z', 3],
    ]);
    const arc = { question: 'Q?', choices: { text: ['p', 'q'], label: ['1', '2'] }, answerKey: '2' };
    expect(PROMPTS.arc_easy(arc).answer).toBe(1);
    expect(texts('arc_challenge', arc)[1]).toEqual(['Question: Q?\nAnswer:', ' q', 1]);
    const sentence = 'It _ is _ so. ';
    expect(texts('winogrande', { sentence, option1: 'A', option2: 'B', answer: '2' })).toEqual([
      ['It A', ' is _ so.', 8],
      ['It B', ' is _ so.', 8],
    ]);
  });
});

describe('ids', () => {
  const ids = (context: string, continuation: string, given: Partial<Encoder> = {}) => {
    const choice = encodeChoice({ ...encoder, ...given }, { context, continuation, characters: 1 });
    return [[...choice.context], [...choice.continuation]];
  };

  it('spaces at the end of the context move to the continuation', () => {
    expect(ids('a \n', ' b')).toEqual([byCharacter('a'), byCharacter(' \n b')]);
  });

  it('context and continuation are encoded together and cut at the length of the context alone', () => {
    // This tokenizer has a token for "ab": "a" + "b" is one id, and nothing is left to score.
    const merging = (text: string) => byCharacter(text.replaceAll('ab', '\x01'));
    expect(ids('xa', 'bc', { encode: merging })).toEqual([byCharacter('xa'), byCharacter('c')]);
    expect(() => ids('xa', 'b', { encode: merging })).toThrow('found a choice without a token of its own');
  });

  it('what is too long loses its beginning; a choice must fit', () => {
    // 4 tokens are given and one more is scored: of "abc" + "de" the last 5, of which "e" is not given.
    expect(ids('xabc', 'de', { context: 4 })).toEqual([byCharacter('abc'), byCharacter('de')]);
    expect(ids('x', 'abcd', { context: 4 })).toEqual([byCharacter('x'), byCharacter('abcd')]);
    expect(() => ids('x', 'abcde', { context: 4 })).toThrow('found a choice of 5 tokens, expected at most 4');
  });

  it('an empty context is the end of a text before', () => {
    expect(ids('', ' a', { prefix: 7 })).toEqual([[7], byCharacter(' a')]);
    expect(() => ids(' ', 'a', { prefix: undefined })).toThrow('found no context, expected one');
  });

  it('choices after one context all begin with its state', async () => {
    // Knows but how many tokens it has seen, and expects the id of that number: 1/2; all others share the rest.
    const counting: StatefulModel<{ seen: number }> = {
      ...{ vocabSize: VOCABULARY, paddedVocabSize: VOCABULARY },
      newState: () => ({ seen: 0 }),
      copyState: (state) => ({ ...state }),
      skip: async (parts) => parts.forEach(({ tokens, state }) => void (state.seen += tokens.length)),
      logits: async (parts) =>
        Float64Array.from(
          parts
            .flatMap(({ tokens, state }) => [...tokens].map(() => state))
            .flatMap((state) => {
              state.seen++;
              const rest = Math.log(1 / 2 / (VOCABULARY - 1));
              return Array.from({ length: VOCABULARY }, (_, id) =>
                id === state.seen ? Math.log(1 / 2) : rest,
              );
            }),
        ),
    };
    const context = Int32Array.of(9, 9, 9);
    const choice = { context, continuation: Int32Array.of(3, 4) };
    const other = { context: Int32Array.of(9), continuation: Int32Array.of(1, 2, 3) };
    const scores = await scoreContinuations(counting, [choice, choice, other, choice]);
    expect(scores.map(({ isGreedy }) => isGreedy)).toEqual([true, true, true, true]);
    const bits = scores.map(({ logProbability }) => Math.round(-logProbability / Math.LN2));
    expect(bits).toEqual([2, 2, 3, 2]);
  });

  it('long continuations are scored in pieces without a seam', async () => {
    const text = 'a. b'.repeat(50);
    const whole = { context: Int32Array.of(97), continuation: Int32Array.from(byCharacter(text)) };
    const [{ logProbability }] = await scoreContinuations(bigram, [whole]);
    let bits = 0;
    // "a" after "a" or "b" 1 bit, "." log2 1000, " " after "." 1, "b" 2.
    for (let i = 0; i < 50; i++) bits += 1 + Math.log2(1000) + 1 + 2;
    expect(-logProbability / Math.LN2).toBeCloseTo(bits, 9);
  });
});

describe('damaged files', () => {
  it.each<[TaskName, object | string, string]>([
    ['piqa', 'nonsense', 'line 1: the line: not valid JSON'],
    ['piqa', { goal: 'g', sol1: 'a', label: 0 }, 'line 1: field sol2: Invalid input: expected string'],
    ['piqa', { goal: 'g', sol1: 'a', sol2: 'b', label: 2 }, 'line 1: field label: Too big'],
    ['piqa', { goal: 'g', sol1: 'a', sol2: 'b', label: '' }, 'line 1: field label'],
    ['hellaswag', { activity_label: '', ctx_a: '', ctx_b: '', endings: ['a'], label: 0 }, 'field endings'],
    [
      'arc_easy',
      { question: 'q', choices: { text: ['a'], label: ['A'] }, answerKey: 'B' },
      'field answerKey',
    ],
    ['winogrande', { sentence: 'none', option1: 'a', option2: 'b', answer: '1' }, 'field sentence'],
    [
      'lambada_openai',
      { text: `a ${'b'.repeat(200)}` },
      'line 1: found a choice of 201 tokens, expected at most 100',
    ],
    ['wikitext2', { text: 'short' }, 'found 5 tokens, expected at least one window of 100'],
    ['lambada_openai', { text: 'a ä' }, 'tokenizer.json gives id 228, but config.json has 128 tokens'],
    ['lambada_openai', '', 'found no example'],
  ])('%s: %o: %s', async (task, line, message) => {
    const file = join(folder, `${task}.jsonl`);
    writeFileSync(file, typeof line === 'string' ? line : JSON.stringify(line));
    await expect(readTasks({ folder, encoder, vocabSize: VOCABULARY })).rejects.toThrow(message);
    rmSync(file);
  });

  it('a folder without tasks', async () => {
    await expect(readTasks({ folder, encoder, vocabSize: 1 })).rejects.toThrow('found no task, expected');
  });
});
