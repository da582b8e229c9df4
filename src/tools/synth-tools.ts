/** The tools that can synthesize, each behind the same result. Nothing is reported of one that did not run. */
import type { Device } from '../plan/device.js';
import type { PlannedAccelerator } from '../plan/plan.js';
import { type SynthResult, synthesize } from './synth.js';
import { writeRtl } from './synth-project.js';

export const SYNTH_TOOLS = ['yosys', 'yowasp', 'vivado', 'vitis_hls'] as const;
export type SynthTool = (typeof SYNTH_TOOLS)[number];

export interface SynthRequest {
  readonly planned: PlannedAccelerator;
  readonly device: Device;
  /** Folder for the RTL and the tool's files. */
  readonly project: string;
  /** Yosys, whichever is there, when absent. */
  readonly tool?: SynthTool;
  /** One unit alone. */
  readonly kernel?: string;
  readonly tell?: (text: string) => void;
  readonly cacheFolder?: string;
}

/** Writes the RTL and synthesizes it. Throws ToolMissing where the tool asked for is not here, and what the tool's own step throws. */
export async function synthesizeWith(request: SynthRequest): Promise<SynthResult> {
  const { planned, project, tool, kernel, tell, cacheFolder } = request;
  const top = writeRtl(planned, project);
  const expectedTables = Object.fromEntries(
    planned.plan.processes.map(({ name, resources }) => [name, resources.lut]),
  );
  return synthesize({
    project,
    top,
    expectedTables,
    ...(tool ? { tool: tool as 'yosys' | 'yowasp' } : {}),
    ...(kernel ? { kernel } : {}),
    ...(tell ? { tell } : {}),
    ...(cacheFolder ? { cacheFolder } : {}),
  });
}
