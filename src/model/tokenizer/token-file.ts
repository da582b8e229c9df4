/** Token ids from a file: a .json of ids as they are, any other file as text through the model's tokenizer. */
import { extname } from 'node:path';
import { UserError } from '../../errors.js';
import { readJson, readTextFile } from '../../util/text-file.js';
import { loadTokenizer } from './tokenizer.js';

const MAX_BYTES = 256 << 20;

/** Ids of a .json file: an array, or an object with the array as `tokens`. Throws UserError for anything else. */
export async function readTokenIds(path: string, vocabSize: number): Promise<number[]> {
  const value = await readJson(path, MAX_BYTES);
  const ids = Array.isArray(value) ? value : (value as { tokens?: unknown } | null)?.tokens;
  if (!Array.isArray(ids)) {
    throw new UserError(`${path}: found no token ids, expected [1, 2, ...] or {"tokens": [1, 2, ...]}`);
  }
  if (ids.length === 0) throw new UserError(`${path}: found an empty list, expected at least one token id`);
  ids.forEach((id, i) => {
    if (!Number.isInteger(id) || id < 0 || id >= vocabSize) {
      const found = JSON.stringify(id).slice(0, 40);
      throw new UserError(`${path}: token ${i}: found ${found}, expected an id from 0 to ${vocabSize - 1}`);
    }
  });
  return ids;
}

/** Ids of a .json or a text file, the latter by the tokenizer in `modelFolder`. Throws UserError. */
export async function readTokens(path: string, vocabSize: number, modelFolder: string): Promise<number[]> {
  if (extname(path) === '.json') return readTokenIds(path, vocabSize);
  const text = await readTextFile(path, MAX_BYTES);
  const ids = (await loadTokenizer(modelFolder)).encode(text);
  if (ids.length === 0) throw new UserError(`${path}: found no text, expected some`);
  const outside = ids.find((id) => id >= vocabSize);
  if (outside !== undefined) {
    throw new UserError(
      `${modelFolder}/tokenizer.json: gives id ${outside}, but config.json has ${vocabSize} tokens`,
    );
  }
  return ids;
}
