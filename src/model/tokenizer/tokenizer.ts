/**
 * Text to token ids and back, by the checkpoint's own tokenizer.json (through @huggingface/tokenizers). Streaming decode
 * gives text as soon as its characters are complete: byte-level tokens may end in the middle of one.
 */
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { UserError } from '../../errors.js';
import type { JsonObject } from '../../util/lenient-json.js';
import { readJsonObject, readJsonObjectIfThere } from '../../util/text-file.js';
import { BYTE_OF_CHARACTER } from './byte-alphabet.js';

const MAX_TOKENIZER_BYTES = 256 << 20;
/** Ids of a streamed text after which only the last ones are kept. */
const LONG = 64;
const KEPT = 16;

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
  // Private, so that nothing of the package that it uses is part of this class's type.
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
    const definition = await readJsonObject(path, MAX_TOKENIZER_BYTES);
    const configPath = join(dir, 'tokenizer_config.json');
    const config = (await readJsonObjectIfThere(configPath, MAX_TOKENIZER_BYTES)) ?? {};
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

  /** Text of the ids, the same as a stream gives; incomplete characters become U+FFFD, special tokens are left out. */
  decode(ids: readonly number[]): string {
    const stream = this.stream();
    return ids.map((id) => stream.push(id)).join('') + stream.end();
  }

  /** The bytes that an id stands for by itself, possibly a part of a character. */
  bytes(id: number): Uint8Array {
    const token = this.inner.id_to_token(id) ?? '';
    const byte = /^<0x([0-9A-F]{2})>$/.exec(token);
    if (byte) return Uint8Array.of(Number.parseInt(byte[1], 16));
    const isAdded = this.inner.get_added_tokens_decoder().has(id);
    return this.isByteLevel && !isAdded ? bytesOf(token) : Buffer.from(this.decode([id]));
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

  /**
   * Other tokenizers: what the text of all ids grows by. Only its last character may still change, while its bytes are
   * incomplete. Of a long text the last ids are kept: what decoders do at the beginning of a text falls on the first of them.
   */
  private textStream(): StreamDecoder {
    let ids: number[] = [];
    let given = 0;
    const textOf = (some: number[]) =>
      some.length === 0
        ? ''
        : this.inner.decode(some, { skip_special_tokens: true, clean_up_tokenization_spaces: false });
    const grow = (text: string, end: number) => {
      const grown = text.slice(given, end);
      given = Math.max(given, end);
      return grown;
    };
    return {
      push: (id) => {
        // An id of the padding has no text.
        if (this.inner.id_to_token(id) === undefined) return '';
        ids.push(id);
        const text = textOf(ids);
        const isIncomplete = text.endsWith('\uFFFD');
        const grown = grow(text, text.length - (isIncomplete ? 1 : 0));
        if (ids.length >= LONG && !isIncomplete) {
          const last = ids.slice(-KEPT);
          const kept = textOf(last);
          if (kept.length >= KEPT / 2) [ids, given] = [last, kept.length];
        }
        return grown;
      },
      end: () => {
        const text = textOf(ids);
        return grow(text, text.length);
      },
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
