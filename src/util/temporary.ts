/**
 * Files and folders that are being written under a temporary name. They are removed by whoever made them when the work
 * fails, and from here when the process is interrupted, so that Ctrl-C leaves nothing half-written.
 */
import { rmSync } from 'node:fs';

const paths = new Set<string>();

/** Remembers that `path` is temporary; returns it. */
export function addTemporary(path: string): string {
  paths.add(path);
  return path;
}

/** `path` is gone or has its final name now. */
export function dropTemporary(path: string): void {
  paths.delete(path);
}

/** Removes everything that is still temporary. Synchronous, for the moment before the process ends. */
export function removeTemporaries(): void {
  for (const path of paths) rmSync(path, { recursive: true, force: true });
  paths.clear();
}
