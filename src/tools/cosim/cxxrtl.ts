/**
 * The testbench with an emitted design in it, by CXXRTL: Yosys writes the design as C++ (cached by content), which is compiled. Modules stay
 * apart, each with an evaluation function of its own: a large design in one function does not compile in any useful time.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cosimFolder } from '../../emit/testbench/cosim-bench.js';
import { cached } from '../../util/content-cache.js';
import { writeText } from '../../util/write-error.js';
import { compile, type Unit } from '../programs/compile.js';
import { runYosys } from '../yosys/yosys.js';
import { findYosys } from '../yosys/yosys-find.js';
import {
  benchIncludes,
  benchUnits,
  buildFolderOf,
  type CosimBuildOptions,
  moduleOf,
  programOf,
  stallingFifo,
} from './build.js';
import { cxxrtlRuntime } from './cxxrtl-runtime.js';
import { splitDesign } from './cxxrtl-split.js';
import { copyInto, placeOf, readAll, rtlSources } from './rtl-sources.js';

const TIMEOUT_SECONDS = 1800;

/** Builds; returns the program. Throws ToolMissing without Yosys or a compiler, CheckFailed with what they say about the design. */
export async function buildCxxrtl(projectFolder: string, options: CosimBuildOptions = {}): Promise<string> {
  const project = resolve(projectFolder);
  const { unit = 'region', stalls = false, waveform = null, optimize = 1, signal } = options;
  const buildFolder = buildFolderOf(project, 'cxxrtl', options);
  const tool = await findYosys();
  const runtime = await cxxrtlRuntime(tool, join(buildFolder, 'runtime.log'));
  const sources = rtlSources(project, stalls ? stallingFifo() : undefined);
  const keep = join(project, cosimFolder, 'keep.ys');
  // Every wire can be seen in a waveform, at the cost of more text to compile.
  const debug = waveform ? '-g4' : '-g2';
  const place = (path: string) => placeOf(project, path);
  const script = [
    ...sources.map((path) => `read_verilog -sv ${place(path)}`),
    `hierarchy -check -top ${moduleOf(project, unit)}`,
    `script ${place(keep)}`,
    'proc',
    // Names that nobody asks for would only be more text to compile.
    ...(waveform ? [] : ['rename -hide w:* a:keep=1 %d']),
    'opt_expr',
    'opt_clean',
    `write_cxxrtl -header -noflatten ${debug} design.cc`,
  ].join('\n');
  // The first part changes with what is made of Yosys' output here.
  const input = ['split', tool.kind, tool.version, script, ...readAll([keep, ...sources])];
  const translate = async (folder: string) => {
    const inputs = copyInto(folder, project, [...sources, keep]);
    const outputs = ['design.cc', 'design.h'];
    const request = { script, folder, inputs, outputs, timeoutSeconds: TIMEOUT_SECONDS, tool };
    await runYosys({ ...request, ...(signal ? { signal } : {}) });
    splitDesign(readFileSync(join(folder, 'design.cc'), 'utf8')).forEach((part, i) => {
      writeText(join(folder, `part_${i}_${part.optimize ? 'optimized' : 'plain'}.cc`), part.text);
    });
  };
  const made = await cached({ kind: 'cxxrtl', input }, translate);
  return compile([...benchUnits(project, 'cxxrtl.cpp', options), ...designUnits(made, optimize)], {
    includes: [...benchIncludes(project), made, runtime],
    flags: ['-w'],
    buildFolder,
    program: programOf(options),
  });
}

/** The parts, the large ones first. */
function designUnits(folder: string, optimize: 1 | 2 | 3): Unit[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('part_'))
    .sort((a, b) => Number.parseInt(a.slice(5), 10) - Number.parseInt(b.slice(5), 10))
    .map((name) => ({
      name: name.replace(/\.cc$/, ''),
      sources: [join(folder, name)],
      optimize: name.includes('optimized') ? optimize : 0,
    }));
}
