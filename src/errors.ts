/**
 * The three ways a command fails on purpose, each with its exit code. The command line prints the
 * message alone, without a stack; anything that is not one of these is a defect of ours and keeps its stack.
 */

/** Base of the errors whose message is meant for the user; `exitCode` is what the process returns. */
export abstract class FastMambaError extends Error {
  abstract readonly exitCode: 1 | 2 | 3;
  override get name(): string {
    return this.constructor.name;
  }
}

/** Bad usage or bad input: names the file, the field, what was found and what was expected. Exit code 2. */
export class UserError extends FastMambaError {
  readonly exitCode = 2;
}

/** A check failed: a mismatch, a plan that does not fit, a deadlock. Exit code 1. */
export class CheckFailed extends FastMambaError {
  readonly exitCode = 1;
}

/** A tool that the step needs is not on this machine; says what it would have given and how to get it. Exit code 3. */
export class ToolMissing extends FastMambaError {
  readonly exitCode = 3;
}
