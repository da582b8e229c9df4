/** The tokens that end a text, by all that the folders of model and tokenizer say. */
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { stopIds } from '../../model/tokenizer/stop-ids.js';
import type { Tokenizer } from '../../model/tokenizer/tokenizer.js';
import { readJsonObjectIfThere } from '../../util/text-file.js';

/**
 * Ids that config.json and generation_config.json of `modelFolder` name, and the one token of `eos_token` in the tokenizer's
 * tokenizer_config.json. Throws UserError for an id outside the vocabulary.
 */
export async function stopTokens(
  modelFolder: string,
  tokenizerFolder: string,
  tokenizer: Tokenizer,
  vocabSize: number,
): Promise<ReadonlySet<number>> {
  const ids = new Set(await stopIds(modelFolder, vocabSize));
  const file = join(tokenizerFolder, 'tokenizer_config.json');
  const { eos_token: eos } = (await readJsonObjectIfThere(file, 1 << 26)) ?? {};
  const text = typeof eos === 'string' ? eos : (eos as { content?: unknown } | null | undefined)?.content;
  const [id, ...more] = typeof text === 'string' ? tokenizer.encode(text) : [];
  // A text of several tokens is no token that ends anything.
  if (id === undefined || more.length > 0) return ids;
  if (id >= vocabSize) {
    throw new UserError(
      `${file}: field eos_token: found id ${id}, expected one from 0 to ${vocabSize - 1} by the model`,
    );
  }
  return ids.add(id);
}
