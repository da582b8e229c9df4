/** Examples of tasks: first as text, then as token ids. */
import type { TaskName } from '../../schema/task-records.js';

/** A choice or a target: what is given and what is scored, to be joined as they are. */
export interface TextChoice {
  readonly context: string;
  readonly continuation: string;
  /** Length that acc_norm divides by: the choice without what joins it to the context. */
  readonly characters: number;
}

/** A line of a task's file. */
export interface TextExample {
  readonly choices: readonly TextChoice[];
  readonly answer: number;
}

/** A choice as token ids. */
export interface Choice {
  readonly context: Int32Array;
  readonly continuation: Int32Array;
  readonly characters: number;
}

/** An example, ready to be scored. */
export interface Example {
  readonly task: TaskName;
  /** From 0 on in its file. */
  readonly example: number;
  readonly choices: readonly Choice[];
  readonly answer: number;
}
