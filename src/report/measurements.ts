/**
 * Cycles of full-size accelerators as RTL, kept in measurements/rtl-cycles.json by `npm run compare`: a row an accelerator, found again by
 * the digest of its plan, so that figures of other hardware are never shown for it.
 */
import { existsSync } from 'node:fs';
import { UserError } from '../errors.js';
import { type MeasuredRow, measurementsSchema } from '../schema/measurements.js';
import { packagePath } from '../util/package-path.js';
import { readJson } from '../util/text-file.js';

/** Where the rows are kept. */
export const measurementsPath = packagePath('measurements', 'rtl-cycles.json');

/** All rows; none where nothing was measured. Throws UserError naming file and field where the file is damaged. */
export async function readMeasurements(path = measurementsPath): Promise<readonly MeasuredRow[]> {
  if (!existsSync(path)) return [];
  const parsed = measurementsSchema.safeParse(await readJson(path, 1 << 24));
  if (parsed.success) return parsed.data.rows;
  const issue = parsed.error.issues[0];
  throw new UserError(`${path}: ${issue.path.join('.')}: ${issue.message}`);
}
