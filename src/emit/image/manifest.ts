/** image.json, the manifest of a memory image: which plan it is of, and where each region lies. */
import { z } from 'zod';
import { count, type Described, digest, size, text } from '../../util/schema-parts.js';

/** Its name in the image's folder. */
export const imageManifestFile = 'image.json';

const fileSchema = z.strictObject({
  region: text('region of the memory'),
  file: text('name of the file, beside this one'),
  bytes: count('bytes of the file'),
  sha256: digest('digest of the file'),
  wordBytes: size('bytes of a word of the port that reads it'),
  layerWords: count('words of a layer'),
});

export const imageSchema = z.strictObject({
  format: z.literal('fastmamba-image').describe('what this file is'),
  version: z.literal(1).describe('version of this format'),
  model: text('name of the model'),
  plan: digest('digest of the plan'),
  layers: size('layers'),
  note: text('order of the words, for a reader'),
  regions: z.array(fileSchema).describe('constant regions'),
});

export type ImageFile = Described<typeof fileSchema>;
export type ImageManifest = Described<typeof imageSchema>;
