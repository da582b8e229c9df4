/**
 * The tasks of a folder: every `<task>.jsonl` that is there, all of it read, checked and encoded before anything is scored, so that a
 * damaged line is found in the first minute.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { TASK_NAMES, type TaskName } from '../../schema/task-records.js';
import { parseLenientJson } from '../../util/lenient-json.js';
import { type Encoder, encodeChoice } from './encode.js';
import type { Example } from './example.js';
import { PROMPTS } from './prompts.js';

/** A task's file. */
export interface Task {
  readonly task: TaskName;
  /** SHA-256 of the file. */
  readonly data: string;
  readonly examples: readonly Example[];
}

/** What to read. */
export interface TasksRequest {
  readonly folder: string;
  readonly encoder: Encoder;
  /** First examples of each task; all when left out. */
  readonly limit?: number | undefined;
  /** Ids below this are tokens. */
  readonly vocabSize: number;
}

/** A text of WikiText2, a row of its file. */
const row = z.object({ text: z.string() });

/** The tasks that are there, in the order of TASK_NAMES. Throws UserError naming file, line and field. */
export async function readTasks(request: TasksRequest): Promise<Task[]> {
  const { folder } = request;
  const there = TASK_NAMES.filter((task) => existsSync(join(folder, `${task}.jsonl`)));
  if (there.length === 0) {
    const names = TASK_NAMES.map((task) => `${task}.jsonl`).join(', ');
    throw new UserError(`${folder}: found no task, expected at least one of ${names}`);
  }
  const tasks: Task[] = [];
  for (const task of there) tasks.push(await readTask(task, request));
  return tasks;
}

async function readTask(task: TaskName, request: TasksRequest): Promise<Task> {
  const path = join(request.folder, `${task}.jsonl`);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path}: cannot be read (${error.code})`);
  });
  const data = createHash('sha256').update(bytes).digest('hex');
  const lines = bytes
    .toString()
    .split('\n')
    .map((line, i) => ({ line, place: `${path}: line ${i + 1}` }))
    .filter(({ line }) => line.trim() !== '');
  const examples = task === 'wikitext2' ? windows(path, lines, request) : prompted(task, lines, request);
  if (examples.length === 0) throw new UserError(`${path}: found no example, expected at least one`);
  checkVocabulary(path, examples, request.vocabSize);
  return { task, data, examples };
}

interface Line {
  readonly line: string;
  readonly place: string;
}

function prompted(
  task: keyof typeof PROMPTS,
  lines: readonly Line[],
  { encoder, limit }: TasksRequest,
): Example[] {
  return lines.slice(0, limit).map(({ line, place }, example) =>
    at(place, () => {
      const { choices, answer } = PROMPTS[task](parseLenientJson(line, 'the line'));
      return { task, example, choices: choices.map((choice) => encodeChoice(encoder, choice)), answer };
    }),
  );
}

/** The whole text, its rows joined by blank lines, in windows of `context` tokens; the first token of each is given. */
function windows(path: string, lines: readonly Line[], { encoder, limit }: TasksRequest): Example[] {
  const rows = lines.map(({ line, place }) =>
    at(place, () => row.parse(parseLenientJson(line, 'the line')).text),
  );
  const ids = encoder.encode(rows.join('\n\n'));
  const count = Math.floor(ids.length / encoder.context);
  if (count === 0) {
    throw new UserError(
      `${path}: found ${ids.length} tokens, expected at least one window of ${encoder.context}`,
    );
  }
  return Array.from({ length: Math.min(count, limit ?? count) }, (_, example) => {
    const window = Int32Array.from(ids.slice(example * encoder.context, (example + 1) * encoder.context));
    const choice = { context: window.subarray(0, 1), continuation: window.subarray(1), characters: 0 };
    return { task: 'wikitext2', example, choices: [choice], answer: 0 };
  });
}

/** Errors of a line say where it is. */
function at<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${place}: ${error.message}`);
    if (error instanceof z.ZodError) {
      const { path, message } = error.issues[0];
      throw new UserError(`${place}: ${path.length > 0 ? `field ${path.join('.')}: ` : ''}${message}`);
    }
    throw error;
  }
}

function checkVocabulary(path: string, examples: readonly Example[], vocabSize: number): void {
  for (const { choices } of examples) {
    for (const { context, continuation } of choices) {
      const outside = [context, continuation].flatMap((ids) => ids.find((id) => id >= vocabSize) ?? []);
      if (outside.length > 0) {
        throw new UserError(
          `${path}: tokenizer.json gives id ${outside[0]}, but config.json has ${vocabSize} tokens`,
        );
      }
    }
  }
}
