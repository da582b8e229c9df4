/**
 * Results that take long to make and depend on their input alone, kept in the user's cache under the digest of that input. They are made
 * under a temporary name and renamed when whole. Whatever is kept may be removed at any time.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { addTemporary, dropTemporary } from './temporary.js';
import { writeErrorOf } from './write-error.js';

/** One result: what kind it is of, and all that it depends on, the version of the program that makes it included. */
export interface CacheEntry {
  /** Name of the folder below `<cache>/fastmamba`. */
  readonly kind: string;
  readonly input: readonly string[];
  /** With its dot, where the result is a file whose name needs one. */
  readonly extension?: string;
}

/** Where the result is, or would be. The cache is XDG_CACHE_HOME where that is an absolute path, as its rules say, else ~/.cache. */
export function cachePath({ kind, input, extension = '' }: CacheEntry): string {
  const chosen = process.env.XDG_CACHE_HOME ?? '';
  const root = isAbsolute(chosen) ? chosen : join(homedir(), '.cache');
  const hash = createHash('sha256');
  for (const text of input) hash.update(text).update('\0');
  return join(root, 'fastmamba', kind, `${hash.digest('hex').slice(0, 40)}${extension}`);
}

/**
 * The path of the result, a file or a folder. Where it is not kept yet, `make` makes it at the path that it is given, at which there is nothing.
 * Throws what `make` throws, and UserError where the disk is full.
 */
export async function cached(
  entry: CacheEntry,
  make: (path: string) => void | Promise<void>,
): Promise<string> {
  const target = cachePath(entry);
  if (existsSync(target)) return target;
  mkdirSync(dirname(target), { recursive: true });
  // Its own for each call, also where two calls make the same result.
  const temporary = addTemporary(mkdtempSync(`${target}.part-`));
  try {
    const made = join(temporary, 'made');
    await make(made);
    rename(made, target);
  } catch (error) {
    throw writeErrorOf(target, error);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    dropTemporary(temporary);
  }
  return target;
}

/** A folder cannot be renamed to one that is there. Then somebody else has made the same meanwhile. */
function rename(made: string, target: string): void {
  try {
    renameSync(made, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
}
