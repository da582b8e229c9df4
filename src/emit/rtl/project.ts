/**
 * The SystemVerilog of a network: one module a process, the region that joins them, the library they use. Pure: the same network,
 * schedule and options give the same bytes.
 */

import type { Network, Port } from '../../kernel/ir.js';
import { masterWords } from '../../schedule/memory-choice.js';
import type { Schedule } from '../../schedule/schedule.js';
import { boundaryOf, hasTop, regionName } from '../network/boundary.js';
import type { BufferWords } from '../network/masters.js';
import { libraryFiles } from './library.js';
import { emitProcessModule } from './process.js';
import { emitRegion } from './region.js';
import { emitTop } from './top.js';

export interface RtlOptions {
  /** Lines of comment at the top of every file: what it is and which command makes it. */
  readonly banner?: string;
  /** Of the plan, for the kernel's own registers. */
  readonly planDigest?: string;
  /** Words that the AXI master of a port may have asked for and not delivered; 128 when absent. */
  readonly bufferWords?: BufferWords;
}

/** Files by path, all below rtl/. Throws RangeError for a schedule that does not belong to the network. */
export function emitRtl(network: Network, schedule: Schedule, options: RtlOptions = {}): Map<string, string> {
  // An empty line tells where a file comes from from what its module is.
  const banner = options.banner ? `${options.banner}\n\n` : '';
  const modules = network.processes.map((process) => ({
    name: process.name,
    ...emitProcessModule(process, network, schedule, banner),
  }));
  const name = regionName(network);
  const bufferWords = options.bufferWords ?? ((port: Port) => masterWords(port));
  const region = emitRegion(network, schedule, boundaryOf(network), {
    banner,
    name,
    prologueCycles: Math.max(0, ...modules.map(({ prologueCycles }) => prologueCycles)),
    bufferWords,
  });
  const files = new Map(libraryFiles());
  for (const { name, text } of modules) files.set(`rtl/${name}.sv`, text);
  files.set(`rtl/${name}.sv`, region);
  if (hasTop(network))
    for (const [path, text] of emitTop(network, name, { ...options, banner })) files.set(path, text);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
