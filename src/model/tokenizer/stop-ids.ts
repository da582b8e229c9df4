/** The ids that end a text: what config.json and generation_config.json of a model's folder say, one id or several. */
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { shown } from '../../util/lenient-json.js';
import { readJsonObjectIfThere } from '../../util/text-file.js';

/** Files of a model's folder that may name ids. */
const ID_FILES = ['config.json', 'generation_config.json'];
const MAX_BYTES = 1 << 20;

/** Values of `eos_token_id` as the files state them, not yet looked at. */
export async function statedStopIds(folder: string): Promise<{ file: string; id: unknown }[]> {
  const stated: { file: string; id: unknown }[] = [];
  for (const name of ID_FILES) {
    const file = join(folder, name);
    const { eos_token_id: eos } = (await readJsonObjectIfThere(file, MAX_BYTES)) ?? {};
    for (const id of [eos ?? []].flat()) stated.push({ file, id });
  }
  return stated;
}

/**
 * The ids of both files together, ascending; empty where none says any. Throws UserError for what is no id from 0 to
 * `vocabSize` - 1.
 */
export async function stopIds(folder: string, vocabSize: number): Promise<number[]> {
  const ids = new Set<number>();
  for (const { file, id } of await statedStopIds(folder)) {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0 || id >= vocabSize) {
      throw new UserError(
        `${file}: field eos_token_id: found ${shown(id)}, expected an id from 0 to ${vocabSize - 1}`,
      );
    }
    ids.add(id);
  }
  return [...ids].sort((a, b) => a - b);
}
