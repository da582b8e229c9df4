/** Compiles a few SystemVerilog files with a C++ bench, by Verilator or by CXXRTL, and runs it. Ports have at most 64 bits. */
import { copyFileSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { verilatorMember } from '../../src/emit/testbench/cosim-bench.js';
import { cxxrtlRuntime } from '../../src/tools/cosim/cxxrtl-runtime.js';
import { runYosys } from '../../src/tools/yosys/yosys.js';
import { findYosys } from '../../src/tools/yosys/yosys-find.js';
import { packagePath } from '../../src/util/package-path.js';

export const libraryFolder = packagePath('rtl', 'lib');
export const librarySources = readdirSync(libraryFolder).map((name) => join(libraryFolder, name));

export type Engine = 'verilator' | 'cxxrtl';

/** Verilator where it is installed; CXXRTL is always there. */
export async function bestEngine(): Promise<Engine> {
  const found = await execa('verilator', ['--version'], { reject: false });
  return found.exitCode === 0 ? 'verilator' : 'cxxrtl';
}

export interface Simulation {
  readonly engine: Engine;
  readonly top: string;
  readonly sources: readonly string[];
  /** Names of the top's ports. The bench has set_<name>(x) and get_<name>() of `design d`, d.settle() and d.edge(). */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** C++ with main(). */
  readonly bench: string;
  readonly defines?: readonly string[];
  readonly parameters?: Readonly<Record<string, number>>;
}

/** What the bench prints. Throws where anything fails, the bench included. */
export async function simulate(simulation: Simulation): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fastmamba-lib-'));
  writeFileSync(join(folder, 'bench.cpp'), `#include "design.hpp"\n${simulation.bench}`);
  await (simulation.engine === 'verilator' ? verilate : translate)(simulation, folder);
  const { stdout } = await execa(join(folder, 'bench'), { timeout: 300_000 });
  return stdout;
}

function glue(
  simulation: Simulation,
  head: string,
  member: (name: string) => [string, string],
  steps: string,
) {
  const { inputs, outputs } = simulation;
  const methods = [
    ...['clk', ...inputs].map((name) => `void set_${name}(std::uint64_t x) { ${member(name)[1]}; }`),
    ...outputs.map((name) => `std::uint64_t get_${name}() { return ${member(name)[0]}; }`),
  ];
  return `#include <cstdint>\n#include <cstdio>\n${head}\n${methods.join('\n')}\n${steps}\n};\n`;
}

async function verilate(simulation: Simulation, folder: string): Promise<void> {
  const { top, sources, defines = [], parameters = {} } = simulation;
  const steps = 'void settle() { d.clk = 0; d.eval(); }\nvoid edge() { d.clk = 1; d.eval(); }';
  const member = (name: string): [string, string] => [
    `d.${verilatorMember(name)}`,
    `d.${verilatorMember(name)} = x`,
  ];
  writeFileSync(
    join(folder, 'design.hpp'),
    glue(simulation, '#include "Vtop.h"\nstruct design { Vtop d;', member, steps),
  );
  const args = [
    ...'--cc --exe --build -Wno-fatal -O3 -CFLAGS -O1 --prefix Vtop --Mdir'.split(' '),
    folder,
    ...['--top-module', top, '-o', join(folder, 'bench')],
    ...defines.map((name) => `-D${name}`),
    ...Object.entries(parameters).map(([name, value]) => `-G${name}=${value}`),
    ...sources,
    join(folder, 'bench.cpp'),
  ];
  await execa('verilator', args, { timeout: 300_000 });
}

async function translate(simulation: Simulation, folder: string): Promise<void> {
  const { top, sources, defines = [], parameters = {} } = simulation;
  for (const source of sources) copyFileSync(source, join(folder, basename(source)));
  const set = Object.entries(parameters).map(([name, value]) => `-set ${name} ${value}`);
  const script = [
    ...sources.map((s) => `read_verilog -sv ${defines.map((d) => `-D${d}`).join(' ')} ${basename(s)}`),
    ...(set.length > 0 ? [`chparam ${set.join(' ')} ${top}`] : []),
    `hierarchy -check -top ${top}`,
    'proc',
    'opt_expr',
    'opt_clean',
    'write_cxxrtl -noflatten -g0 -header design.cc',
  ].join('\n');
  const tool = await findYosys();
  const inputs = sources.map((s) => basename(s));
  await runYosys({
    script,
    folder,
    inputs,
    outputs: ['design.cc', 'design.h'],
    timeoutSeconds: 300,
    tool,
  });
  const member = (name: string): [string, string] => {
    const own = `d.p_${name.replaceAll('_', '__')}`;
    return [`${own}.get<std::uint64_t>()`, `${own}.set<std::uint64_t>(x)`];
  };
  const steps = 'void settle() { set_clk(0); d.step(); }\nvoid edge() { set_clk(1); d.step(); }';
  const head = `#include "design.h"\nstruct design { cxxrtl_design::p_${top.replaceAll('_', '__')} d;`;
  writeFileSync(join(folder, 'design.hpp'), glue(simulation, head, member, steps));
  const runtime = await cxxrtlRuntime(tool, join(folder, 'runtime.log'));
  const files = ['bench.cpp', 'design.cc'].map((name) => join(folder, name));
  await execa('g++', ['-std=c++14', '-O1', '-w', `-I${runtime}`, ...files, '-o', join(folder, 'bench')], {
    timeout: 600_000,
  });
}
