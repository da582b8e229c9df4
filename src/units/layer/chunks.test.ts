import fc from 'fast-check';
import { expect, test } from 'vitest';
import { publishedConfig } from '../../model/config/published-sizes.js';
import { loadDevice } from '../../plan/board/device.js';
import { presetShape } from '../../plan/search/presets.js';
import { modelDims } from '../../plan/shape/dims.js';
import { completeOptions } from '../../quant/quantize/quantize.js';
import { chunksOf, splitTokens } from './chunks.js';

const device = await loadDevice('vc709');
const shapeOf = (size: '130m' | '2.7b') =>
  presetShape('paper', { dims: modelDims(publishedConfig(size), completeOptions({})), device }).shape;
const shape = shapeOf('130m');
const T = shape.chunkTokens;

test('chunks hold the tokens of a call, are as few as can be, and equally long', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: shape.maxTokens }), fc.boolean(), (tokens, isPrompt) => {
      const { chunks, chunkTokens } = chunksOf(shape, tokens, isPrompt);
      expect(chunkTokens).toBeLessThanOrEqual(T);
      expect(chunks * chunkTokens).toBeGreaterThanOrEqual(tokens);
      expect(Math.max(0, chunks - 1) * chunkTokens).toBeLessThanOrEqual(Math.max(0, tokens - 1));
      const fewest = Math.ceil(tokens / T);
      expect(chunks).toBeGreaterThanOrEqual(fewest);
      expect(chunks).toBeLessThanOrEqual(isPrompt ? Math.max(2, fewest) : fewest);
      // The last one lacks less than a token for each of the others.
      expect(chunks * chunkTokens - tokens).toBeLessThan(Math.max(1, chunks));
    }),
  );
});

test('a prompt gets two chunks where the arrays take longer than reading the weights twice', () => {
  const from = splitTokens(shape);
  expect(from).toBeLessThan(T);
  expect(chunksOf(shape, from - 1, true).chunks).toBe(1);
  expect(chunksOf(shape, from, true)).toEqual({ chunks: 2, chunkTokens: Math.ceil(from / 2) });
  expect(chunksOf(shape, from, false).chunks).toBe(1);
});
