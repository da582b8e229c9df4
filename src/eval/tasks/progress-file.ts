/**
 * What is done of a shard, kept while it is worked on: the head, then a line for each record as soon as it is there, each by one write at the
 * end of the file. After an interrupt, of whatever kind, the file is read back; a last line that was not written whole is cut off.
 */
import { appendFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../errors.js';
import type { RecordsHead, TaskRecord } from '../../schema/task-records.js';
import { makeFolder } from '../../util/make-folder.js';
import { headLine, lineOf, parseRecord, recordKey } from './records.js';

/** An open file of progress. */
export class ProgressFile {
  readonly #done: Map<string, TaskRecord>;

  private constructor(
    private readonly path: string,
    done: Map<string, TaskRecord>,
  ) {
    this.#done = done;
  }

  /**
   * Takes up what is in `path`, or begins it. Throws UserError where it cannot be written, and for lines that this program did not write; a file
   * of another head is begun anew.
   */
  static open(path: string, head: RecordsHead): ProgressFile {
    return inFile(path, () => {
      const first = headLine(head);
      makeFolder(dirname(path));
      const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
      if (!text.startsWith(first)) {
        writeFileSync(path, first);
        return new ProgressFile(path, new Map());
      }
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
      const lines = whole.slice(first.length).split('\n').slice(0, -1);
      const records = lines.map((line, i) => parseRecord(line, `${path}: line ${i + 2}`));
      return new ProgressFile(path, new Map(records.map((record) => [recordKey(record), record])));
    });
  }

  has(record: Pick<TaskRecord, 'task' | 'example' | 'engine'>): boolean {
    return this.#done.has(recordKey(record));
  }

  /** Adds a record; it is on its way to the disk when this returns. */
  add(record: TaskRecord): void {
    inFile(this.path, () => appendFileSync(this.path, lineOf(record)));
    this.#done.set(recordKey(record), record);
  }

  get records(): Iterable<TaskRecord> {
    return this.#done.values();
  }

  /** The shard is whole elsewhere. */
  remove(): void {
    rmSync(this.path, { force: true });
  }
}

function inFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UserError(`${path}: cannot be written (${code})`);
  }
}
