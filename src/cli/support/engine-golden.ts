/** The golden integer model as an engine, or the engine `fast`, which computes the same: int16 logits over 2^logitFracBits. */
import type { Artifact } from '../../quant/artifact/artifact.js';
import { FastModel } from '../../quant/fast/model.js';
import { GoldenModel } from '../../quant/golden/model.js';
import type { Engine } from './engine.js';

/** Tokens at once: memory for the values between layers grows with them. */
const PIECE = 256;

/** `resident` keeps all layers in memory: for generating text, where each token needs them all. */
export function goldenEngine(artifact: Artifact, resident: boolean, name: 'golden' | 'fast'): Engine {
  const { vocabSize, paddedVocabSize } = artifact.config;
  const model = new { golden: GoldenModel, fast: FastModel }[name](artifact, { resident });
  const scale = 2 ** -artifact.manifest.head.logitFracBits;
  const toFloat = (logits: Int16Array) => Float64Array.from(logits, (value) => value * scale);
  return {
    vocabSize,
    paddedVocabSize,
    async last(tokens) {
      const before = Math.max(0, Math.floor((tokens.length - 1) / PIECE) * PIECE);
      for (let first = 0; first < before; first += PIECE) {
        await model.residual(tokens.slice(first, first + PIECE));
      }
      return toFloat(await model.prefill(tokens.slice(before), 'last'));
    },
    async all(tokens) {
      const logits = new Float64Array(tokens.length * paddedVocabSize);
      for (let first = 0; first < tokens.length; first += PIECE) {
        const piece = await model.prefill(tokens.slice(first, first + PIECE));
        logits.set(toFloat(piece), first * paddedVocabSize);
      }
      return logits;
    },
    async close() {},
  };
}
