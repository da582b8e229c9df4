/**
 * The SystemVerilog of a network: one module a process, the region that joins them, the library they use. Pure: the same network,
 * schedule and options give the same bytes.
 */
import type { Network } from '../../kernel/ir.js';
import { totalBits } from '../../kernel/type.js';
import { MASTER_WORDS } from '../../schedule/memory-choice.js';
import type { Schedule } from '../../schedule/schedule.js';
import { boundaryOf, descriptorWords, topName } from '../cpp/project.js';
import { render } from '../project/template.js';
import { libraryFiles } from './library.js';
import { emitProcessModule } from './process.js';
import { emitRegion } from './region.js';

export interface RtlOptions {
  /** Lines of comment at the top of every file: what it is and which command makes it. */
  readonly banner?: string;
  /** Words that the AXI master of a port may have asked for and not delivered; 128 when absent. */
  readonly bufferWords?: (port: string) => number;
}

/** Name of the module that holds processes and FIFOs: the top itself where the network has boundary channels. */
export function regionName(network: Network): string {
  const { inputs, outputs } = boundaryOf(network);
  return inputs.length + outputs.length === 0 ? `${network.name}_region` : topName(network);
}

/** Files by path, all below rtl/. Throws RangeError for a schedule that does not belong to the network. */
export function emitRtl(network: Network, schedule: Schedule, options: RtlOptions = {}): Map<string, string> {
  const banner = options.banner ? `${options.banner}\n` : '';
  const modules = network.processes.map((process) => ({
    name: process.name,
    ...emitProcessModule(process, network, schedule),
  }));
  const region = emitRegion(network, boundaryOf(network), {
    name: regionName(network),
    prologueCycles: Math.max(0, ...modules.map(({ prologueCycles }) => prologueCycles)),
    bufferWords: options.bufferWords ?? (() => MASTER_WORDS),
  });
  const files = new Map(libraryFiles());
  for (const { name, text } of modules) files.set(`rtl/${name}.sv`, banner + text);
  files.set(`rtl/${regionName(network)}.sv`, banner + region);
  if (regionName(network) !== topName(network))
    for (const [name, text] of topModules(network, banner)) files.set(`rtl/${name}.sv`, text);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The top, with a call for each descriptor, and its control registers. */
function topModules(network: Network, banner: string): [name: string, text: string][] {
  const facts = {
    banner: banner.trimEnd(),
    topName: topName(network),
    regionName: regionName(network),
    descriptorWords: descriptorWords(network),
    processes: network.processes.map(({ name }) => name),
    ports: network.ports.map(({ name, direction, type }) => ({ name, direction, bits: totalBits(type) })),
    scalars: network.scalars.map(({ name, element }, field) => ({ name, ...element, field })),
  };
  return [
    [facts.topName, render('rtl/templates/top.sv.ejs', facts)],
    [`${facts.topName}_control`, render('rtl/templates/control.sv.ejs', facts)],
  ];
}
