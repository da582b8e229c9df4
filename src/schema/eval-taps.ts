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

/** What is said of a tap in its place, golden's or an accelerator's. */
const inPlace = {
  sqnrInPlace: sqnr('in its place, after the errors of all layers before'),
  largestInPlace: amount('largest error in its place, as a multiple of the root mean square of float'),
  saturated: share('share of values at an end of their format, in its place'),
};

const kernel = z.strictObject({
  ...inPlace,
  compared: size('values compared with golden'),
  different: count('of them those that are not equal'),
  first: text('the first of those: token, value, what was found and expected').nullable(),
});

const tap = z.strictObject({
  layer: count('from 0 on; the number of layers for the logits'),
  tap: text('name of the tap'),
  sqnr: sqnr("of the layer alone, from float's residual stream"),
  largest: amount('largest error of the layer alone, as a multiple of the root mean square of float'),
  ...inPlace,
  kernel: kernel
    .optional()
    .describe('with --engine csim or rtl: the same of the accelerator, from its own words'),
});

export const tapsSchema = z.strictObject({
  model: text('folder as given'),
  ranOn: ranOnSchema,
  tokens: size('tokens of whole windows'),
  engine: z.enum(['csim', 'rtl']).optional().describe('which simulation was compared, where one was'),
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
