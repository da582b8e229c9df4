/**
 * Files and folders that are being written under a temporary name. They are removed by whoever made them when the work fails, and otherwise
 * when this process ends, in whatever way.
 */
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { keepAfterEnd, pathsToRemove, removeAfterEnd } from './after-end.js';

/** Remembers that `path` is temporary; returns it. */
export function addTemporary(path: string): string {
  removeAfterEnd(resolve(path));
  return path;
}

/** `path` is gone or has its final name now. */
export function dropTemporary(path: string): void {
  keepAfterEnd(resolve(path));
}

// Where this process ends by itself it removes them before it is gone.
process.on('exit', () => {
  for (const path of pathsToRemove()) rmSync(path, { recursive: true, force: true });
});
