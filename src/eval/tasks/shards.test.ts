/** A mixture of tasks gives the same bytes whole, interrupted and resumed, and sharded and merged. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { openCheckpoint } from '../../model/checkpoint/checkpoint.js';
import { loadTokenizer } from '../../model/tokenizer/tokenizer.js';
import { quantizeModel } from '../../quant/artifact/artifact.js';
import { DEFAULT_QUANT_OPTIONS } from '../../quant/quantize/quantize.js';
import { RECORDS_FORMAT, type RecordsHead, TASK_NAMES } from '../../schema/task-records.js';
import { packagePath } from '../../util/package-path.js';
import { mergeRecords } from './merge.js';
import { readTasks, type Task } from './read-tasks.js';
import { parseRecords, recordsText } from './records.js';
import { progressPath, runTasks } from './run-tasks.js';

const checkpoint = packagePath('models', 'tiny-mamba2');
let folder: string;
let artifact: string;
let tasks: readonly Task[];
let whole: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shards-test-'));
  artifact = join(folder, 'artifact');
  const source = await openCheckpoint(checkpoint);
  const { vocabSize } = source.config;
  await quantizeModel(
    source,
    Int32Array.from({ length: 128 }, (_, i) => 32 + (i % 90)),
    {},
    { outDir: artifact },
  );
  await source.close();
  const tokenizer = await loadTokenizer(checkpoint);
  const encode = (text: string) => tokenizer.encode(text);
  const encoder = { encode, prefix: 0, context: 48 };
  tasks = await readTasks({ folder: packagePath('test', 'data', 'tasks'), encoder, limit: 1, vocabSize });
  whole = (await run('whole.jsonl', headOf(1, 1), 2)).text;
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function headOf(index: number, count: number): RecordsHead {
  return {
    ...{ format: RECORDS_FORMAT, version: 1, generator: '0', model: 'tiny' },
    ...{ checkpoint: 'a'.repeat(64), artifact: 'b'.repeat(64), quantized: DEFAULT_QUANT_OPTIONS },
    ...{ context: 48, limit: 1, shard: { index, count } },
    tasks: tasks.map(({ task, data, examples }) => ({ task, data, examples: examples.length })),
  };
}

class Interrupt extends Error {}

/** Runs a shard and reads its file; `most` examples are scored before an interrupt. */
async function run(name: string, head: RecordsHead, threads = 1, most = Number.POSITIVE_INFINITY, batch = 1) {
  const file = join(folder, name);
  let left = most;
  const made = await runTasks({
    ...{ head, tasks, threads, batch, file },
    sources: { float: { engine: 'float', checkpoint }, golden: { engine: 'golden', artifact } },
    progress: () => {
      if (--left <= 0) throw new Interrupt();
    },
  });
  return { file, text: readFileSync(file, 'utf8'), scored: most - left, ...made };
}

const shards = (count: number, parts: readonly string[]) =>
  parts.map((text, i) => ({ file: `part ${i + 1} of ${count}`, ...parseRecords(text, 'part') }));

describe('a mixture of seven tasks', () => {
  it('is whole, in the order of tasks, examples and engines', () => {
    const { head, records } = parseRecords(whole, 'whole');
    expect(head.tasks.map(({ task, examples }) => [task, examples])).toEqual(
      TASK_NAMES.map((task) => [task, 1]),
    );
    expect(records.length).toBe(2 * 7);
    expect(records.slice(0, 3).map(({ task, engine }) => `${task} ${engine}`)).toEqual([
      ...['lambada_openai float', 'lambada_openai golden', 'hellaswag float'],
    ]);
    // Other arithmetic, other figures, but nearly the same ones.
    for (let i = 0; i < records.length; i += 2) {
      const [float, golden] = [records[i], records[i + 1]].map(({ choices }) => choices[0].logProbability);
      expect(float).not.toBe(golden);
      expect(Math.abs(golden / float - 1)).toBeLessThan(0.05);
    }
    expect(existsSync(progressPath(join(folder, 'whole.jsonl'), head))).toBe(false);
  });

  it('interrupted twice, once within a line, and resumed, gives the same bytes', async () => {
    const head = headOf(1, 1);
    const partial = progressPath(join(folder, 'resumed.jsonl'), head);
    await expect(run('resumed.jsonl', head, 1, 3)).rejects.toThrow(Interrupt);
    appendFileSync(partial, '{"task":"piqa","exam');
    const lines = () => readFileSync(partial, 'utf8').trim().split('\n').length - 1;
    await expect(run('resumed.jsonl', head, 1, 6)).rejects.toThrow(Interrupt);
    expect(lines()).toBe(3 + 6);
    const resumed = await run('resumed.jsonl', head, 1, 100);
    expect(resumed.text).toBe(whole);
    expect(resumed.scored).toBe(14 - 9);
    expect(existsSync(partial)).toBe(false);
    // A file that is whole is not made again.
    expect((await run('resumed.jsonl', head, 1, 1)).scored).toBe(0);
  });

  it('in batches, interrupted within one and resumed in larger ones, gives the same bytes', async () => {
    const head = headOf(1, 1);
    await expect(run('batches.jsonl', head, 1, 5, 3)).rejects.toThrow(Interrupt);
    expect((await run('batches.jsonl', head, 1, 100, 5)).text).toBe(whole);
  });

  it.each([3, 7])('sharded %i ways and merged, gives the same bytes', async (count) => {
    const texts: string[] = [];
    for (let index = 1; index <= count; index++)
      texts.push((await run(`${index}.jsonl`, headOf(index, count))).text);
    // Task k of the seven, with an example each, is in shard k mod count, plus 1.
    expect(shards(count, texts).map(({ records: [first] }) => first.task)).toEqual(
      TASK_NAMES.slice(0, count),
    );
    const { head, records } = mergeRecords(shards(count, texts).reverse());
    expect(recordsText(head, records)).toBe(whole);
  });
});

describe('merging refuses', () => {
  const part = (index: number, count: number, change: Partial<RecordsHead> = {}) => {
    const { records } = parseRecords(whole, 'whole');
    const head = { ...headOf(index, count), ...change };
    return { file: `${index}.jsonl`, ...parseRecords(recordsText(head, records), 'part') };
  };
  const refusal = (...parts: ReturnType<typeof part>[]) => {
    try {
      mergeRecords(parts);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      return (error as Error).message;
    }
    return 'nothing';
  };

  it('gaps and doubles', () => {
    expect(refusal(part(1, 2), part(2, 2))).toBe('nothing');
    expect(refusal(part(1, 4), part(3, 4))).toBe(
      '1.jsonl and others: found 2 of 4 shards, expected all; missing: 2, 4',
    );
    expect(refusal(part(1, 2), part(2, 2), part(2, 2))).toBe('2.jsonl: shard 2 of 2 is also in 2.jsonl');
  });

  it.each<[string, Partial<RecordsHead>]>([
    ['checkpoint', { checkpoint: 'c'.repeat(64) }],
    ['artifact', { artifact: 'c'.repeat(64) }],
    ['context', { context: 49 }],
    ['generator', { generator: '1' }],
  ])('another %s', (field, change) => {
    const message = refusal(part(1, 2), part(2, 2, change));
    expect(message).toMatch(new RegExp(`^2.jsonl: ${field}: found .*, but 1.jsonl has `));
    expect(message).not.toContain('\n');
  });

  it('shards of other counts, and other data', () => {
    expect(refusal(part(1, 2), part(2, 3))).toContain('found "shards of 3", but 1.jsonl has "shards of 2"');
    const {
      tasks: [first, ...rest],
    } = headOf(1, 1);
    const other = { tasks: [{ ...first, data: 'd'.repeat(64) }, ...rest] };
    expect(refusal(part(1, 2), part(2, 2, other))).toMatch(/^2.jsonl: tasks: found/);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ['cut short', (text) => text.slice(0, -9), /ends within a line, expected a whole file/],
    [
      'without its last record',
      (text) => text.slice(0, text.trimEnd().lastIndexOf('\n') + 1),
      /found the end, expected wikitext2 0 golden/,
    ],
    [
      'with a record twice',
      (text) => `${text}${text.split('\n').at(-2)}\n`,
      /found wikitext2 0 golden, expected the end/,
    ],
    ['of something else', () => '{"format":"x"}\n', /line 1: format: Invalid input/],
    [
      'with a line of something else',
      (text) => text.replace('"float"', '"other"'),
      /line 2: engine: Invalid option/,
    ],
    ['that is empty', () => '', /line 1: found no JSON/],
  ])('a file %s', (_, damage, message) => {
    expect(() => parseRecords(damage(whole), 'x.jsonl')).toThrow(message);
  });
});

it('progress of another run is begun anew', async () => {
  const head = headOf(1, 7);
  const partial = progressPath(join(folder, 'p.jsonl'), head);
  writeFileSync(partial, 'something else\n');
  const texts = (await run('p.jsonl', head)).text;
  expect(parseRecords(texts, 'p').head).toEqual(head);
});
