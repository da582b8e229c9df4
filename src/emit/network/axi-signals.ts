/** AXI4 signals of a master, as Vitis HLS and the board's interconnect know them, and those of an AXI4-Lite slave. */
import type { Port } from '../../kernel/ir.js';

export interface AxiSignal {
  readonly name: string;
  readonly bits: number;
  /** The module drives it. */
  readonly out: boolean;
  /** A vector also where it has one bit. */
  readonly isBus: boolean;
}

const out = (name: string, bits = 1): AxiSignal => ({ name, bits, out: true, isBus: bits > 1 });
const into = (name: string, bits = 1): AxiSignal => ({ name, bits, out: false, isBus: bits > 1 });
const asBus = (signal: AxiSignal): AxiSignal => ({ ...signal, isBus: true });

/** Signals of a master that reads or writes words of `bits` bits. */
export function masterSignals(direction: Port['direction'], bits: number): AxiSignal[] {
  const address = (a: 'ar' | 'aw') => [
    out(`${a}addr`, 64),
    out(`${a}len`, 8),
    out(`${a}size`, 3),
    out(`${a}burst`, 2),
    out(`${a}cache`, 4),
    out(`${a}prot`, 3),
    out(`${a}valid`),
    into(`${a}ready`),
  ];
  if (direction === 'read')
    return [
      ...address('ar'),
      asBus(into('rdata', bits)),
      into('rresp', 2),
      into('rlast'),
      into('rvalid'),
      out('rready'),
    ];
  return [
    ...address('aw'),
    asBus(out('wdata', bits)),
    asBus(out('wstrb', bits / 8)),
    out('wlast'),
    out('wvalid'),
    into('wready'),
    into('bresp', 2),
    into('bvalid'),
    out('bready'),
  ];
}

/** Signals of the slave that holds the control registers. */
export const slaveSignals: readonly AxiSignal[] = [
  into('awaddr', 12),
  into('awvalid'),
  out('awready'),
  into('wdata', 32),
  into('wstrb', 4),
  into('wvalid'),
  out('wready'),
  out('bresp', 2),
  out('bvalid'),
  into('bready'),
  into('araddr', 12),
  into('arvalid'),
  out('arready'),
  out('rdata', 32),
  out('rresp', 2),
  out('rvalid'),
  into('rready'),
];
