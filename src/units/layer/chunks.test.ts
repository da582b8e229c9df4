import fc from 'fast-check';
import { expect, test } from 'vitest';
import { publishedConfig } from '../../model/config/published-sizes.js';
import { loadDevice } from '../../plan/board/device.js';
import { presetShape } from '../../plan/search/presets.js';
import { modelDims } from '../../plan/shape/dims.js';
import { completeOptions } from '../../quant/quantize/quantize.js';
import { type CallChunks, chunksOf, headChunks, MORE_CHUNKS } from './chunks.js';

const device = await loadDevice('vc709');
const dims = modelDims(publishedConfig('130m'), completeOptions({}));
const { shape } = presetShape('paper', { dims, device });
const T = shape.chunkTokens;

function expectWhole({ chunks, chunkTokens, lastTokens }: CallChunks, tokens: number): void {
  expect(chunkTokens).toBeLessThanOrEqual(T);
  expect(Math.max(0, chunks - 1) * chunkTokens + lastTokens).toBe(tokens);
  expect(lastTokens).toBeLessThanOrEqual(chunkTokens);
  // The last one lacks less than a token for each of the others.
  expect(chunkTokens - lastTokens).toBeLessThan(Math.max(1, chunks));
}

test('chunks hold the tokens of a call and are equally long', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: shape.maxTokens }),
      fc.integer({ min: 1, max: 16 }),
      (tokens, parts) => {
        const fewest = Math.ceil(tokens / T);
        const found = chunksOf(shape, tokens, parts);
        expectWhole(found, tokens);
        expect(found.chunks).toBeLessThanOrEqual(
          Math.min(fewest + MORE_CHUNKS, Math.ceil(shape.maxTokens / T)),
        );
        const head = headChunks(shape, tokens);
        expectWhole(head, tokens);
        expect(head.chunks).toBeLessThanOrEqual(fewest);
      },
    ),
  );
});

test('a prompt has more chunks where a layer can then begin earlier, and one where memory binds', () => {
  expect(chunksOf(shape, 1, 1).chunks).toBe(1);
  expect(chunksOf(shape, 8, 1).chunks).toBe(1);
  expect(chunksOf(shape, T, 1).chunks).toBeGreaterThan(1);
  // States of many sequences take longer than anything that chunks could hide.
  expect(chunksOf(shape, 16, 16).chunks).toBe(1);
  expect(chunksOf(shape, shape.maxTokens, 1).chunks).toBe(Math.ceil(shape.maxTokens / T));
});
