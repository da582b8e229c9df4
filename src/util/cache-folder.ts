/** The folder in the user's cache for what is made again when it is missing. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** `<cache>/fastmamba/<kind>`; the cache is XDG_CACHE_HOME where that is an absolute path, as its rules say, else ~/.cache. Not made here. */
export function cacheFolderFor(kind: string): string {
  const chosen = process.env.XDG_CACHE_HOME ?? '';
  return join(isAbsolute(chosen) ? chosen : join(homedir(), '.cache'), 'fastmamba', kind);
}
