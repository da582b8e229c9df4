import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { BYTE_CHARACTERS, byteTokenizerJson } from './byte-alphabet.js';
import { loadTokenizer } from './tokenizer.js';

const SHIPPED = new URL('../../../models/tiny-mamba2/', import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), 'tokenizer-'));
afterAll(() => rmSync(dir, { recursive: true }));

function decodeStreaming(
  stream: { push(id: number): string; end(): string },
  ids: readonly number[],
): string[] {
  return [...ids.map((id) => stream.push(id)), stream.end()];
}

describe('the byte-level tokenizer of the shipped model', () => {
  it('gives one id a byte and the text back, on all held-out text', async () => {
    const tokenizer = await loadTokenizer(SHIPPED);
    const bytes = readFileSync(`${SHIPPED}heldout.txt`);
    const ids = tokenizer.encode(bytes.toString('utf8'));
    expect(Buffer.from(ids).equals(bytes)).toBe(true);
    expect(tokenizer.decode(ids)).toBe(bytes.toString('utf8'));
  });

  it('encodes any text as its UTF-8 bytes and streams it back in whole characters', async () => {
    const tokenizer = await loadTokenizer(SHIPPED);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const wellFormed = Buffer.from(text).toString('utf8');
        const ids = tokenizer.encode(wellFormed);
        expect(ids).toEqual([...Buffer.from(wellFormed)]);
        const pieces = decodeStreaming(tokenizer.stream(), ids);
        expect(pieces.join('')).toBe(wellFormed);
        expect(pieces.every((piece) => Buffer.from(piece).toString('utf8') === piece)).toBe(true);
      }),
    );
  });

  it('streams any bytes as decode gives them', async () => {
    const tokenizer = await loadTokenizer(SHIPPED);
    fc.assert(
      fc.property(fc.array(fc.nat(255)), (ids) => {
        expect(decodeStreaming(tokenizer.stream(), ids).join('')).toBe(tokenizer.decode(ids));
        expect(tokenizer.decode(ids)).toBe(
          new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(ids)),
        );
      }),
    );
  });

  it('is what byteTokenizerJson makes', () => {
    const shipped = JSON.parse(readFileSync(`${SHIPPED}tokenizer.json`, 'utf8'));
    expect(JSON.parse(byteTokenizerJson()).model.vocab).toEqual(shipped.model.vocab);
    expect(new Set(BYTE_CHARACTERS).size).toBe(256);
  });
});

describe('other tokenizers', () => {
  it('streams words and byte-fallback characters', async () => {
    const euro = ['<0xE2>', '<0x82>', '<0xAC>'];
    const vocab = Object.fromEntries(['<unk>', '▁a', '▁b', ...euro].map((token, id) => [token, id]));
    const decoders = [
      { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
      { type: 'ByteFallback' },
      { type: 'Fuse' },
      { type: 'Strip', content: ' ', start: 1, stop: 0 },
    ];
    const model = { type: 'BPE', unk_token: '<unk>', byte_fallback: true, vocab, merges: [] };
    const json = { added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null };
    writeFileSync(
      join(dir, 'tokenizer.json'),
      JSON.stringify({ ...json, decoder: { type: 'Sequence', decoders }, model }),
    );
    const tokenizer = await loadTokenizer(dir);
    expect(tokenizer.decode([1, 2, 3, 4, 5, 2])).toBe('a b€ b');
    expect(decodeStreaming(tokenizer.stream(), [1, 2, 3, 4, 5, 2])).toEqual([
      'a',
      ' b',
      '',
      '',
      '€',
      ' b',
      '',
    ]);
  });

  const bytes = Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`);
  const words = ['<unk>', '<s>', '▁', '▁▁', 'a', '▁b', '.', '▁é', '€', '\uFFFD'];
  const replace = { type: 'Replace', pattern: { String: '▁' }, content: ' ' };
  const strip = { type: 'Strip', content: ' ', start: 1, stop: 0 };

  it.each([
    [
      'a sentencepiece model',
      { type: 'Sequence', decoders: [replace, { type: 'ByteFallback' }, { type: 'Fuse' }, strip] },
    ],
    [
      'one that strips two spaces',
      { type: 'Sequence', decoders: [replace, { type: 'Fuse' }, { ...strip, start: 2 }] },
    ],
    ['Metaspace', { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' }],
    [
      'Metaspace with bytes',
      { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, { type: 'Metaspace' }] },
    ],
    ['WordPiece', { type: 'WordPiece', prefix: 'a', cleanup: false }],
    ['a suffix of words', { type: 'BPEDecoder', suffix: '.' }],
    ['no decoder', null],
  ])('stream what decode gives and the whole text has: %s', async (_, decoder) => {
    const vocab = Object.fromEntries([...words, ...bytes].map((token, id) => [token, id]));
    const added = (id: number, content: string, special: boolean) => ({ id, content, special });
    const json = {
      added_tokens: [added(1, '<s>', true), added(266, '<added>', false)],
      normalizer: null,
      pre_tokenizer: null,
      post_processor: null,
      decoder,
      model: { type: 'BPE', unk_token: null, byte_fallback: true, vocab, merges: [] },
    };
    writeFileSync(join(dir, 'tokenizer.json'), JSON.stringify(json));
    const tokenizer = await loadTokenizer(dir);
    const whole = new HuggingFaceTokenizer(json, {});
    const id = fc.oneof(
      fc.nat(9),
      fc.nat(268),
      fc.constantFrom(...[0xe2, 0x82, 0xac, 0xff, 0xef, 0xbb, 0xbf].map((b) => 10 + b)),
    );
    fc.assert(
      fc.property(fc.array(id, { maxLength: 300, size: 'max' }), (ids) => {
        const text = decodeStreaming(tokenizer.stream(), ids).join('');
        expect(text).toBe(tokenizer.decode(ids));
        const known = ids.filter((i) => i <= 266);
        const options = { skip_special_tokens: true, clean_up_tokenization_spaces: false };
        expect(text).toBe(known.length === 0 ? '' : whole.decode(known, options));
      }),
    );
  });

  it.each([
    ['not JSON', '{', 'not valid JSON'],
    ['a list', '[]', 'expected a JSON object'],
    ['an empty object', '{}', 'not a tokenizer'],
    ['an unknown model', '{"model":{"type":"x"}}', 'not a tokenizer'],
  ])('refuses %s', async (_, text, message) => {
    writeFileSync(join(dir, 'tokenizer.json'), text);
    await expect(loadTokenizer(dir)).rejects.toThrow(message);
    await expect(loadTokenizer(dir)).rejects.toThrow(UserError);
  });

  it('says which file is absent', async () => {
    await expect(loadTokenizer(join(dir, 'none'))).rejects.toThrow(
      /none\/tokenizer\.json: cannot be read \(ENOENT\)/,
    );
  });
});
