/** scripts/cluster on a real Slurm of one node: a shard that fails is run again, and the merged result is that of one machine, byte for byte. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/util/package-path.js';
import { cli } from '../support/cli.js';

const programs = ['slurmctld', 'slurmd', 'munged', 'sbatch'];
const hasSlurm = programs.every((name) =>
  ['/usr/sbin', '/usr/bin'].some((dir) => existsSync(join(dir, name))),
);
if (!hasSlurm)
  console.info('skipped: job arrays, for want of Slurm (slurmctld, slurmd, slurm-client, munge)');

const fastmamba = [process.execPath, packagePath('dist', 'cli', 'main.js')];

describe.skipIf(!hasSlurm)('a job array', () => {
  let dir: string;
  let env: Record<string, string>;
  beforeAll(() => {
    // Short, since a socket's path is.
    dir = mkdtempSync(join(tmpdir(), 'slurm-'));
    env = { SLURM_CONF: join(dir, 'slurm', 'slurm.conf') };
    const started = oneNode('start');
    expect(started.stderr, 'Slurm').toBe('');
  }, 60_000);
  afterAll(() => {
    oneNode('stop');
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  const oneNode = (verb: 'start' | 'stop') =>
    spawnSync('bash', [packagePath('test', 'cluster', 'one-node.sh'), verb, join(dir, 'slurm')], {
      encoding: 'utf8',
      // Daemons keep what they inherit.
      stdio: ['ignore', 'ignore', verb === 'start' ? 'pipe' : 'ignore'],
      timeout: 60_000,
    });

  const submit = (...args: string[]) =>
    execa('bash', [packagePath('scripts', 'cluster', 'submit.sh'), ...args], {
      cwd: dir,
      env,
      reject: false,
    });

  const read = (...path: string[]) => readFileSync(join(dir, ...path), 'utf8');

  /** Waits for the merge, or for the message that there is none. */
  async function ended(folder: string): Promise<'merged' | 'failed'> {
    for (let i = 0; i < 2000; i++) {
      for (const name of ['merged', 'failed'] as const) if (existsSync(join(dir, folder, name))) return name;
      await setTimeout(100);
    }
    throw new Error(`${folder}: no end`);
  }

  function script(name: string, text: string): string {
    const path = join(dir, name);
    writeFileSync(path, `#!/bin/bash\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  it('scores tasks: a shard that was killed goes on where it was, and the merge is the whole run', async () => {
    const tasks = join(dir, 'tasks');
    mkdirSync(tasks);
    for (const name of ['piqa', 'lambada_openai', 'arc_easy'])
      cpSync(packagePath('test', 'data', 'tasks', `${name}.jsonl`), join(tasks, `${name}.jsonl`));
    const options = [
      'eval',
      '--tasks',
      tasks,
      '--limit',
      '2',
      '--context',
      '48',
      '--calibration-tokens',
      '64',
    ];
    const whole = await cli(dir, ...options, '-o', 'out', '--quiet');
    expect(whole.stderr).toBe('');
    const run = [...fastmamba, ...options, '-o', 'out', '--threads', '1', '--quiet', '--shard'];
    const expected = read('out', 'tasks.jsonl');
    rmSync(join(dir, 'out', 'tasks.jsonl'));
    // The second shard dies as soon as it has a record, the first time.
    const one = script(
      'one.sh',
      `if [ "$1" = 2/3 ] && [ ! -e died ]; then
  : > died
  ${run.join(' ')} "$1" & pid=$!
  until grep -qs logProbability out/tasks-*.partial.jsonl; do sleep 0.02; done
  kill -9 $pid
  exit 9
fi
exec ${run.join(' ')} "$1"`,
    );
    const merge = `${fastmamba.join(' ')} eval --merge out/tasks-*-of-{n}.jsonl -o out --json`;
    const array = [
      '--shards',
      '3',
      '--at-once',
      '1',
      '--folder',
      'array',
      '--merge',
      merge,
      '--',
      one,
      '{shard}',
    ];
    const made = await submit(...array);
    expect(made.stdout).toMatch(/^attempt 1: shards 1,2,3, job \d+\nmerge: job \d+$/);
    const logs = () => read('array', 'logs', 'merge.log');
    expect(await ended('array'), 'merge').toBe('merged');
    expect(read('out', 'tasks.jsonl')).toBe(expected);
    expect(logs()).toMatch(/not done: shards 2; once more\nattempt 2: shards 2, job \d+/);
    const log = read('array', 'logs', 'shard-2.log');
    expect(log).toMatch(/failed with status 9\n[\s\S]*shard 2 of 3 is done/);
    // All done: the same command again only merges.
    rmSync(join(dir, 'out', 'tasks.jsonl'));
    const again = await submit(...array);
    expect(again.stdout).toMatch(/^merge: job \d+$/);
    expect(await ended('array')).toBe('merged');
    expect(read('out', 'tasks.jsonl')).toBe(expected);
  });

  it('gives up after its attempts, and names the shards and their logs', async () => {
    const never = script('never.sh', 'echo "tried $1 of $2"; [ "$1" != 2 ]');
    const common = ['--shards', '2', '--folder', 'bad', '--retries', '1', '--merge', 'touch never', '--'];
    await submit(...common, never, '{i}', '{n}');
    expect(await ended('bad')).toBe('failed');
    expect(read('bad', 'failed')).toMatch(
      /^given up after 2 attempts: shards 2; see .*bad\/logs\/shard-I.log\n$/,
    );
    expect(read('bad', 'logs', 'shard-2.log').match(/tried 2 of 2/g)).toHaveLength(2);
    expect(read('bad', 'logs', 'shard-1.log').match(/tried 1 of 2/g)).toHaveLength(1);
    expect(existsSync(join(dir, 'never'))).toBe(false);
    const other = await submit(...common, never, '{n}', '{i}');
    expect(other.exitCode).toBe(2);
    expect(other.stderr).toMatch(/bad\/job.sh: holds another run, expected the same one or an empty folder$/);
  });

  it.each<[string[], string]>([
    [['--shards', '0', '--folder', 'x', '--merge', 'true', '--', 'true'], "--shards: found '0', expected"],
    [
      ['--shards', '5000', '--folder', 'x', '--merge', 'true', '--', 'true'],
      'this cluster takes arrays up to 1000',
    ],
    [['--shards', '2', '--folder', 'x', '--merge', 'true'], 'usage: scripts/cluster/submit.sh'],
  ])('%j is refused', async (args, message) => {
    const { exitCode, stderr } = await submit(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
