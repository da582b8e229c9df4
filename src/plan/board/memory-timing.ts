/**
 * What the memory models count with: the device's data-sheet timings in cycles of its memory controller. docs/memory.md says what each means and
 * where it comes from; the testbench is given the same numbers.
 */
import { readFileSync } from 'node:fs';
import { packagePath } from '../../util/package-path.js';
import { type Device, deviceSchema, TIMINGS, type TimingName } from './device.js';

/** Clocks of the memory in a cycle of its controller (Xilinx UG586: a 4:1 PHY). A burst of eight words takes just as many. */
export const CLOCKS_PER_CYCLE = 4;
const WORDS_PER_BURST = 8;

/** Sizes and times of one channel. A cycle is one of the memory controller but where the name says otherwise. */
export interface MemoryTiming {
  readonly channels: number;
  /** Bytes of a burst of eight. */
  readonly accessBytes: number;
  /** Bytes of an open row. */
  readonly rowBytes: number;
  readonly banks: number;
  /** Kernel cycles from a port to the controller and back. */
  readonly latencyCycles: number;
  /** Length of a cycle of the kernel, and of one of the memory controller, in one unit. */
  readonly kernelTicks: number;
  readonly memoryTicks: number;
  readonly tRCD: number;
  readonly tRP: number;
  readonly tRAS: number;
  readonly tRC: number;
  readonly tRRD: number;
  readonly tFAW: number;
  readonly tCCD: number;
  readonly tRTP: number;
  readonly tRTW: number;
  /** From a write to a read: CWL, the burst, tWTR. */
  readonly writeToRead: number;
  /** From a write to the precharge of its bank: CWL, the burst, tWR. */
  readonly writeToPrecharge: number;
  /** From a read to the end of its data: CL and the burst. */
  readonly readData: number;
  readonly tRFC: number;
  readonly tREFI: number;
}

/** The timing of a device's memory as its controller keeps it. */
export function memoryTiming({ memory, clockMHz }: Device): MemoryTiming {
  const { channels, bitsPerTransfer, megaTransfersPerSecond, banks, columns, latencyCycles } = memory;
  const kiloTransfers = Math.round(megaTransfersPerSecond * 1000);
  // Two transfers a clock. A time that is a multiple of a clock is not rounded up: integers all the way.
  const clocksIn = (ns: number) => Math.round(ns * 1000) * kiloTransfers;
  const oneClock = 2e9;
  const clocks = Object.fromEntries(
    TIMINGS.map((name) => {
      const { clocks: least, ns } = memory.timing[name];
      return [name, Math.max(least, ceiling(clocksIn(ns), oneClock))];
    }),
  ) as Record<TimingName, number>;
  const cycles = (count: number) => ceiling(count, CLOCKS_PER_CYCLE);
  const wholeCycles = (ns: number) => Math.floor(clocksIn(ns) / oneClock / CLOCKS_PER_CYCLE);
  // A cycle of the controller is eight transfers.
  const kernelTicks = kiloTransfers;
  const memoryTicks = WORDS_PER_BURST * Math.round(clockMHz * 1000);
  const unit = divisor(kernelTicks, memoryTicks);
  const burst = WORDS_PER_BURST / 2;
  return {
    channels,
    accessBytes: (WORDS_PER_BURST * bitsPerTransfer) / 8,
    rowBytes: (columns * bitsPerTransfer) / 8,
    banks,
    latencyCycles,
    kernelTicks: kernelTicks / unit,
    memoryTicks: memoryTicks / unit,
    tRCD: cycles(clocks.tRCD),
    tRP: cycles(clocks.tRP),
    tRAS: cycles(clocks.tRAS),
    tRC: cycles(clocks.tRC),
    tRRD: cycles(clocks.tRRD),
    tFAW: cycles(clocks.tFAW),
    tCCD: cycles(clocks.tCCD),
    tRTP: cycles(clocks.tRTP),
    tRTW: cycles(clocks.tRTW),
    writeToRead: cycles(clocks.CWL + burst + clocks.tWTR),
    writeToPrecharge: cycles(clocks.CWL + burst + clocks.tWR),
    readData: cycles(clocks.CL + burst),
    tRFC: cycles(clocks.tRFC),
    // The longest time between two refreshes: the one figure that must not be exceeded.
    tREFI: wholeCycles(memory.timing.tREFI.ns),
  };
}

/** The memory of networks that are made for no device. */
export function vc709Memory(): MemoryTiming {
  return memoryTiming(
    deviceSchema.parse(JSON.parse(readFileSync(packagePath('devices', 'vc709.json'), 'utf8'))),
  );
}

/** Of integers below 2^53, exactly. */
function ceiling(a: number, b: number): number {
  const rest = a % b;
  return (a - rest) / b + (rest > 0 ? 1 : 0);
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
