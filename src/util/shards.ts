/** Parts of one run that were made apart: a part is a pure function of its head, and all parts together are the run. */
import { z } from 'zod';
import { UserError } from '../errors.js';
import { size } from './schema-parts.js';

/** Which part of how many, from 1 on. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** The schema of a shard; `of` says what is in which. */
export const shardSchema = (of: string) =>
  z.strictObject({ index: size('of this file, from 1 on'), count: size('shards in all') }).describe(of);

/** Whether item `number`, counted from 0 on, is in the shard: every count-th is. */
export function isInShard({ index, count }: Shard, number: number): boolean {
  return number % count === index - 1;
}

/** A file and what its first line says of it. */
export interface ShardFile {
  readonly file: string;
  readonly head: { readonly shard: Shard };
}

/** Throws UserError in a line for files that are not all shards of one run: heads that differ, a shard twice, a shard missing. */
export function requireAllShards(parts: readonly ShardFile[]): void {
  const [first, ...others] = parts;
  for (const other of others) refuseMixture(first, other);
  const { count } = first.head.shard;
  const byShard = new Map<number, ShardFile>();
  for (const part of parts) {
    const { index } = part.head.shard;
    const twin = byShard.get(index);
    if (twin) throw new UserError(`${part.file}: shard ${index} of ${count} is also in ${twin.file}`);
    byShard.set(index, part);
  }
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((index) => !byShard.has(index));
  if (missing.length === 0) return;
  const some = missing.slice(0, 10).join(', ') + (missing.length > 10 ? ', ...' : '');
  throw new UserError(
    `${first.file} and others: found ${byShard.size} of ${count} shards, expected all; missing: ${some}`,
  );
}

function refuseMixture(first: ShardFile, other: ShardFile): void {
  const fields = ({ head }: ShardFile): Record<string, unknown> => ({
    ...head,
    shard: `shards of ${head.shard.count}`,
  });
  const [wanted, found] = [fields(first), fields(other)];
  const differs = Object.keys(wanted).find(
    (key) => JSON.stringify(wanted[key]) !== JSON.stringify(found[key]),
  );
  if (differs === undefined) return;
  const say = (value: unknown) => String(JSON.stringify(value)).slice(0, 60);
  throw new UserError(
    `${other.file}: ${differs}: found ${say(found[differs])}, but ${first.file} has ${say(wanted[differs])}`,
  );
}
