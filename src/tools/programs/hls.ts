/** Vitis HLS by either of its names: until 2024.1 a program of its own, after that a mode of vitis-run (UG1399). */
import { findNamed } from './doctor.js';

/** The newer program. */
export const findVitisRun = () => findNamed('vitis-run');

/** How to run a Tcl script: with vitis_hls where it is here, else with vitis-run. */
export async function hlsCall(script: string): Promise<{ program: string; args: string[] }> {
  const isNew = !(await findNamed('vitis_hls')).found && (await findVitisRun()).found;
  return isNew
    ? { program: 'vitis-run', args: ['--mode', 'hls', '--tcl', script] }
    : { program: 'vitis_hls', args: ['-f', script] };
}
