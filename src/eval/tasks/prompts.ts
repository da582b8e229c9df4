/**
 * What the tasks ask: from a line of their file to contexts and continuations, without examples before them (0-shot). The prompts are those of
 * lm-evaluation-harness (lm_eval/tasks); docs/results.md has them as a table. Few lines of JSON are looked at, whatever else they hold.
 */
import { z } from 'zod';
import type { TaskName } from '../../schema/task-records.js';
import type { TextExample } from './example.js';

/** A task of single examples; wikitext2 is none. */
export type PromptTask = Exclude<TaskName, 'wikitext2'>;

/** Reads an object of the file. Throws z.ZodError for a field that is missing or wrong. */
type Prompt = (line: unknown) => TextExample;

/** A choice is joined with one space. */
const DELIMITER = ' ';

/** The number of one of `count` choices, as a number or in quotes. The label of a test split, -1 or "", is none. */
const label = (count: number) =>
  z
    .union([z.int(), z.string().regex(/^\d+$/)])
    .transform(Number)
    .pipe(
      z
        .int()
        .min(0)
        .max(count - 1),
    );

/** A prompt whose fields are described by `schema`. */
function prompt<Schema extends z.ZodType>(
  schema: Schema,
  read: (fields: z.infer<Schema>) => TextExample,
): Prompt {
  return (line) => read(schema.parse(line));
}

/** Choices after one context. */
function choose(context: string, choices: readonly string[], answer: number): TextExample {
  return {
    choices: choices.map((choice) => ({
      context,
      continuation: DELIMITER + choice,
      characters: characters(choice),
    })),
    answer,
  };
}

/** Characters, not UTF-16 units. */
const characters = (text: string) => [...text].length;

const lambada = prompt(z.object({ text: z.string().min(1) }), ({ text }) => {
  const words = text.split(' ');
  const target = words.at(-1)!;
  const continuation = DELIMITER + target;
  return {
    choices: [{ context: words.slice(0, -1).join(' '), continuation, characters: characters(target) }],
    answer: 0,
  };
});

const hellaswag = prompt(
  z.object({
    activity_label: z.string(),
    ctx_a: z.string(),
    ctx_b: z.string(),
    endings: z.array(z.string()).length(4),
    label: label(4),
  }),
  (line) => {
    const context = `${line.activity_label}: ${line.ctx_a} ${capitalized(line.ctx_b)}`;
    return choose(withoutBrackets(context), line.endings.map(withoutBrackets), line.label);
  },
);

/** As str.capitalize of Python: the first letter upper case, all others lower. */
function capitalized(text: string): string {
  const [first = '', ...rest] = text;
  return first.toUpperCase() + rest.join('').toLowerCase();
}

/** Marks of WikiHow taken out, in the harness's order: what is in brackets may leave double spaces. */
function withoutBrackets(text: string): string {
  return text
    .trim()
    .replaceAll(' [title]', '. ')
    .replaceAll(/\[.*?\]/g, '')
    .replaceAll('  ', ' ');
}

const piqa = prompt(
  z.object({ goal: z.string(), sol1: z.string(), sol2: z.string(), label: label(2) }),
  (line) => choose(`Question: ${line.goal}\nAnswer:`, [line.sol1, line.sol2], line.label),
);

const arc = prompt(
  z
    .object({
      question: z.string(),
      choices: z.object({ text: z.array(z.string()).min(1), label: z.array(z.string()) }),
      answerKey: z.string(),
    })
    .refine(({ choices }) => choices.text.length === choices.label.length, {
      path: ['choices'],
      message: 'Invalid input: expected as many labels as texts',
    })
    .refine(({ choices, answerKey }) => choices.label.includes(answerKey), {
      path: ['answerKey'],
      message: 'Invalid input: expected one of the labels',
    }),
  ({ question, choices, answerKey }) =>
    choose(`Question: ${question}\nAnswer:`, choices.text, choices.label.indexOf(answerKey)),
);

const winogrande = prompt(
  z.object({
    sentence: z.string().includes('_'),
    option1: z.string(),
    option2: z.string(),
    answer: z.enum(['1', '2']),
  }),
  ({ sentence, option1, option2, answer }) => {
    const gap = sentence.indexOf('_');
    const rest = sentence.slice(gap + 1).trim();
    const choices = [option1, option2].map((option) => ({
      context: sentence.slice(0, gap) + option,
      continuation: DELIMITER + rest,
      characters: characters(rest),
    }));
    return { choices, answer: Number(answer) - 1 };
  },
);

/** The prompts by task. */
export const PROMPTS: Readonly<Record<PromptTask, Prompt>> = {
  lambada_openai: lambada,
  hellaswag,
  piqa,
  arc_easy: arc,
  arc_challenge: arc,
  winogrande,
};
