/** Builds fastmamba-host of an emitted project for a device: the board, the RTL in simulation, or the C++ kernels. */
import { join, resolve } from 'node:path';
import { chooseEngine } from '../cosim/cosim.js';
import { buildCxxrtl } from '../cosim/cxxrtl.js';
import { buildVerilator } from '../cosim/verilator.js';
import { csimIncludes, kernelUnits, testbenchFolder } from '../csim/csim.js';
import { compile } from '../programs/compile.js';
import { hostProgramName, hostUnits } from './units.js';

/** Devices by the names that --device and --engine have for them. */
export const HOST_DEVICES = ['board', 'rtl', 'csim'] as const;
export type HostDevice = (typeof HOST_DEVICES)[number];

/** Builds; returns the program. Throws ToolMissing without a compiler, CheckFailed where something does not compile. */
export async function buildHost(projectFolder: string, device: HostDevice): Promise<string> {
  const project = resolve(projectFolder);
  if (device === 'rtl') {
    const build = { unit: 'top', driver: 'host' } as const;
    return (await chooseEngine()) === 'verilator'
      ? buildVerilator(project, build)
      : buildCxxrtl(project, build);
  }
  const buildFolder = join(project, 'build', `host-${device}`);
  const program = hostProgramName;
  if (device === 'board') return compile(hostUnits(project), { includes: [], buildFolder, program });
  const bench = ['network.cpp', 'identity.cpp'].map((name) => ({
    name: `testbench_${name.replace(/\.cpp$/, '')}`,
    sources: [join(project, testbenchFolder, name)],
    optimize: 1 as const,
  }));
  const units = [...hostUnits(project, 'csim_device.cpp'), ...bench, ...kernelUnits(project, 3)];
  const includes = [...csimIncludes(project), join(project, testbenchFolder)];
  return compile(units, { includes, buildFolder, program });
}
