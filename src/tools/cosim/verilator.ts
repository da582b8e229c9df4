/**
 * The testbench with an emitted design in it, by Verilator: SystemVerilog to C++ (cached by content), then compiled with a cache of its own. Warnings
 * are errors: what Verilator has to say about emitted RTL is a defect of the emitter.
 */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cosimFolder } from '../../emit/testbench/cosim-bench.js';
import { cached } from '../../util/content-cache.js';
import { compile, type Unit } from '../programs/compile.js';
import { run } from '../programs/run.js';
import {
  benchIncludes,
  benchUnits,
  buildFolderOf,
  type CosimBuildOptions,
  moduleOf,
  programOf,
  stallingFifo,
} from './build.js';
import { copyInto, readAll, rtlSources } from './rtl-sources.js';

/** Statements a C++ file: large designs compile on all cores, and little of them again after a change. */
const SPLIT = 5000;
const TIMEOUT_SECONDS = 1800;

/** Builds; returns the program. Throws ToolMissing without Verilator or a compiler, CheckFailed with what they say about the design. */
export async function buildVerilator(
  projectFolder: string,
  options: CosimBuildOptions = {},
): Promise<string> {
  const project = resolve(projectFolder);
  const { unit = 'region', stalls = false, waveform = null, optimize = 2, signal } = options;
  const buildFolder = buildFolderOf(project, 'verilator', options);
  const query = async (argument: string[]) =>
    (await run('verilator', argument, { log: join(buildFolder, 'version.log'), timeoutSeconds: 60 })).output;
  const version = await query(['--version']);
  const root = (await query(['--getenv', 'VERILATOR_ROOT'])).trim();
  const sources = rtlSources(project, stalls ? stallingFifo() : undefined);
  const visible = join(project, cosimFolder, 'public.vlt');
  const args = [
    ...['--cc', '--prefix', 'Vdut', '--top-module', moduleOf(project, unit)],
    ...['-Wall', '-O3', '--x-assign', 'fast', '--x-initial', 'fast', '--no-timing'],
    // Its limit on generate loops, too: arrays have thousands of products.
    ...['--unroll-count', '16384'],
    // State words of wide arrays are meant to be wider than 8,192 bits.
    '-Wno-WIDTHCONCAT',
    ...['--output-split', `${SPLIT}`, '--output-split-cfuncs', `${SPLIT}`],
    ...(waveform === 'fst' ? ['--trace-fst'] : waveform === 'vcd' ? ['--trace'] : []),
  ];
  const input = [version, args.join(' '), ...readAll([visible, ...sources])];
  const translate = async (folder: string) => {
    await run('verilator', [...args, '--Mdir', '.', ...copyInto(folder, project, [visible, ...sources])], {
      cwd: folder,
      log: join(buildFolder, 'verilator.log'),
      timeoutSeconds: TIMEOUT_SECONDS,
      outputs: [join(folder, 'Vdut.cpp')],
      ...(signal ? { signal } : {}),
    });
  };
  const made = await cached({ kind: 'verilated', input }, translate);
  const flags = [
    ...['-DVM_COVERAGE=0', '-DVM_SC=0', `-DVM_TRACE=${waveform ? 1 : 0}`],
    ...[`-DVM_TRACE_FST=${waveform === 'fst' ? 1 : 0}`, `-DVM_TRACE_VCD=${waveform === 'vcd' ? 1 : 0}`],
    ...['-faligned-new', '-pthread'],
    // Of x86 alone.
    ...(process.arch === 'x64' ? ['-fcf-protection=none'] : []),
  ];
  const verilated = [...designUnits(made, optimize), ...runtime(root, waveform)];
  return compile(
    [...benchUnits(project, 'verilator.cpp', options, flags), ...verilated.map((one) => ({ ...one, flags }))],
    {
      includes: [...benchIncludes(project), made, join(root, 'include'), join(root, 'include', 'vltstd')],
      flags: ['-w'],
      libraries: ['pthread', ...(waveform === 'fst' ? ['z'] : [])],
      buildFolder,
      program: programOf(options),
    },
  );
}

/** Bytes that are compiled together: each of the files that Verilator writes reads all of the design's headers first, which takes half of its time. */
const UNIT_BYTES = 1_500_000;

/** What Verilator wrote. Initialization runs once, and would take three times as long to compile with -O1. */
function designUnits(folder: string, optimize: 1 | 2 | 3): Unit[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.cpp'))
    .sort();
  const isSlow = (name: string) => name.includes('__Slow') || name.includes('__Syms');
  const paths = (slow: boolean) =>
    names.filter((name) => isSlow(name) === slow).map((name) => join(folder, name));
  return [
    ...together(paths(false)).map((sources, i) => ({ name: `design_${i}`, sources, optimize })),
    ...together(paths(true)).map((sources, i) => ({ name: `start_${i}`, sources, optimize: 0 as const })),
  ];
}

/** Files in order, as many together as are not too large. */
function together(paths: readonly string[]): string[][] {
  const groups: string[][] = [];
  let bytes = UNIT_BYTES;
  for (const path of paths) {
    const { size } = statSync(path);
    if (bytes + size > UNIT_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(path);
    bytes += size;
  }
  return groups;
}

function runtime(root: string, waveform: CosimBuildOptions['waveform']): Unit[] {
  const names = ['verilated', 'verilated_threads', ...(waveform ? [`verilated_${waveform}_c`] : [])];
  return names.map((name) => ({ name, sources: [join(root, 'include', `${name}.cpp`)], optimize: 1 }));
}
