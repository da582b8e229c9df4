/**
 * Text to token ids and back, by the checkpoint's own tokenizer.json (through @huggingface/tokenizers). Streaming decode
 * gives text as soon as its characters are complete: byte-level tokens may end in the middle of one.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { UserError } from '../errors.js';
import { BYTE_OF_CHARACTER } from './byte-alphabet.js';
import { type JsonObject, parseLenientJsonObject } from './lenient-json.js';
import { readTextFile } from './random-access-file.js';

const MAX_TOKENIZER_BYTES = 256 << 20;

/** Reads tokenizer.json (and tokenizer_config.json, if any) of folder `dir`. Throws UserError when absent or malformed. */
export function loadTokenizer(dir: string): Promise<Tokenizer> {
  return Tokenizer.load(dir);
}

const firstLine = (error: unknown): string =>
  String((error as Error)?.message ?? error)
    .split('\n')[0]
    .slice(0, 120);

/** Whether tokens are bytes in disguise and nothing else is done to them. */
function hasByteLevelDecoder(definition: JsonObject): boolean {
  const decoder = definition.decoder as { type?: unknown; decoders?: unknown } | null | undefined;
  const parts = Array.isArray(decoder?.decoders) ? (decoder.decoders as { type?: unknown }[]) : [decoder];
  return parts.length === 1 && parts[0]?.type === 'ByteLevel';
}

/** A loaded tokenizer. */
export class Tokenizer {
  // Private, so that nothing of the package behind it is part of this class's type.
  private constructor(
    private readonly inner: HuggingFaceTokenizer,
    private readonly isByteLevel: boolean,
  ) {
    // A damaged definition often fails only when used.
    inner.encode('a');
  }

  /** See `loadTokenizer`. */
  static async load(dir: string): Promise<Tokenizer> {
    const path = join(dir, 'tokenizer.json');
    const definition = parseLenientJsonObject(await readTextFile(path, MAX_TOKENIZER_BYTES), path);
    const configPath = join(dir, 'tokenizer_config.json');
    const hasConfig = await access(configPath).then(
      () => true,
      () => false,
    );
    const config = hasConfig
      ? parseLenientJsonObject(await readTextFile(configPath, MAX_TOKENIZER_BYTES), configPath)
      : {};
    try {
      return new Tokenizer(new HuggingFaceTokenizer(definition, config), hasByteLevelDecoder(definition));
    } catch (error) {
      throw new UserError(`${path}: not a tokenizer of the Hugging Face format (${firstLine(error)})`);
    }
  }

  /** Ids of a text, without special tokens around it. */
  encode(text: string): number[] {
    return text === '' ? [] : this.inner.encode(text, { add_special_tokens: false }).ids;
  }

  /** Text of the ids; incomplete characters become U+FFFD, special tokens are left out. */
  decode(ids: readonly number[]): string {
    if (ids.length === 0) return '';
    if (this.isByteLevel) {
      const stream = this.stream();
      return ids.map((id) => stream.push(id)).join('') + stream.end();
    }
    return this.inner.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false });
  }

  /** A decoder that takes one id at a time. */
  stream(): StreamDecoder {
    return this.isByteLevel ? this.byteStream() : this.textStream();
  }

  /** Token strings are bytes: a streaming UTF-8 decoder does the rest. */
  private byteStream(): StreamDecoder {
    const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
    const added = this.inner.get_added_tokens_decoder();
    return {
      push: (id) => {
        const token = added.get(id);
        if (token) return token.special ? '' : utf8.decode(Buffer.from(token.content), { stream: true });
        return utf8.decode(bytesOf(this.inner.id_to_token(id) ?? ''), { stream: true });
      },
      end: () => utf8.decode(),
    };
  }

  /** Other tokenizers: what the text grows by, held back while it ends in an incomplete character. */
  private textStream(): StreamDecoder {
    let context: number[] = [];
    let pending: number[] = [];
    const flush = () => {
      const grown = this.decode([...context, ...pending]).slice(this.decode(context).length);
      context = pending;
      pending = [];
      return grown;
    };
    return {
      push: (id) => {
        pending.push(id);
        // A character has at most four bytes: beyond that the end is really broken.
        const isIncomplete = this.decode([...context, ...pending]).endsWith('\uFFFD') && pending.length < 4;
        return isIncomplete ? '' : flush();
      },
      end: () => (pending.length > 0 ? flush() : ''),
    };
  }
}

/** Decodes ids one by one. */
export interface StreamDecoder {
  /** The text that is complete with this id, possibly empty. */
  push(id: number): string;
  /** What is left when no more ids come. */
  end(): string;
}

function bytesOf(token: string): Uint8Array {
  return Uint8Array.from([...token].flatMap((c) => BYTE_OF_CHARACTER.get(c) ?? [...Buffer.from(c)]));
}
