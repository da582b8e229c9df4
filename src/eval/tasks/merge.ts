/** Joins the files of all shards of a run into the file that one shard would have made. */
import type { RecordsHead } from '../../schema/task-records.js';
import { requireAllShards } from '../../util/shards.js';
import { parseRecords, type RecordsFile, recordsText } from './records.js';

/** A file's name and what is in it. */
export interface NamedRecords extends RecordsFile {
  readonly file: string;
}

/** The whole run. Throws UserError in a line for a mixture of runs, a shard twice and a shard missing. */
export function mergeRecords(parts: readonly NamedRecords[]): RecordsFile {
  requireAllShards(parts);
  const head: RecordsHead = { ...parts[0].head, shard: { index: 1, count: 1 } };
  const text = recordsText(
    head,
    parts.flatMap(({ records }) => records),
  );
  return parseRecords(text, 'the merged file');
}
