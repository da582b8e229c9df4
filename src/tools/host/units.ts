/** The host program's sources, as they stand in an emitted project. */
import { join, resolve } from 'node:path';
import { hostFolder } from '../../emit/project/host-program.js';
import type { Unit } from '../programs/compile.js';

export const hostProgramName = 'fastmamba-host';

/** What every build of it has. */
const COMMON = [
  ...['call', 'main', 'device', 'file_calls', 'image', 'kernel', 'model', 'protocol', 'sampling', 'sha256'],
  ...['xdma_device', 'board'],
].map((name) => `${name}.cpp`);

/** The program with the board as its device, and one more device where `device` names its source. */
export function hostUnits(project: string, device?: 'csim_device.cpp' | 'rtl_device.cpp'): Unit[] {
  return [...COMMON, ...(device ? [device] : [])].map((name) => ({
    name: `host_${name.replace(/\.cpp$/, '')}`,
    sources: [join(resolve(project), ...hostFolder.split('/'), name)],
    optimize: 2,
    // The same draws on every machine: doubles are multiplied and added one by one.
    flags: ['-std=c++17', '-ffp-contract=off'],
  }));
}
