/**
 * An experiment with formats: what fewer bits cost in perplexity. First by choices that the quantizer has, then by a format it does not have,
 * made by hand from the parts of the quantized model.
 */
import { join } from 'node:path';
import {
  type EvalSource,
  evalPerplexity,
  openCheckpoint,
  packagePath,
  type QuantizedLayer,
  type QuantizedParts,
  quantizeInMemory,
  readTokens,
} from 'fastmamba';

const folder = packagePath('models', 'tiny-mamba2');
const checkpoint = await openCheckpoint(folder);
const { vocabSize } = checkpoint.config;
const heldOut = (await readTokens(join(folder, 'heldout.txt'), vocabSize, folder)).slice(0, 1024);

const show = async (name: string, source: EvalSource) => {
  const { perplexity } = await evalPerplexity({ source, tokens: heldOut, threads: 1 });
  console.log(`${name.padEnd(36)}${perplexity.toFixed(4)}`);
};
const golden = (parts: QuantizedParts): EvalSource => ({ engine: 'golden', parts });

await show('float', { engine: 'float', checkpoint: folder });
// The same calibration for all, not on the held-out text; 512 tokens are enough for a comparison.
const request = { calibrationTokens: 512 };
const usual = await quantizeInMemory(checkpoint, request);
await show('int8, as the accelerator computes', golden(usual));
await show('weights of 4 bits', golden(await quantizeInMemory(checkpoint, { ...request, weightBits: 4 })));

/** Convolution weights rounded to their `bits` upper bits of 16. */
function coarseConvolution(layer: QuantizedLayer, bits: number): QuantizedLayer {
  const step = 2 ** (16 - bits);
  const most = 32768 - step;
  return { ...layer, convWeight: layer.convWeight.map((w) => Math.min(most, Math.round(w / step) * step)) };
}
for (const bits of [6, 3]) {
  const layers = usual.layers.map((layer) => coarseConvolution(layer, bits));
  await show(`convolution weights of ${bits} bits`, golden({ ...usual, layers }));
}
await checkpoint.close();
