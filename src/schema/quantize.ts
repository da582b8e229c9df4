/** What `quantize --json` prints. */
import { z } from 'zod';
import { calibrationSchema, deviationFields, quantOptionsSchema } from '../quant/artifact/manifest.js';
import type { DeviationWarning } from '../quant/deviation-warnings.js';
import { amount, count, type Described, fieldsOf, text } from '../util/schema-parts.js';

const warningSchema = fieldsOf<DeviationWarning>({
  ...deviationFields,
  limit: amount('what the error is expected to be at most'),
});

export const quantizeSchema = z.strictObject({
  model: text('name of the checkpoint'),
  output: text('folder of the quantized model'),
  options: quantOptionsSchema,
  calibration: calibrationSchema,
  warnings: z
    .array(warningSchema)
    .describe('taps that are too far from float, one a layer at most, worst layer first'),
  tensors: count('tensors written'),
  bytes: count('bytes of all tensors'),
});

export type QuantizeResult = Described<typeof quantizeSchema>;
