/** What a user's mistake looks like from outside: exit code 2 and a line or two that name the place, never a stack. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/util/package-path.js';
import { cli } from '../support/cli.js';

const reference = packagePath('test', 'data', 'reference', 'hf-f32');
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'cli-'));
  mkdirSync(join(dir, 'empty'));
  broken('bad-json', (text) => text.slice(0, 100));
  broken('other-type', (text) => text.replace('"model_type": "mamba2"', '"model_type": "llama"'));
  broken('other-width', (text) => text.replace('"hidden_size": 64', '"hidden_size": 128'));
  writeFileSync(join(dir, 'bad.json'), '[1, 2,');
  writeFileSync(join(dir, 'words.json'), '{"words": [1]}');
  writeFileSync(join(dir, 'large.json'), '[1, 97]');
  writeFileSync(join(dir, 'good.json'), '[1, 96]');
  mkdirSync(join(dir, 'artifact'));
  writeFileSync(join(dir, 'artifact', 'manifest.json'), '{"format": "fastmamba-quantized", "version": 99}');
});
afterAll(() => rmSync(dir, { recursive: true }));

/** A copy of the reference with another config.json. */
function broken(name: string, change: (config: string) => string): void {
  cpSync(reference, join(dir, name), { recursive: true });
  const file = join(dir, name, 'config.json');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

const logits = ['logits', '--engine', 'float', '--tokens', 'good.json'];

describe.concurrent('a mistake', () => {
  it.each<[string, string[], RegExp]>([
    ['a folder that is not there', [...logits, 'nowhere'], /nowhere: found nothing, expected a model folder/],
    ['a file for a folder', [...logits, 'good.json'], /good\.json: found a file, expected a model folder/],
    [
      'a folder without a model',
      [...logits, 'empty'],
      /empty: found neither config\.json nor manifest\.json/,
    ],
    ['a damaged config.json', [...logits, 'bad-json'], /bad-json\/config\.json: not valid JSON/],
    ['another kind of model', [...logits, 'other-type'], /config\.json: field model_type: found "llama"/],
    ['a config that is not of these weights', [...logits, 'other-width'], /expected/],

    [
      'a newer artifact',
      ['logits', 'artifact', '--tokens', 'good.json'],
      /manifest\.json: version: found 99, expected 1 to \d+; .*newer/,
    ],
    ['no token ids', ['logits', reference, '--tokens', 'none.json'], /none\.json: cannot be read \(ENOENT\)/],
    ['damaged token ids', [...logits, reference, '--tokens', 'bad.json'], /bad\.json: not valid JSON/],
    ['JSON without ids', [...logits, reference, '--tokens', 'words.json'], /words\.json: found no token ids/],
    [
      'an id outside the vocabulary',
      [...logits, reference, '--tokens', 'large.json'],
      /large\.json: token 1: found 97, expected an id from 0 to 96/,
    ],
    ['a model without a tokenizer', ['run', reference, '--prompt', 'a'], /tokenizer\.json: cannot be read/],
    [
      'a model without held-out text',
      ['eval', reference],
      /heldout\.txt: found none, expected .* --text FILE/,
    ],
    [
      'a simulation without its taps',
      ['eval', '--engine', 'csim'],
      /--engine csim: found without --taps, expected with it/,
    ],
    [
      'a plan for nothing',
      ['eval', '--taps', '--preset', 'small'],
      /--preset: found without --engine csim or rtl, expected with it/,
    ],
    [
      'a shard of no tasks',
      ['eval', '--taps', '--shard', '1/2'],
      /--shard: found without --tasks, expected with it/,
    ],
    [
      'a width out of range',
      ['quantize', '--state-bits', '30'],
      /--state-bits <n>' argument '30' is invalid\. Expected an integer from 16 to 24/,
    ],
    [
      'a choice that is none',
      ['quantize', '--hadamard', 'both'],
      /'both' is invalid\. Allowed choices are folded/,
    ],
    ['a missing option', ['logits'], /required option '--tokens <file>' not specified/],
    ['an unknown option', ['doctor', '--verbose'], /unknown option '--verbose'/],
    [
      'an option that does not matter',
      ['plan', '--compare', 'paper', '--chunk', '8'],
      /--compare <with>' cannot be used with option '--chunk/,
    ],
    [
      'a purpose of a preset that has none',
      ['plan', '--preset', 'small', '--for', 'decode'],
      /purpose decode/,
    ],
    [
      'a chunk that is too short',
      ['plan', '--preset', 'small', '--chunk', '2'],
      /chunk: found 2, expected \d+/,
    ],
    ['an unknown command', ['synthesize'], /unknown command 'synthesize'/],
  ])('%s: exit code 2, one or two lines', async (_what, args, message) => {
    const { exitCode, stdout, stderr } = await cli(dir, ...args, ...(args.length > 1 ? ['--quiet'] : []));
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(2);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});

it('leaves nothing behind', () => {
  expect(readdirSync(dir)).not.toContain('build');
});
