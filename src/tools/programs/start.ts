/** Starts an outside program so that it, and all that it starts in turn, ends when it has ended and when this process does. */
import type { ChildProcess } from 'node:child_process';
import { execa, type Options, type ResultPromise } from 'execa';
import { endAfterEnd, endedBefore } from '../../util/after-end.js';

/** Every program is started with these: a process group of its own; a failure is part of the result. */
const always = { reject: false, detached: true } as const;

/** Starts `program`, with execa's options. */
export function start<const Chosen extends Options>(
  program: string,
  args: readonly string[],
  options: Chosen,
): ResultPromise<Chosen & typeof always> {
  const child = execa(program, args, { ...options, ...always });
  const { pid: group } = child;
  if (group !== undefined) {
    endAfterEnd(group);
    (child as unknown as ChildProcess).once('exit', () => {
      endGroup(group);
      endedBefore(group);
    });
  }
  return child as unknown as ResultPromise<Chosen & typeof always>;
}

/** A compiler that was ended leaves its passes at work, and they would keep its output open. */
function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Nothing is left of the group.
  }
}
