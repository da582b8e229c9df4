/**
 * Area of networks of which most processes are alike, such as neighbours of a shape: a process that was counted once is known by its text as the
 * units wrote it, and is neither simplified nor scheduled again.
 */
import { processAlone } from '../../kernel/alone.js';
import type { Network, Process } from '../../kernel/ir.js';
import { printNetwork } from '../../kernel/print.js';
import { simplify } from '../../kernel/simplify/simplify.js';
import { scheduleNetwork } from '../../schedule/asap.js';
import { lateWrites } from '../../schedule/schedule.js';
import type { TimingTarget } from '../../schedule/target.js';
import { unitArea } from './model.js';
import { processStructure } from './process.js';
import { addResources, noResources, type Resources } from './resources.js';
import { aroundProcesses } from './units.js';

/** What a process adds to its network. */
interface CountedProcess {
  readonly resources: Resources;
  /** Channels whose words come after the issue of their iteration, by name. */
  readonly late: readonly string[];
}

/** Counts networks for one clock. */
export class AlikeNetworks {
  readonly #known = new Map<string, CountedProcess>();

  constructor(private readonly target: TimingTarget) {}

  /** Area of the network that `written` is before it is simplified: the sum of its units. Throws KernelError for one that cannot be scheduled. */
  area(written: Network): Resources {
    const processes = written.processes.map((process) => this.#counted(written, process));
    const late = new Set(processes.flatMap((process) => process.late));
    const around = aroundProcesses(written, ({ name }) => late.has(name), this.target);
    const units = [...around.fifos, ...around.ports, ...around.frame].map((unit) => unitArea(unit));
    return [...processes.map(({ resources }) => resources), ...units].reduce(addResources, noResources);
  }

  #counted(written: Network, process: Process): CountedProcess {
    const alone = processAlone(written, process.name);
    const key = textOf(alone);
    let found = this.#known.get(key);
    if (!found) {
      const network = simplify(alone);
      const schedule = scheduleNetwork(network, this.target);
      found = {
        resources: unitArea(processStructure(network.processes[0], schedule)),
        late: [...lateWrites(network, schedule).keys()].map(({ name }) => name),
      };
      this.#known.set(key, found);
    }
    return found;
  }
}

/** Everything that area follows from: the printed text, and the values of tables, of which the text gives only the number. */
function textOf(network: Network): string {
  const tables = network.processes.flatMap(({ roms }) => roms.map(({ values }) => values.join()));
  return [printNetwork(network), ...tables].join('\n');
}
