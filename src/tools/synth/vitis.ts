/** Synthesis of the emitted C++ with Vitis HLS: the same network through the vendor's own scheduler. Reads the reports that it writes. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindingsOf } from '../../emit/cpp/bindings.js';
import { emitCpp } from '../../emit/cpp/project.js';
import { writeProject } from '../../emit/project/write-project.js';
import { CheckFailed, UserError } from '../../errors.js';
import { bufferWordsOn } from '../../plan/board/memory-model.js';
import type { PlannedAccelerator } from '../../plan/plan.js';
import { hlsCall } from '../programs/hls.js';
import { run } from '../programs/run.js';
import { type Area, noArea } from './area.js';
import { type PlannedUnit, plannedUnits } from './planned.js';
import type { SynthResult, SynthUnit } from './units.js';

export interface VitisOptions {
  /** Folder for the C++ project. */
  readonly project: string;
  readonly planned: PlannedAccelerator;
  readonly kernel?: string;
  readonly timeoutSeconds?: number;
}

const reports = join('build_csynth', 'solution', 'syn', 'report');

/** Emits the C++, runs csynth and reads area and period of every process. Throws ToolMissing without Vitis HLS, CheckFailed where it fails. */
export async function synthesizeVitis(options: VitisOptions): Promise<SynthResult> {
  const { project, planned, kernel, timeoutSeconds = 24 * 3600 } = options;
  const { layer, schedule, plan, device } = planned;
  const files = emitCpp(layer.network, {
    model: plan.model.name,
    planDigest: plan.digest.slice(0, 12),
    command: 'fastmamba synth --tool vitis_hls',
    bindingOf: bindingsOf(layer.network, schedule.target),
    bufferWords: bufferWordsOn(device),
    device: { part: device.part, periodNanoseconds: 1000 / device.clockMHz },
  });
  await writeProject(project, files);
  const log = join(project, 'build', 'csynth.log');
  const whole = join(project, reports, 'csynth.xml');
  const { program, args } = await hlsCall(join('vitis', 'hls', 'csynth.tcl'));
  await run(program, args, {
    cwd: project,
    log,
    timeoutSeconds,
    outputs: [whole],
  });
  const known = layer.network.processes.map(({ name }) => name);
  if (kernel !== undefined && !known.includes(kernel))
    throw new UserError(`--kernel ${kernel}: no such process; expected one of ${known.join(', ')}`);
  const units = known
    .filter((name) => kernel === undefined || name === kernel)
    .flatMap((name) => {
      const file = join(project, reports, `${name}_csynth.xml`);
      return existsSync(file) ? [unitOf(name, file)] : [];
    });
  const text = readFileSync(whole, 'utf8');
  const version = /<ReportVersion>[\s\S]*?<Version>([^<]*)/.exec(text)?.[1] ?? 'of unknown version';
  const total = kernel === undefined ? parseCsynth(text, whole).area : (units[0]?.area ?? noArea);
  const warnings = fewerBlocks(units, plannedUnits(layer.network, schedule, units));
  return { tool: { kind: 'vitis_hls', version }, units, total, warnings };
}

/** Units that the tool built with fewer DSP blocks than planned: products that nothing binds to a block may have gone into look-up tables. */
function fewerBlocks(units: readonly SynthUnit[], planned: ReadonlyMap<string, PlannedUnit>): string[] {
  return units.flatMap(({ name, area }) => {
    const blocks = planned.get(name)?.area?.dsp ?? 0;
    return area.dsp < blocks
      ? [`${name}: ${area.dsp} DSP blocks, planned ${blocks}; products went into look-up tables`]
      : [];
  });
}

function unitOf(name: string, file: string): SynthUnit {
  const { area, ns } = parseCsynth(readFileSync(file, 'utf8'), file);
  const path = { levels: null, ns, from: '', to: '' };
  const same = { name, module: name, parameters: {}, count: 1, instances: [name], isLibrary: false };
  return { ...same, area, path, fanOut: null };
}

/** Area and estimated period of a report of csynth. Throws CheckFailed naming the file and what it lacks. */
export function parseCsynth(text: string, file: string): { area: Area; ns: number } {
  const resources = /<AreaEstimates>\s*<Resources>([\s\S]*?)<\/Resources>/.exec(text)?.[1] ?? '';
  const number = (inside: string, ...names: string[]) => {
    for (const name of names) {
      const found = new RegExp(`<${name}>\\s*([\\d.]+)`).exec(inside);
      if (found) return Number(found[1]);
    }
    throw new CheckFailed(`${file}: has no ${names[0]}`);
  };
  const area = {
    ...noArea,
    lut: number(resources, 'LUT'),
    ff: number(resources, 'FF'),
    dsp: number(resources, 'DSP', 'DSP48E'),
    ramb18: number(resources, 'BRAM_18K'),
  };
  return { area, ns: number(text, 'EstimatedClockPeriod') };
}
