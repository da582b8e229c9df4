/** Runs the built command line in a process of its own, as a user would. */
import { execa } from 'execa';
import { packagePath } from '../../src/util/package-path.js';

/** What a run left behind. */
export interface CliRun {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables of the environment that a run should see changed. */
type Environment = Readonly<Record<string, string>>;

/**
 * Runs `fastmamba ...args` in folder `cwd`, with another environment where the last argument is one; never throws for an exit
 * code. Needs `npm run build` before.
 */
export async function cli(cwd: string, ...given: (string | Environment)[]): Promise<CliRun> {
  const args = given.filter((arg) => typeof arg === 'string');
  const env = Object.assign({ NO_COLOR: '1', CI: '1' }, ...given.filter((arg) => typeof arg !== 'string'));
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    [packagePath('dist', 'cli', 'main.js'), ...args],
    { cwd, reject: false, stdin: 'ignore', timeout: 900_000, env },
  );
  return { exitCode, stdout, stderr };
}

/** The one JSON object that a run with --json printed; throws when stdout holds anything else. */
export function onlyJson({ stdout }: CliRun): Record<string, unknown> {
  const value: unknown = JSON.parse(stdout);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`no object: ${stdout}`);
  return value as Record<string, unknown>;
}
