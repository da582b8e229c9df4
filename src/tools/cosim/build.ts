/** What both engines are given to build the testbench with one design in it. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cosimFolder, designFile, designSchema } from '../../emit/testbench/cosim-bench.js';
import { UserError } from '../../errors.js';
import { packagePath } from '../../util/package-path.js';
import { hostProgramName, hostUnits } from '../host/units.js';
import type { Unit } from '../programs/compile.js';

export type WaveformKind = 'vcd' | 'fst';

export interface CosimBuildOptions {
  /** What is clocked: the region alone, or the top with its control registers around it. */
  readonly unit?: 'region' | 'top';
  /** FIFOs that pause at random. */
  readonly stalls?: boolean;
  readonly waveform?: WaveformKind | null;
  /** What drives it: the testbench with its script, or the host program, which takes the top. */
  readonly driver?: 'testbench' | 'host';
  /** Of the design; 2 when absent. */
  readonly optimize?: 1 | 2 | 3;
  readonly signal?: AbortSignal;
}

/** Name of the program. */
export const programOf = ({ driver }: CosimBuildOptions) => (driver === 'host' ? hostProgramName : 'cosim');

/** FIFO of the stalling variant. */
export const stallingFifo = () => packagePath('rtl', 'test', 'stalling_fifo.sv');

/** The module to simulate. Throws UserError where the project has no top. */
export function moduleOf(project: string, unit: 'region' | 'top'): string {
  const path = join(project, cosimFolder, designFile);
  const design = designSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const module = design[unit];
  if (module === null)
    throw new UserError(`${project}: its network has boundary channels, so there is no top`);
  return module;
}

/** Folder of logs and of the program, one a variant. */
export function buildFolderOf(project: string, engine: string, options: CosimBuildOptions): string {
  const { unit = 'region', stalls = false, waveform = null, driver } = options;
  const variant = [
    engine,
    driver === 'host' ? driver : unit,
    ...(stalls ? ['stalls'] : []),
    ...(waveform ? [waveform] : []),
  ].join('-');
  return join(resolve(project), 'build', `cosim-${variant}`);
}

/**
 * The sources around the design: the driver's, the network's, and `glue`, which is compiled with the engine's own flags. What is the same for
 * every network and engine is compiled alike, so that one object serves them all.
 */
export function benchUnits(
  project: string,
  glue: string,
  options: CosimBuildOptions,
  engineFlags: readonly string[] = [],
): Unit[] {
  const unit = (file: string, optimize: Unit['optimize'], flags: readonly string[] = []): Unit => ({
    name: `testbench_${file.replace(/\.cpp$/, '')}`,
    sources: [join(resolve(project), cosimFolder, file)],
    optimize,
    flags,
  });
  const defines = benchDefines(options);
  return [
    // Runs in every cycle.
    unit('network.cpp', 2),
    unit('facts.cpp', 0, defines),
    unit(glue, 1, [...defines, ...engineFlags]),
    ...(options.driver === 'host' ? hostUnits(project, 'rtl_device.cpp') : [unit('main.cpp', 1)]),
  ];
}

/** Folders that its sources include from. */
export const benchIncludes = (project: string) => [
  join(resolve(project), cosimFolder),
  packagePath('host', 'include'),
];

/** Macros that choose a variant of the testbench. */
function benchDefines({ unit = 'region', waveform = null }: CosimBuildOptions): string[] {
  return [
    ...(unit === 'top' ? ['-DFASTMAMBA_TOP'] : []),
    ...(waveform ? [`-DFASTMAMBA_${waveform.toUpperCase()}`] : []),
  ];
}
