/** The token that ends a text, when the model's folder says which. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonObject } from '../../model/text-file.js';
import type { Tokenizer } from '../../model/tokenizer.js';

/** Id of `eos_token` in tokenizer_config.json; undefined when there is none or it is not one token. */
export async function stopToken(folder: string, tokenizer: Tokenizer): Promise<number | undefined> {
  const file = join(folder, 'tokenizer_config.json');
  if (!existsSync(file)) return undefined;
  const { eos_token: eos } = await readJsonObject(file, 1 << 26);
  const text = typeof eos === 'string' ? eos : (eos as { content?: unknown } | null | undefined)?.content;
  if (typeof text !== 'string') return undefined;
  const ids = tokenizer.encode(text);
  return ids.length === 1 ? ids[0] : undefined;
}
