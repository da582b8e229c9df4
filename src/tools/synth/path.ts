/** The longest combinational path of a mapped module, in levels of logic and in estimated nanoseconds. */
import { CheckFailed } from '../../errors.js';
import { endsOf, isSliceLogic, outputOf, type Pin } from './cells.js';
import { register, wire } from './delays.js';
import { type Bit, type Cell, type NetlistModule, netName } from './netlist.js';

/** The longest path between registers of a module, estimated. */
export interface LongestPath {
  /** Look-up tables and carry chains between two registers, at most. */
  readonly levels: number;
  /** Estimate for the slowest path, clock to out and set-up included. */
  readonly ns: number;
  /** Nets at its two ends, as the module names them. */
  readonly from: string;
  readonly to: string;
}

interface Driver {
  readonly cell: Cell;
  readonly port: string;
  readonly index: number;
}

const isNet = (bit: Bit): bit is number => typeof bit === 'number';

/**
 * Longest path of `module` between registers, memories, black boxes and its own ports (which registers elsewhere are taken to drive and read).
 * Throws CheckFailed naming a net of it where logic runs in a circle.
 */
export function longestPath(name: string, module: NetlistModule): LongestPath {
  const drivers: (Driver | undefined)[] = [];
  const loads: number[] = [];
  const cells = Object.values(module.cells);
  for (const cell of cells)
    for (const [port, bits] of Object.entries(cell.connections)) {
      const isOutput = cell.port_directions[port] === 'output';
      bits.forEach((bit, index) => {
        if (!isNet(bit)) return;
        if (isOutput) drivers[bit] = { cell, port, index };
        else loads[bit] = (loads[bit] ?? 0) + 1;
      });
    }

  const search = new ArrivalSearch(drivers, loads, (bit) => {
    throw new CheckFailed(`synth: ${name}: a combinational loop through ${netName(module, bit)}`);
  });
  let levels = 0;
  let ns = 0;
  let end: { readonly net: number; readonly cell: Cell | null } | null = null;
  const finish = (pin: Pin, cell: Cell | null) => {
    if (!isNet(pin.bit)) return;
    search.visit(pin.bit);
    levels = Math.max(levels, search.levels[pin.bit]);
    const total = search.ns[pin.bit] + search.wireTo(pin) + pin.ns;
    if (total > ns) [ns, end] = [total, { net: pin.bit, cell }];
  };
  for (const cell of cells) for (const pin of endsOf(cell)) finish(pin, cell);
  for (const { direction, bits } of Object.values(module.ports))
    if (direction === 'output')
      for (const bit of bits) finish({ bit, ns: register.setup, level: 0, isLocal: false }, null);
  if (end === null) return { levels, ns, from: '', to: '' };
  const { net, cell } = end as { net: number; cell: Cell | null };
  // A register is known by its output; what leads to it may be a net of the mapping's own.
  const held = cell?.connections.Q?.[0];
  return {
    levels,
    ns,
    from: netName(module, search.startOf(net)),
    to: netName(module, held !== undefined && isNet(held) ? held : net),
  };
}

/** When each net is settled; asked for what is needed, each net computed once. */
class ArrivalSearch {
  readonly ns: Float64Array;
  readonly levels: Int32Array;
  /** The net that settles last of those a net follows; -1 for none. */
  private readonly before: Int32Array;
  /** Nets whose inputs are being computed. */
  private readonly open = new Set<number>();

  constructor(
    private readonly drivers: readonly (Driver | undefined)[],
    private readonly loads: readonly number[],
    private readonly loop: (bit: number) => never,
  ) {
    const nets = Math.max(drivers.length, loads.length);
    this.ns = new Float64Array(nets).fill(Number.NaN);
    this.levels = new Int32Array(nets);
    this.before = new Int32Array(nets).fill(-1);
  }

  private isKnown(bit: number): boolean {
    return !Number.isNaN(this.ns[bit]);
  }

  /** Computes a net. A stack of its own: chains of logic may be longer than that of calls. */
  visit(bit: number): void {
    const stack = [bit];
    while (stack.length > 0) {
      const net = stack.at(-1)!;
      if (this.isKnown(net)) {
        stack.pop();
        continue;
      }
      const driver = this.drivers[net];
      const output = driver
        ? outputOf(driver.cell, driver.port, driver.index)
        : { launchNs: register.clockToOut };
      if ('launchNs' in output) {
        this.ns[net] = output.launchNs;
        this.levels[net] = 0;
        continue;
      }
      const waiting = output.from
        .map(({ bit }) => bit)
        .filter((b): b is number => isNet(b) && !this.isKnown(b));
      if (waiting.length > 0) {
        // Coming back to a net whose inputs are still not known, or meeting one on the way, is a circle.
        this.open.add(net);
        for (const one of waiting) if (this.open.has(one)) this.loop(one);
        stack.push(...waiting);
        continue;
      }
      this.open.delete(net);
      this.settle(net, output.from);
    }
  }

  private settle(net: number, from: readonly Pin[]): void {
    let ns = 0;
    let levels = 0;
    for (const pin of from) {
      if (!isNet(pin.bit)) continue;
      levels = Math.max(levels, this.levels[pin.bit] + pin.level);
      const arrival = this.ns[pin.bit] + this.wireTo(pin) + pin.ns;
      if (arrival > ns) {
        ns = arrival;
        this.before[net] = pin.bit;
      }
    }
    this.ns[net] = ns;
    this.levels[net] = levels;
  }

  /** Delay of the wire to a pin. */
  wireTo({ bit, isLocal }: Pin): number {
    if (!isNet(bit)) return 0;
    const type = this.drivers[bit]?.cell.type;
    return isLocal && type !== undefined && isSliceLogic(type) ? 0 : wire(this.loads[bit] ?? 1);
  }

  /** The net with which the slowest path to `bit` begins. */
  startOf(bit: number): number {
    let at = bit;
    for (let next = this.before[at]; next >= 0; next = this.before[at]) at = next;
    return at;
  }
}
