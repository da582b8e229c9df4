/**
 * The record of an example, and the file of a shard: a head, then its records in the order of tasks, examples and engines. The file is a pure
 * function of the model, the data, the options and the shard: neither threads nor interrupts show in it.
 */
import { UserError } from '../../errors.js';
import {
  ENGINE_NAMES,
  type EngineName,
  type RecordsHead,
  recordSchema,
  recordsHeadSchema,
  type TaskRecord,
} from '../../schema/task-records.js';
import { isInShard } from '../../util/shards.js';
import type { ContinuationScore } from '../score.js';
import type { Example } from './example.js';

/** A shard's head and its records. */
export interface RecordsFile {
  readonly head: RecordsHead;
  readonly records: readonly TaskRecord[];
}

/** What an engine makes of an example: acc takes the largest log-probability, acc_norm the largest a character. */
export function recordOf(
  { task, example, choices, answer }: Example,
  engine: EngineName,
  scores: readonly ContinuationScore[],
): TaskRecord {
  const made = choices.map(({ continuation, characters }, i) => ({
    tokens: continuation.length,
    characters,
    ...scores[i],
  }));
  const byCharacter = made.map(({ logProbability, characters }) => logProbability / characters);
  return {
    ...{ task, example, engine },
    choices: made,
    answer,
    chosen: argmax(made.map(({ logProbability }) => logProbability)),
    chosenByCharacter: argmax(byCharacter),
  };
}

/** Index of the largest; of equals the first. A choice without characters has -Infinity a character. */
function argmax(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

/** By what a record is told from others. */
export function recordKey({
  task,
  example,
  engine,
}: Pick<TaskRecord, 'task' | 'example' | 'engine'>): string {
  return `${task} ${example} ${engine}`;
}

/** Number of an example over all tasks of the head, from 0 on. */
export function exampleNumber(
  { tasks }: RecordsHead,
  { task, example }: Pick<Example, 'task' | 'example'>,
): number {
  const place = tasks.findIndex((one) => one.task === task);
  return tasks.slice(0, place).reduce((sum, { examples }) => sum + examples, 0) + example;
}

/** Whether an example is in the head's shard. */
export function isOfHead(head: RecordsHead, example: Pick<Example, 'task' | 'example'>): boolean {
  return isInShard(head.shard, exampleNumber(head, example));
}

/** The records that a head promises, in their order. */
export function expectedKeys(head: RecordsHead): string[] {
  return head.tasks.flatMap(({ task, examples }) =>
    Array.from({ length: examples }, (_, example) => ({ task, example }))
      .filter((one) => isOfHead(head, one))
      .flatMap((one) => ENGINE_NAMES.map((engine) => recordKey({ ...one, engine }))),
  );
}

/** The text of a file; `records` in any order, all that the head promises. */
export function recordsText(head: RecordsHead, records: Iterable<TaskRecord>): string {
  const byKey = new Map([...records].map((record) => [recordKey(record), record]));
  const lines = expectedKeys(head).map((key) => lineOf(byKey.get(key)!));
  return headLine(head) + lines.join('');
}

/** A record as a line of its own. */
export const lineOf = (record: TaskRecord) => `${JSON.stringify(record)}\n`;

/** A head as the first line, its fields in the order of the schema. */
export const headLine = (head: RecordsHead) => `${JSON.stringify(recordsHeadSchema.parse(head))}\n`;

/** The head in a line of `file`. Throws UserError for anything else. */
export function parseHead(line: string, file: string): RecordsHead {
  return parsed(recordsHeadSchema, line, `${file}: line 1`);
}

/** The record in a line. Throws UserError for anything else. */
export function parseRecord(line: string, place: string): TaskRecord {
  return parsed(recordSchema, line, place);
}

function parsed<T>(schema: { safeParse(value: unknown): SafeParsed<T> }, line: string, place: string): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UserError(`${place}: found no JSON, expected a file that eval --tasks wrote`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0];
  throw new UserError(`${place}: ${path.join('.') || 'the whole'}: ${message}`);
}

type SafeParsed<T> =
  | { success: true; data: T }
  | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };

/** A whole file. Throws UserError for what is damaged, foreign, missing or doubled in it. */
export function parseRecords(text: string, file: string): RecordsFile {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new UserError(`${file}: ends within a line, expected a whole file`);
  const head = parseHead(lines[0] ?? '', file);
  const records = lines.slice(1).map((line, i) => parseRecord(line, `${file}: line ${i + 2}`));
  const expected = expectedKeys(head);
  const wrong = expected.findIndex((key, i) => records[i] === undefined || recordKey(records[i]) !== key);
  if (wrong >= 0 || records.length > expected.length) {
    const found = records[wrong < 0 ? expected.length : wrong];
    const [is, wanted] = [found ? recordKey(found) : 'the end', expected[wrong] ?? 'the end'];
    throw new UserError(
      `${file}: line ${(wrong < 0 ? expected.length : wrong) + 2}: found ${is}, expected ${wanted}`,
    );
  }
  return { head, records };
}
