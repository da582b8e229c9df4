/** Scores do not depend on what shares a call with a continuation: to the last bit, in every engine. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../model/checkpoint/checkpoint.js';
import { calibrate } from '../quant/calibrate/calibrate.js';
import { calibrationWindows } from '../quant/calibrate/tokens.js';
import { type QuantizedParts, quantizeToParts } from '../quant/quantize/in-memory.js';
import { packagePath } from '../util/package-path.js';
import type { ContinuationRequest } from './score.js';
import { type EvalSource, loadWindowModel } from './window-model.js';

const checkpoint = packagePath('test', 'data', 'reference', 'hf-f32');
let parts: QuantizedParts;
let vocabulary: number;
beforeAll(async () => {
  const source = await openCheckpoint(checkpoint);
  vocabulary = source.config.vocabSize;
  const calibration = await calibrate(source, calibrationWindows(source.config, undefined, 128));
  parts = await quantizeToParts(source, calibration);
  await source.close();
});

describe.each<[string, number, () => EvalSource]>([
  ['fast', 12, () => ({ engine: 'fast', parts })],
  ['golden', 4, () => ({ engine: 'golden', parts })],
  ['float in float32', 12, () => ({ engine: 'float', checkpoint, single: true })],
  ['float in float64', 4, () => ({ engine: 'float', checkpoint })],
])('%s', (_, numRuns, source) => {
  it('scores continuations together as one by one', async () => {
    const model = await loadWindowModel(source());
    const ids = (minLength: number, maxLength: number) =>
      fc.array(fc.nat(vocabulary - 1), { minLength, maxLength }).map((list) => Int32Array.from(list));
    // A context with its choices; some contexts are a token, some choices longer than what goes through at once.
    const choices = fc.array(fc.oneof({ weight: 5, arbitrary: ids(1, 9) }, ids(60, 80)), {
      minLength: 1,
      maxLength: 4,
    });
    const example = fc
      .tuple(fc.oneof(ids(1, 1), ids(2, 30)), choices)
      .map(([context, all]) => all.map((continuation): ContinuationRequest => ({ context, continuation })));
    await fc.assert(
      fc.asyncProperty(fc.array(example, { minLength: 1, maxLength: 5 }), async (examples) => {
        const together = await model.score(examples.flat());
        const alone = [];
        for (const request of examples.flat()) alone.push(...(await model.score([request])));
        expect(together).toEqual(alone);
      }),
      { numRuns, seed: 5 },
    );
  });
});
