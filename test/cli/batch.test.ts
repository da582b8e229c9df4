/** `run --batch` and `run --speculate` give the texts of plain runs, one line of JSON for each prompt. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { byteTokenizerJson } from '../../src/model/tokenizer/byte-alphabet.js';
import { tinyConfig, tinyTensors, writeCheckpoint } from '../support/checkpoint-writer.js';
import { cli, onlyJson } from '../support/cli.js';
import { violations } from '../support/schemas.js';

const config = { ...tinyConfig('huggingface'), vocab_size: 256 };
const prompts = ['ab', 'Who is there?', 'é'];
const drawing = ['--temperature', '2', '--seed', '3', '--max-tokens', '24', '--quiet'];
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'batch-'));
  await writeCheckpoint(join(dir, 'model'), config, tinyTensors(config));
  writeFileSync(join(dir, 'model', 'tokenizer.json'), byteTokenizerJson());
  writeFileSync(join(dir, 'prompts.txt'), `${prompts[0]}\n\n${prompts[1]}\r\n${prompts[2]}\n`);
});
afterAll(() => rmSync(dir, { recursive: true }));

const run = (...args: string[]) => cli(dir, 'run', 'model', ...drawing, ...args);

it('gives each prompt the text that it has alone, in the order of the file', async () => {
  const { stdout, exitCode } = await run('--batch', 'prompts.txt', '--slots', '2');
  expect(exitCode).toBe(0);
  const lines = stdout.split('\n').map((line) => JSON.parse(line));
  for (const line of lines) expect(violations('batch', line)).toEqual([]);
  expect(lines.map(({ id, prompt }) => [id, prompt])).toEqual([
    [1, prompts[0]],
    [3, prompts[1]],
    [4, prompts[2]],
  ]);
  for (const { prompt, text, tokens, finishReason } of lines) {
    expect(onlyJson(await run('--prompt', prompt, '--json'))).toMatchObject({ text, tokens });
    expect([tokens, finishReason]).toEqual([24, 'length']);
  }
});

it('draws the same tokens with drafts, by lookup and by a model, and says what they were worth', async () => {
  // The draft model is the same checkpoint, quantized otherwise.
  const args = ['--prompt', 'abcabcab', '--json', '--state-bits', '20'];
  const plain = onlyJson(await run(...args));
  for (const how of [['lookup'], ['model', '--drafts', '2']]) {
    const made = onlyJson(await run(...args, '--preset', 'small', '--speculate', ...how));
    expect(violations('run', made)).toEqual([]);
    expect(made.ids).toEqual(plain.ids);
    const { calls, tokens, accepted, drafts } = made.speculation as Record<string, number>;
    expect([tokens, tokens - calls]).toEqual([23, accepted]);
    expect(drafts).toBeGreaterThanOrEqual(accepted);
  }
});

it.each([
  [['--quiet'], 'run: expected --prompt <text> or --batch <file>'],
  [['--prompt', 'a', '--drafts', '2'], '--drafts: expected --speculate beside it'],
  [['--prompt', 'a', '--speculate', 'nowhere'], 'nowhere: found nothing, expected a model folder'],
])('refuses %j in a line', async (args, message) => {
  const { exitCode, stderr } = await cli(dir, 'run', 'model', ...args);
  expect(stderr).toBe(`fastmamba: ${message}`);
  expect(exitCode).toBe(2);
});
