/** Vitis HLS by either of its names: until 2024.1 a program of its own, after that a mode of vitis-run (UG1399). */
import { findTool } from './doctor.js';
import { KNOWN_TOOLS } from './doctor-tools.js';

const found = (wanted: string) => findTool(KNOWN_TOOLS.find(({ name }) => name === wanted)!);

/** The newer program. */
export const findVitisRun = () => found('vitis-run');

/** How to run a Tcl script: with vitis_hls where it is here, else with vitis-run. */
export async function hlsCall(script: string): Promise<{ program: string; args: string[] }> {
  const isNew = !(await found('vitis_hls')).found && (await findVitisRun()).found;
  return isNew
    ? { program: 'vitis-run', args: ['--mode', 'hls', '--tcl', script] }
    : { program: 'vitis_hls', args: ['-f', script] };
}
