/** The net of a mapped module that drives the most cells. */
import { type Bit, type NetlistModule, netName } from './netlist.js';

/** Of nets that are no clock: a clock has a tree of its own on the device. */
export interface FanOut {
  /** As the module names it. */
  readonly net: string;
  /** Input pins that it drives. */
  readonly loads: number;
}

const isClockPin = (port: string) => port === 'C' || /CLK/i.test(port);

/** The net with the most loads among those that drive no clock pin; none loads where there is no net. */
export function largestFanOut(module: NetlistModule): FanOut {
  const loads = new Map<Bit, number>();
  const clocks = new Set<Bit>();
  for (const cell of Object.values(module.cells))
    for (const [port, bits] of Object.entries(cell.connections)) {
      if (cell.port_directions[port] === 'output') continue;
      for (const bit of bits) {
        if (typeof bit !== 'number') continue;
        if (isClockPin(port)) clocks.add(bit);
        loads.set(bit, (loads.get(bit) ?? 0) + 1);
      }
    }
  let largest: [bit: Bit, loads: number] | null = null;
  for (const [bit, count] of loads)
    if (!clocks.has(bit) && count > (largest?.[1] ?? 0)) largest = [bit, count];
  return largest ? { net: netName(module, largest[0] as number), loads: largest[1] } : { net: '', loads: 0 };
}
