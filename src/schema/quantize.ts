/** What `quantize --json` prints. */
import { z } from 'zod';
import { calibrationSchema, quantOptionsSchema } from '../quant/artifact/manifest.js';
import { count, type Described, text } from '../util/schema-parts.js';

export const quantizeSchema = z.strictObject({
  model: text('name of the checkpoint'),
  output: text('folder of the quantized model'),
  options: quantOptionsSchema,
  calibration: calibrationSchema,
  tensors: count('tensors written'),
  bytes: count('bytes of all tensors'),
});

export type QuantizeResult = Described<typeof quantizeSchema>;
