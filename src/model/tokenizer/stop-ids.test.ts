import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userErrorOf } from '../../../test/support/damage.js';
import { stopIds } from './stop-ids.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stop-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const write = (name: string, json: object) => writeFileSync(join(dir, name), `\ufeff${JSON.stringify(json)}`);

describe('the ids that end a text', () => {
  it.each([
    [{}, undefined, []],
    [{ eos_token_id: null }, undefined, []],
    [{ eos_token_id: 7 }, undefined, [7]],
    [{ eos_token_id: [7, 2] }, undefined, [2, 7]],
    [{ eos_token_id: 7 }, { eos_token_id: [0, 7] }, [0, 7]],
    [{}, { eos_token_id: 99 }, [99]],
  ])('are those of config.json %j and generation_config.json %j', async (config, generation, expected) => {
    write('config.json', config);
    if (generation) write('generation_config.json', generation);
    expect(await stopIds(dir, 100)).toEqual(expected);
  });

  it('are none where no file is', async () => {
    expect(await stopIds(dir, 100)).toEqual([]);
  });

  it.each([[100], [-1], [1.5], ['</s>'], [[3, 100]], [{ id: 3 }]])('must be ids: %j', async (eos) => {
    write('generation_config.json', { eos_token_id: eos });
    expect(await userErrorOf(() => stopIds(dir, 100))).toMatch(
      /generation_config\.json: field eos_token_id: found .*, expected an id from 0 to 99$/,
    );
  });
});
