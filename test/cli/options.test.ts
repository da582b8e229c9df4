/** A command offers the options that it reads, and no others: each command runs with a watch on its options. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.js';
import { packagePath } from '../../src/util/package-path.js';
import { pretendVivado } from '../support/pretend-vivado.js';

const model = packagePath('test', 'data', 'reference', 'hf-f32');
const tokens = ['--tokens', join(model, 'tokens.json')];
const small = ['--preset', 'small'];

/** Runs of each command that take all its ways between them. */
const runs: Readonly<Record<string, readonly (readonly string[])[]>> = {
  hls: [[model, ...small]],
  quantize: [[model]],
  eval: [
    [model, '--text', 'text.json', '--window', '16', '--threads', '1'],
    [
      '--tasks',
      packagePath('test', 'data', 'tasks'),
      '--limit',
      '1',
      '--context',
      '48',
      '--calibration-tokens',
      '64',
    ],
    [model, '--taps', '--text', 'text.json', '--window', '16', '--engine', 'csim', ...small],
    ['--merge', join('build', 'tiny-mamba2', 'tasks.jsonl')],
  ],
  logits: [
    [model, ...tokens],
    [model, ...tokens, '--engine', 'csim', ...small],
  ],
  run: [
    ['--prompt', 'ROMEO:', '--max-tokens', '1', '--calibration-tokens', '64'],
    ['--prompt', 'ROMEO:', '--max-tokens', '1', '--engine', 'csim', ...small, '--calibration-tokens', '64'],
    ['--batch', 'prompts.txt', '--max-tokens', '2', '--speculate', 'lookup', '--calibration-tokens', '64'],
  ],
  serve: [
    ['--port', '0', '--api-key-file', 'prompts.txt', '--calibration-tokens', '64'],
    ['--port', '0', '--engine', 'csim', ...small, '--calibration-tokens', '64'],
  ],
  plan: [[model, ...small, '--speculate', '2', '--packed', '2x8']],
  emit: [[model, ...small]],
  csim: [[model, ...small]],
  cosim: [[model, ...small, '--engine', 'cxxrtl', '--kernel', 'quantize_in']],
  synth: [[model, ...small, '--tool', 'yowasp', '--kernel', 'quantize_in']],
  verify: [['--campaign', '1..1', '--engine', 'csim', '--processes', '1', '--operations', '5']],
  report: [[model, ...small]],
  board: [[model, ...small, '--step', 'project']],
  doctor: [[]],
};

const program = new Command();
for (const add of commands) add(program);

let dir: string;
let env: { PATH: string };
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'cli-options-'));
  // What passes for Vivado is for `board` alone; no other command here asks for it.
  env = { PATH: pretendVivado(dir) };
  writeFileSync(join(dir, 'prompts.txt'), 'ROMEO:\n');
  writeFileSync(join(dir, 'text.json'), JSON.stringify(Array.from({ length: 32 }, (_, i) => i)));
});
afterAll(() => rmSync(dir, { recursive: true }));

it.each(program.commands.map((command) => [command.name(), command] as const))(
  '%s reads every option that it offers',
  async (name, command) => {
    const read = new Set<string>();
    const file = join(dir, 'read.json');
    const watch = packagePath('test', 'support', 'read-options.ts');
    for (const args of runs[name]) {
      const given = ['--import', import.meta.resolve('tsx'), watch, file, name, ...args];
      const child = execa(process.execPath, given, { cwd: dir, env });
      // It says where it listens, and then works until it is told to stop.
      if (name === 'serve') child.stdout.once('data', () => child.kill('SIGTERM'));
      await child;
      for (const option of JSON.parse(readFileSync(file, 'utf8'))) read.add(option);
    }
    const offered = command.options.map((option) => option.attributeName());
    expect(offered.filter((option) => !read.has(option))).toEqual([]);
  },
);
