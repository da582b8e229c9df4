/** `run` ends at every token that any file of the model's folder says ends a text. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { byteTokenizerJson } from '../../src/model/tokenizer/byte-alphabet.js';
import { tinyConfig, tinyTensors, writeCheckpoint } from '../support/checkpoint-writer.js';
import { cli, onlyJson } from '../support/cli.js';

const config = { ...tinyConfig('huggingface'), vocab_size: 256 };
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'stops-'));
  await writeCheckpoint(join(dir, 'model'), config, tinyTensors(config));
  writeFileSync(join(dir, 'model', 'tokenizer.json'), byteTokenizerJson());
});
afterAll(() => rmSync(dir, { recursive: true }));

const write = (name: string, json: object) => writeFileSync(join(dir, 'model', name), JSON.stringify(json));

const sampling = ['--temperature', '2', '--seed', '3', '--max-tokens', '40'];
const idsOf = async (model: string, engine: string) => {
  const run = await cli(dir, 'run', model, '--engine', engine, '--prompt', 'ab', '--json', ...sampling);
  return onlyJson(run).ids as number[];
};

it('ends at an id of config.json, generation_config.json or tokenizer_config.json', async () => {
  const all = await idsOf('model', 'float');
  expect(all.length).toBe(40);
  const firstOf = (id: number) => all.slice(0, all.indexOf(id));
  // Later and later ones are joined by earlier ones.
  write('tokenizer_config.json', { eos_token: { content: 'ab' } });
  write('config.json', { ...config, eos_token_id: [all[20], all[25]] });
  expect(await idsOf('model', 'float')).toEqual(
    all.slice(0, Math.min(...[20, 25].map((i) => all.indexOf(all[i])))),
  );
  write('generation_config.json', { eos_token_id: all[9] });
  expect(await idsOf('model', 'float')).toEqual(firstOf(all[9]));
  const text = all.slice(0, 9).find((id) => id > 32 && id < 127)!;
  write('tokenizer_config.json', { eos_token: String.fromCharCode(text) });
  expect(await idsOf('model', 'float')).toEqual(firstOf(text));
});

it('ends there too when it is quantized, and refuses what is no id', async () => {
  rmSync(join(dir, 'model', 'tokenizer_config.json'));
  rmSync(join(dir, 'model', 'generation_config.json'));
  write('config.json', config);
  const all = await idsOf('model', 'golden');
  const stop = all[12];
  write('config.json', { ...config, eos_token_id: stop });
  expect((await cli(dir, 'quantize', 'model', '-o', 'q', '--quiet')).exitCode).toBe(0);
  expect(await idsOf('q', 'golden')).toEqual(all.slice(0, all.indexOf(stop)));
  write('generation_config.json', { eos_token_id: 256 });
  const { exitCode, stderr } = await cli(dir, 'run', 'model', '--prompt', 'a', '--quiet');
  expect(stderr).toBe(
    'fastmamba: model/generation_config.json: field eos_token_id: found 256, expected an id from 0 to 255',
  );
  expect(exitCode).toBe(2);
});
