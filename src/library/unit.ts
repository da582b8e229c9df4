/** Simulates a kernel network of one's own as C++ and as RTL, and synthesizes it. `emitUnit` writes it first. */

import { topName } from '../emit/network/boundary.js';
import { simulate } from '../kernel/simulate/simulate.js';
import { boardMemory } from '../plan/board/memory.js';
import { simulatedTiming } from '../schedule/schedule.js';
import type { CosimFigures } from '../schema/cosim.js';
import { type CosimEngine, type CosimOptions, chooseEngine, runCosim } from '../tools/cosim/cosim.js';
import { type CsimMode, runCsim } from '../tools/csim/csim.js';
import { synthesize } from '../tools/synth/synth.js';
import type { SynthResult } from '../tools/synth/units.js';
import type { YosysKind } from '../tools/yosys/yosys-find.js';
import { cosimFigures } from '../verify/cosim-figures.js';
import { plannedMemory } from '../verify/cosim-memory.js';
import { type ModelCsimResult, summarize } from '../verify/model-csim.js';
import { type UnitCall, type UnitProject, writeUnitCalls } from '../verify/unit-project.js';

/**
 * Compiles the C++ with g++ and runs the calls; every word of every channel and of every written memory is compared. A difference is a result
 * (`mismatches`, `problems`), no exception. Throws KernelError as the interpreter does, ToolMissing without g++, CheckFailed where it does not
 * compile.
 */
export async function simulateUnitCpp(
  unit: UnitProject,
  calls: readonly UnitCall[],
  mode: CsimMode = 'checking',
): Promise<ModelCsimResult> {
  return summarize([await runCsim(unit.folder, { script: writeUnitCalls(unit, calls), mode })]);
}

/** How to clock the RTL. */
export interface UnitRtlRequest extends Partial<Omit<CosimOptions, 'script' | 'unit'>> {
  /** Verilator where it is installed, else CXXRTL, when absent. */
  readonly engine?: CosimEngine;
}

/**
 * Clocks the RTL with a model of the device's memory at its ports; compares as `simulateUnitCpp` does. `cycles` are measured, `plannedCycles` those of the
 * timed simulation of the same calls. Throws KernelError as the interpreter does, ToolMissing without an engine, CheckFailed where it does not
 * build.
 */
export async function simulateUnitRtl(
  unit: UnitProject,
  calls: readonly UnitCall[],
  request: UnitRtlRequest = {},
): Promise<CosimFigures> {
  const { folder, network, schedule, device } = unit;
  const engine = request.engine ?? (await chooseEngine());
  const options = { ...request, engine };
  const report = await runCosim(folder, { ...options, script: writeUnitCalls(unit, calls) });
  const planned = calls.map(({ scalars = {} }) => {
    const memory = boardMemory(network, device, plannedMemory(options));
    return simulate(network, scalars, { ...simulatedTiming(schedule), memory }).cycles;
  });
  const plannedCycles = planned.reduce((sum, cycles) => sum + cycles, 0);
  return cosimFigures({ report, plannedCycles }, network.name, options);
}

/**
 * Synthesizes the RTL with Yosys for the 7 series: look-up tables, flip-flops, DSP blocks, block RAM and the longest stage of every module.
 * Throws ToolMissing without Yosys, CheckFailed naming the module for RTL that it refuses.
 */
export function synthesizeUnit(
  { folder, network }: UnitProject,
  request: { readonly tool?: YosysKind; readonly tell?: (text: string) => void } = {},
): Promise<SynthResult> {
  return synthesize({ project: folder, top: topName(network), ...request });
}
