/**
 * The Vitis HLS C++ project of a network: kernels, region, top, testbench, tool scripts and a README that explains this very project,
 * as a map from path to text. Pure: the same network and options give the same bytes.
 */
import { basename } from 'node:path';
import type { Network } from '../../kernel/ir.js';
import { render, verbatim } from '../project/template.js';
import { factsOf } from './facts.js';
import type { EmitOptions } from './options.js';
import { emitProcess } from './process.js';

const KERNEL = ['integers.hpp', 'types.hpp', 'config.hpp', 'processes.hpp', 'region.hpp'];
const TESTBENCH = [
  'csim/main.cpp',
  'csim/identity.hpp',
  'bench.hpp',
  'memory.hpp',
  'network.hpp',
  'report.hpp',
  'words.hpp',
];
const STEPS = ['csim', 'csynth', 'cosim', 'export'];

/** The files of the project, sorted by path. Throws KernelError for a scalar that does not fit a descriptor field or an integer too wide. */
export function emitCpp(network: Network, options: EmitOptions): Map<string, string> {
  const facts = factsOf(network, options);
  const hasTop = facts.tops.length > 0;
  const interfaces = template('hls-templates/kernel/interfaces', facts);
  const files = new Map<string, string>();
  const add = (path: string, text: string) => files.set(path, text);
  add('kernel/fixed_point.hpp', verbatim('hls-templates/kernel/fixed_point.hpp'));
  for (const name of KERNEL) add(`kernel/${name}`, template(`hls-templates/kernel/${name}`, facts));
  const regionInterfaces = hasTop ? '' : interfaces;
  add('kernel/region.cpp', template('hls-templates/kernel/region.cpp', { ...facts, regionInterfaces }));
  for (const process of network.processes) {
    const text = emitProcess(process, network, options.bindingOf ?? (() => null));
    add(`kernel/${process.name}.cpp`, template('hls-templates/kernel/process.cpp', { ...facts, text }));
  }
  if (hasTop)
    for (const name of ['top.hpp', 'top.cpp'])
      add(`kernel/${name}`, template(`hls-templates/kernel/${name}`, { ...facts, interfaces }));
  for (const name of TESTBENCH) add(`testbench/${basename(name)}`, verbatim(`testbench/${name}`));
  add('testbench/identity.cpp', template('testbench/csim/identity.cpp', facts));
  const calls = template(`testbench/csim/${hasTop ? 'top_calls' : 'region_calls'}.cpp`, facts);
  add('testbench/network.cpp', template('testbench/csim/network.cpp', { ...facts, calls }));
  for (const step of STEPS) add(`vitis/hls/${step}.tcl`, stepScript(step, facts));
  add('Makefile', template('hls-templates/Makefile', facts));
  add('README.md', readme(facts));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Facts = ReturnType<typeof factsOf>;

const template = (path: string, facts: Facts & Record<string, unknown>) => render(`${path}.ejs`, facts);

function stepScript(step: string, facts: Facts): string {
  const project = template('vitis/hls/project.tcl', { ...facts, step });
  const synthesized = template('vitis/hls/synthesize.tcl', { ...facts, project });
  return template(`vitis/hls/${step}.tcl`, { ...facts, project, synthesized });
}

/** The README, with the sections that this network has something to say in. */
function readme(facts: Facts): string {
  const sections = [
    ...(facts.ports.length > 0 ? ['ports'] : []),
    ...(facts.tops.length > 0 ? ['descriptor'] : []),
    ...(facts.fields.length > 0 ? ['scalars'] : []),
  ].map((section) => template(`hls-templates/readme/${section}.md`, facts));
  return template('hls-templates/readme/README.md', { ...facts, sections });
}
