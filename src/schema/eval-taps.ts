/** What `eval --taps --json` prints. */
import { z } from 'zod';
import { quantOptionsSchema } from '../quant/artifact/manifest.js';
import { amount, count, type Described, share, size, text } from '../util/schema-parts.js';
import { ranOnSchema } from './common.js';

const sqnr = (where: string) =>
  z
    .number()
    .nullable()
    .describe(`signal to quantization noise, dB, ${where}; null without an error or without a signal`);

const tap = z.strictObject({
  layer: count('from 0 on; the number of layers for the logits'),
  tap: text('name of the tap'),
  sqnr: sqnr("of the layer alone, from float's residual stream"),
  sqnrInPlace: sqnr('in its place, after the errors of all layers before'),
  largest: amount('largest error of the layer alone, as a multiple of the root mean square of float'),
  saturated: share("share of golden's values at an end of their format, in its place"),
});

export const tapsSchema = z.strictObject({
  model: text('folder as given'),
  ranOn: ranOnSchema,
  tokens: size('tokens of whole windows'),
  window: size('tokens a window, each from an empty state'),
  variants: z
    .array(
      z.strictObject({
        name: text('which quantization'),
        quantized: quantOptionsSchema,
        taps: z.array(tap).describe('every tap of every layer, in the order of the computation'),
      }),
    )
    .describe('the model as quantized, then, where asked for, others for comparison'),
});

export type TapFigures = Described<typeof tap>;
export type TapsResult = Described<typeof tapsSchema>;
export type TapsVariant = TapsResult['variants'][number];
