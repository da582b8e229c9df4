/** The tools that can synthesize; each gives a result of the same form. Nothing is reported of one that did not run. */
import { join } from 'node:path';
import { ToolMissing } from '../../errors.js';
import type { PlannedAccelerator } from '../../plan/plan.js';
import { findNamed } from '../programs/doctor.js';
import { findVitisRun } from '../programs/hls.js';
import { missing } from '../programs/run.js';
import { writeRtl } from './project.js';
import { synthesize } from './synth.js';
import type { SynthResult } from './units.js';
import { synthesizeVitis } from './vitis.js';
import { synthesizeVivado } from './vivado.js';

export const SYNTH_TOOLS = ['yosys', 'yowasp', 'vivado', 'vitis_hls'] as const;
export type SynthTool = (typeof SYNTH_TOOLS)[number];

export interface SynthRequest {
  readonly planned: PlannedAccelerator;
  /** Folder for the RTL and the tool's files. */
  readonly project: string;
  /** Yosys, whichever is there, when absent. */
  readonly tool?: SynthTool | undefined;
  /** One unit alone. */
  readonly kernel?: string | undefined;
  readonly tell?: (text: string) => void;
}

/** Writes the RTL (or C++) and synthesizes it. Throws ToolMissing where the tool asked for is not here, and what the tool's own step throws. */
export async function synthesizeWith(request: SynthRequest): Promise<SynthResult> {
  const { planned, project, tool, kernel, tell } = request;
  const more = { ...(kernel === undefined ? {} : { kernel }) };
  if (tool === 'vivado' || tool === 'vitis_hls') {
    await requireTool(tool);
    if (tool === 'vitis_hls') return synthesizeVitis({ project: join(project, 'hls'), planned, ...more });
    const { device } = planned;
    return synthesizeVivado({ project, top: writeRtl(planned, project), device, ...more });
  }
  const top = writeRtl(planned, project);
  const expectedTables = Object.fromEntries(
    planned.plan.processes.map(({ name, resources }) => [name, resources.lut]),
  );
  return synthesize({
    project,
    top,
    expectedTables,
    ...more,
    ...(tool ? { tool } : {}),
    ...(tell ? { tell } : {}),
  });
}

/** Before any work: says that the step did not run, what it would have given and how to get the tool. */
async function requireTool(name: 'vivado' | 'vitis_hls'): Promise<void> {
  if ((await findNamed(name)).found) return;
  // The program that came after it serves as well.
  if (name === 'vitis_hls' && (await findVitisRun()).found) return;
  throw new ToolMissing(`synth did not run: ${missing(name).message}; or use --tool yowasp`);
}
