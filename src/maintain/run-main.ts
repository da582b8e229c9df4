/** How each of these programs runs: its exit code is what it returns, or what a command of that error would give. */
import { reportError } from '../cli/support/report-error.js';

/** Runs `main`, which returns its exit code. Options that it does not know are bad usage. */
export async function runMain(main: () => Promise<number>): Promise<void> {
  process.exitCode = await main().catch((error: NodeJS.ErrnoException) => {
    if (!error.code?.startsWith('ERR_PARSE_ARGS')) return reportError(error);
    tell(error.message);
    return 2;
  });
}

/** Says on stderr what is going on. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Says how to call the program; returns the exit code of bad usage. */
export function badUsage(usage: string): 2 {
  tell(`usage: ${usage}`);
  return 2;
}
