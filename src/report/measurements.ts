/**
 * Cycles of full-size accelerators as RTL, kept in measurements/rtl-cycles.json by `npm run compare`: a row an accelerator, found again by
 * the digest of its plan, so that figures of other hardware are never shown for it.
 */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../errors.js';
import { readJson } from '../model/file/text-file.js';
import { packagePath } from '../util/package-path.js';

const amount = z.number().nonnegative();

const measuredRow = z.object({
  /** A published size, and the planner's preset. */
  size: z.string(),
  preset: z.enum(['paper', 'auto']),
  device: z.string(),
  /** Digest of the plan. */
  plan: z.string(),
  /** Name and version of the simulator. */
  tool: z.string(),
  runs: z.array(
    z.object({
      tokens: amount,
      layerCycles: amount,
      plannedLayerCycles: amount,
      /** Only behind a call of one token. */
      headCycles: amount.nullable(),
      plannedHeadCycles: amount.nullable(),
      /** Bytes of residual rows, states and logits compared with the golden model. */
      bytes: amount,
      mismatches: amount,
      /** Cycles in which each MAT array moved, in the layer's call. */
      busy: z.object({ matIn: amount, matOut: amount }),
    }),
  ),
});

/** What was measured of one accelerator: a layer for several numbers of tokens, the head for one. */
export type MeasuredRow = z.infer<typeof measuredRow>;

const measurements = z.object({ rows: z.array(measuredRow) });

/** Where the rows are kept. */
export const measurementsPath = packagePath('measurements', 'rtl-cycles.json');

/** All rows; none where nothing was measured. Throws UserError naming file and field where the file is damaged. */
export async function readMeasurements(path = measurementsPath): Promise<MeasuredRow[]> {
  if (!existsSync(path)) return [];
  const parsed = measurements.safeParse(await readJson(path, 1 << 24));
  if (parsed.success) return parsed.data.rows;
  const issue = parsed.error.issues[0]!;
  throw new UserError(`${path}: ${issue.path.join('.')}: ${issue.message}`);
}
