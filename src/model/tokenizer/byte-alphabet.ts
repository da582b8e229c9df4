/**
 * The alphabet of byte-level tokenizers (GPT-2, GPT-NeoX): every byte is written as one printable character, so that
 * token strings are text. Printable Latin-1 stands for itself, the other 68 bytes for U+0100 onwards in their order.
 */

/** Character of each byte. */
export const BYTE_CHARACTERS: readonly string[] = (() => {
  let next = 0x100;
  const isPrintable = (b: number) =>
    (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b <= 0xac) || (b >= 0xae && b <= 0xff);
  return Array.from({ length: 256 }, (_, b) => String.fromCharCode(isPrintable(b) ? b : next++));
})();

/** Byte of each character. */
export const BYTE_OF_CHARACTER: ReadonlyMap<string, number> = new Map(
  BYTE_CHARACTERS.map((character, byte) => [character, byte]),
);

/** A tokenizer.json whose tokens 0 to 255 are the bytes. */
export function byteTokenizerJson(): string {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(BYTE_CHARACTERS.map((character, byte) => [character, byte])),
      merges: [],
    },
  });
}
