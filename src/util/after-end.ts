/**
 * What must not outlive this process: files under temporary names, and programs that it started. No handler of a signal could see to them,
 * since it would wait for long computations to end and keep the signal from ending them. So a signal ends this process at once, as the system
 * does by default, and a small shell waits for that: it holds the other end of a pipe, is told each time what would have to be done, and does
 * it when the pipe closes, however this process ended.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { shellQuote } from './shell-quote.js';

/** Keeps the newest whole line; a line that was cut off by the end does not count. */
const WAITER = `trap '' HUP INT QUIT TERM
nl='
'
while IFS= read -r line; do last=$line; done
eval "$last"`;

const paths = new Set<string>();
const groups = new Set<number>();
let waiter: ChildProcess | undefined;

/** `path`, a file or a folder with what is in it, is removed when this process ends. */
export function removeAfterEnd(path: string): void {
  paths.add(path);
  tell();
}

/** `path` is no longer removed. */
export function keepAfterEnd(path: string): void {
  if (paths.delete(path)) tell();
}

/** The programs of process group `group` end when this process does. */
export function endAfterEnd(group: number): void {
  groups.add(group);
  tell();
}

/** That group has ended. */
export function endedBefore(group: number): void {
  if (groups.delete(group)) tell();
}

/** The paths to be removed. */
export function pathsToRemove(): ReadonlySet<string> {
  return paths;
}

function tell(): void {
  waiter ??= startWaiter();
  waiter.stdin?.write(`${commands()}\n`);
}

/** What there is to do, as one line of shell. */
function commands(): string {
  const all: string[] = [];
  // The group has its own number with a minus; one that has ended meanwhile is no mistake.
  if (groups.size > 0) all.push(`kill -KILL -- ${[...groups].map((group) => -group).join(' ')} 2>/dev/null`);
  if (paths.size > 0) all.push(`rm -rf -- ${[...paths].map(onOneLine).join(' ')}`);
  return all.join('; ');
}

const onOneLine = (path: string) =>
  path
    .split('\n')
    .map((part) => (part === '' ? '' : shellQuote(part)))
    .join('"$nl"');

/** In a session of its own, so that Ctrl-C does not reach it. It keeps stderr open: who reads that to its end finds everything removed. */
function startWaiter(): ChildProcess {
  const child = spawn('/bin/sh', ['-c', WAITER], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
  // Without a shell these things are not removed, which is no reason to fail.
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child;
}
