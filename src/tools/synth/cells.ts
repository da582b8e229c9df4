/**
 * The 7 series' cells as timing sees them: what an output follows combinationally, what launches it, and which inputs end a path. Instances
 * of modules that are black boxes launch and end paths like registers.
 */
import { blockRam, carry, dsp, register, table, tableMemory, wideMultiplexer } from './delays.js';
import { type Bit, type Cell, parameterValue } from './netlist.js';

/** An input pin that counts, with the delay from it on. */
export interface Pin {
  readonly bit: Bit;
  readonly ns: number;
  /** Levels of logic it adds: 1 for a look-up table or for entering a carry chain. */
  readonly level: 0 | 1;
  /** Whether the wire to it stays inside a slice when a look-up table, carry or multiplexer drives it. */
  readonly isLocal: boolean;
}

/** An output either follows inputs or is launched by a clock. */
export type Output = { readonly from: readonly Pin[] } | { readonly launchNs: number };

const isTable = (type: string) => /^LUT[1-6]$|^INV$/.test(type);
const isFlipFlop = (type: string) => /^FD[RSCP]E/.test(type);
const isTableMemory = (type: string) => /^RAM\d+[XM]|^SRL/.test(type);
const isBlockRam = (type: string) => /^RAMB(18|36)E1$/.test(type);

/** Cells whose output can stay in the slice. */
export const isSliceLogic = (type: string) => isTable(type) || /^CARRY4$|^MUXF[78]$/.test(type);

const pins = (cell: Cell, port: string): readonly Bit[] => cell.connections[port] ?? [];
const isOn = (cell: Cell, parameter: string) => Number(parameterValue(cell.parameters[parameter] ?? '0')) > 0;

const isUsed = (cell: Cell, parameter: string) =>
  parameterValue(cell.parameters[parameter] ?? 'FALSE') === 'TRUE';

/** What bit `index` of output `port` follows. */
export function outputOf(cell: Cell, port: string, index: number): Output {
  const { type } = cell;
  if (isTable(type)) return { from: inputs(cell, () => true, { ns: table, level: 1 }) };
  if (type === 'MUXF7' || type === 'MUXF8')
    return {
      from: inputs(
        cell,
        () => true,
        { ns: wideMultiplexer, level: 0 },
        (name) => name !== 'S',
      ),
    };
  if (type === 'CARRY4') return { from: carryInputs(cell, port, index) };
  if (isTableMemory(type)) {
    // Reading is combinational in the address; what was just written comes with the clock.
    const address = inputs(cell, addressFor(port), { ns: table, level: 1 });
    return address.length > 0 ? { from: address } : { launchNs: tableMemory.clockToOut };
  }
  if (isFlipFlop(type)) return { launchNs: register.clockToOut };
  if (isBlockRam(type)) {
    const isRegistered = isOn(
      cell,
      port.startsWith('DOB') || port.startsWith('DOPB') ? 'DOB_REG' : 'DOA_REG',
    );
    return { launchNs: isRegistered ? blockRam.clockToOutRegister : blockRam.clockToOut };
  }
  if (type === 'DSP48E1') return dspOutput(cell, port);
  return { launchNs: register.clockToOut };
}

/** Input pins that end a path, with their set-up time. */
export function endsOf(cell: Cell): Pin[] {
  const { type } = cell;
  if (isTable(type) || /^MUXF[78]$|^CARRY4$/.test(type)) return [];
  const end = (wanted: (port: string) => boolean, ns: number, isLocal = false) =>
    inputs(cell, wanted, { ns, level: 0 }, () => isLocal);
  if (isFlipFlop(type))
    return [
      ...end((port) => port === 'D', register.setup, true),
      ...end((port) => port !== 'D' && port !== 'C', register.setupControl),
    ];
  if (isTableMemory(type)) return end((port) => !/CLK/.test(port), tableMemory.setup);
  if (isBlockRam(type)) return end((port) => !/CLK/.test(port), blockRam.setup);
  if (type === 'DSP48E1') return dspEnds(cell);
  return end(() => true, register.setup);
}

function inputs(
  cell: Cell,
  wanted: (port: string) => boolean,
  { ns, level }: { ns: number; level: 0 | 1 },
  isLocal: (port: string) => boolean = () => false,
): Pin[] {
  return Object.entries(cell.connections).flatMap(([port, bits]) =>
    cell.port_directions[port] === 'input' && wanted(port)
      ? bits.map((bit) => ({ bit, ns, level, isLocal: isLocal(port) }))
      : [],
  );
}

/** Address pins of a read port: DOA follows ADDRA, DPO follows DPRA, everything else the pins that begin with A. */
function addressFor(output: string): (port: string) => boolean {
  if (/^DO[A-D]$/.test(output)) return (port) => port === `ADDR${output.at(-1)}`;
  if (output === 'DPO') return (port) => port.startsWith('DPRA');
  if (output === 'Q31' || output === 'Q15') return () => false;
  return (port) => /^A\d*$/.test(port);
}

function carryInputs(cell: Cell, port: string, index: number): Pin[] {
  const isOut = port === 'O';
  const chain = [...pins(cell, 'CI'), ...pins(cell, 'CYINIT')].map((bit, i) => ({
    bit,
    ns: isOut ? carry.carryToOut : carry.carryToCarry,
    level: i === 0 ? (0 as const) : (1 as const),
    isLocal: i === 0,
  }));
  const into = (name: string, upTo: number, ns: number) =>
    pins(cell, name)
      .slice(0, upTo)
      .map((bit) => ({ bit, ns, level: 1 as const, isLocal: true }));
  if (!isOut)
    return [...chain, ...into('S', index + 1, carry.inToCarry), ...into('DI', index + 1, carry.inToCarry)];
  const lower = carry.inToCarry;
  const own = pins(cell, 'S')[index];
  return [
    ...chain,
    ...into('S', index, lower),
    ...into('DI', index, lower),
    { bit: own, ns: carry.sumToOut, level: 1, isLocal: true },
  ];
}

/** Whether a DSP input has its register, and the logic from it (or from its register) to M and P. */
function dspOutput(cell: Cell, port: string): Output {
  if (port === 'ACOUT' || port === 'BCOUT') return { launchNs: dsp.clockToOut };
  if (isOn(cell, 'PREG')) return { launchNs: dsp.clockToOut };
  if (isOn(cell, 'MREG')) return { launchNs: dsp.clockToOut + dsp.sum };
  const open = inputs(cell, isOpenFactor(cell), { ns: dsp.product + dsp.sum, level: 1 });
  return open.length > 0 ? { from: open } : { launchNs: dsp.clockToOut + dsp.product + dsp.sum };
}

const hasSumRegister = (cell: Cell) => isOn(cell, 'ADREG') && isUsed(cell, 'USE_DPORT');

const isOpenFactor = (cell: Cell) => (port: string) =>
  (port === 'A' && !isOn(cell, 'AREG') && !hasSumRegister(cell)) || (port === 'B' && !isOn(cell, 'BREG'));

/** An addend before the multiplier without a register of its own. */
const isOpenAddend = (cell: Cell) => (port: string) =>
  hasSumRegister(cell) && ((port === 'A' && !isOn(cell, 'AREG')) || (port === 'D' && !isOn(cell, 'DREG')));

function dspEnds(cell: Cell): Pin[] {
  const isOpen = isOpenFactor(cell);
  const [hasM, hasP, hasC] = ['MREG', 'PREG', 'CREG'].map((name) => isOn(cell, name)) as [
    boolean,
    boolean,
    boolean,
  ];
  return Object.keys(cell.connections).flatMap((port) => {
    if (port === 'CLK') return [];
    let ns = dsp.setup;
    if (isOpenAddend(cell)(port)) ns = dsp.preSum;
    else if (isOpen(port)) {
      if (!hasM && !hasP) return [];
      ns = dsp.product + (hasM ? 0 : dsp.sum);
    } else if (port === 'PCIN' || (port === 'C' && !hasC)) ns = dsp.sum;
    return inputs(
      cell,
      (name) => name === port,
      { ns, level: 0 },
      () => port === 'PCIN',
    );
  });
}
