/** What `serve --json` prints once it listens. */
import { z } from 'zod';
import { type Described, size, text } from '../util/schema-parts.js';

export const serveSchema = z.strictObject({
  url: text('where it listens'),
  model: text('name that clients give'),
  engine: text('what computes: float, golden, fast, csim, rtl or board'),
  slots: size('texts at a time'),
});

export type ServeResult = Described<typeof serveSchema>;
