/** Starts an outside program so that it, and all that it starts in turn, ends when it has ended and when this process does. */
import type { ChildProcess } from 'node:child_process';
import { execa, type Options, type Result, type ResultPromise } from 'execa';
import { endAfterEnd, endedBefore } from '../../util/after-end.js';

/** Every program is started with these: a process group of its own; a failure is part of the result. */
const always = { reject: false, detached: true } as const;

/**
 * Becomes the program when it is told to on descriptor 3. By then it is known which group has to end with this process; when this process ends
 * before, the descriptor closes and the program never starts.
 */
const WAIT_FOR_WORD = 'read -r word <&3 || exit; exec "$0" "$@" 3<&-';

/** Exit codes by which a shell says that it could not start a program: it may not be executed, or is not there. */
const NOT_STARTED: readonly unknown[] = [126, 127];

/** What `start` takes of execa's options; each stream has an option of its own. */
export type StartOptions = Omit<Options, 'stdio'>;

/** Starts `program`, with execa's options. */
export function start<const Chosen extends StartOptions>(
  program: string,
  args: readonly string[],
  options: Chosen,
): ResultPromise<Chosen & typeof always> {
  const { stdin = 'pipe', stdout = 'pipe', stderr = 'pipe', ...others } = options as StartOptions;
  let groupIsKnown = () => {};
  const word = new Promise<void>((resolve) => {
    groupIsKnown = resolve;
  });
  async function* tellWord() {
    await word;
    yield '\n';
  }
  const stdio = [stdin, stdout, stderr, tellWord()] as Options['stdio'];
  const child = execa('/bin/sh', ['-c', WAIT_FOR_WORD, program, ...args], { ...others, ...always, stdio });
  const { pid: group } = child;
  if (group !== undefined) {
    endAfterEnd(group);
    (child as unknown as ChildProcess).once('exit', () => {
      endGroup(group);
      endedBefore(group);
    });
  }
  // Where there is no process either: the result waits for all streams.
  groupIsKnown();
  return child as unknown as ResultPromise<Chosen & typeof always>;
}

/** Whether the program was there and ran, whatever came of it. */
export function hasRun({ exitCode }: Pick<Result, 'exitCode'>): boolean {
  return exitCode !== undefined && !NOT_STARTED.includes(exitCode);
}

/** A compiler that was ended leaves its passes at work, and they would keep its output open. */
function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Nothing is left of the group.
  }
}
