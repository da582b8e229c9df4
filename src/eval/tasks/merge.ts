/** Joins the files of all shards of a run into the file that one shard would have made. */
import { UserError } from '../../errors.js';
import type { RecordsHead } from '../../schema/task-records.js';
import { parseRecords, type RecordsFile, recordsText } from './records.js';

/** A file's name and what is in it. */
export interface NamedRecords extends RecordsFile {
  readonly file: string;
}

/** The whole run. Throws UserError in a line: runs of another model, other data or options; a shard twice; a shard missing. */
export function mergeRecords(parts: readonly NamedRecords[]): RecordsFile {
  const [first, ...others] = parts;
  for (const other of others) refuseMixture(first, other);
  const { count } = first.head.shard;
  const byShard = new Map<number, NamedRecords>();
  for (const part of parts) {
    const { index } = part.head.shard;
    const twin = byShard.get(index);
    if (twin) throw new UserError(`${part.file}: shard ${index} of ${count} is also in ${twin.file}`);
    byShard.set(index, part);
  }
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !byShard.has(index));
  if (missing.length > 0) {
    const some = missing.slice(0, 10).join(', ') + (missing.length > 10 ? ', ...' : '');
    throw new UserError(
      `${parts.length} files: found ${byShard.size} of ${count} shards, missing ${some} (of ${first.file})`,
    );
  }
  const head: RecordsHead = { ...first.head, shard: { index: 1, count: 1 } };
  const text = recordsText(
    head,
    parts.flatMap(({ records }) => records),
  );
  return parseRecords(text, 'the merged file');
}

function refuseMixture(first: NamedRecords, other: NamedRecords): void {
  const fields = (head: RecordsHead) => ({ ...head, shard: `shards of ${head.shard.count}` });
  const [wanted, found] = [fields(first.head), fields(other.head)];
  const differs = (Object.keys(wanted) as (keyof typeof wanted)[]).find(
    (key) => JSON.stringify(wanted[key]) !== JSON.stringify(found[key]),
  );
  if (differs === undefined) return;
  const say = (value: unknown) => JSON.stringify(value).slice(0, 60);
  throw new UserError(
    `${other.file}: ${differs}: found ${say(found[differs])}, but ${first.file} has ${say(wanted[differs])}`,
  );
}
