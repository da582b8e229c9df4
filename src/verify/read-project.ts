/** An emitted project found on disk: whether it is the one of this plan, and what its memory image consists of. */
import { join } from 'node:path';
import { type ImageFile, imageManifestFile, imageSchema } from '../emit/image/manifest.js';
import { UserError } from '../errors.js';
import type { Plan } from '../plan/plan-types.js';
import { readJsonObject } from '../util/text-file.js';
import { imageFolder } from './accelerator.js';

/** Image of the project in `folder`. Throws UserError when there is none, or one of another plan. */
export async function readEmitted(folder: string, { digest }: Plan): Promise<readonly ImageFile[]> {
  const file = join(folder, imageFolder, imageManifestFile);
  const parsed = imageSchema.safeParse(await readJsonObject(file, 1 << 24));
  if (!parsed.success) throw new UserError(`${file}: not the manifest of a memory image`);
  const { plan, regions } = parsed.data;
  if (plan !== digest) {
    const found = `found plan ${plan.slice(0, 12)}, expected ${digest.slice(0, 12)}`;
    throw new UserError(`${file}: ${found}: emit again, or give the options it was emitted with`);
  }
  return regions;
}
