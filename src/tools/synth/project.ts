/** Writes a planned accelerator's RTL where a synthesis tool finds it. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { regionName, topName } from '../../emit/network/boundary.js';
import { emitRtl } from '../../emit/rtl/project.js';
import { UserError } from '../../errors.js';
import type { PlannedAccelerator } from '../../plan/plan.js';
import { makeFolder } from '../../util/make-folder.js';
import { addTemporary, dropTemporary } from '../../util/temporary.js';
import { writeText } from '../../util/write-error.js';
import { rtlFolder } from './sources.js';

/** Writes `project`/rtl anew, whole or not at all. Returns the module that holds everything. */
export function writeRtl({ layer, schedule }: PlannedAccelerator, project: string): string {
  const folder = resolve(project);
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, rtlFolder)))
    throw new UserError(`${project}: exists and holds no RTL; give another folder or remove it`);
  const files = emitRtl(layer.network, schedule);
  const temporary = addTemporary(join(folder, `rtl.part-${process.pid}`));
  makeFolder(folder);
  try {
    for (const [path, text] of files) {
      const target = join(temporary, path);
      mkdirSync(dirname(target), { recursive: true });
      writeText(target, text);
    }
    rmSync(join(folder, rtlFolder), { recursive: true, force: true });
    renameSync(join(temporary, rtlFolder), join(folder, rtlFolder));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    dropTemporary(temporary);
  }
  const top = topName(layer.network);
  return files.has(`${rtlFolder}/${top}.sv`) ? top : regionName(layer.network);
}
