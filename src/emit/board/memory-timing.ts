/** Times of a memory module as the controller's project file names them (MIG, UG586): read from the device in this one place. */
import { UserError } from '../../errors.js';
import type { BoardClock } from '../../plan/board/board.js';
import type { Device, TimingName } from '../../plan/board/device.js';
import { CLOCKS_PER_CYCLE } from '../../plan/board/memory-timing.js';

export interface ControllerTiming {
  /** Period of the memory's clock. */
  readonly picoseconds: number;
  /** The clock that the controller is given, and as it must be called in the project file. */
  readonly clock: BoardClock;
  readonly inputMegahertz: string;
  /** Clocks. */
  readonly casLatency: number;
  readonly casWriteLatency: number;
  /** Nanoseconds, by MIG's names; trefi in microseconds. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Termination of the data pins in the module. */
  readonly termination: string;
}

/** How far an oscillator may be from a quarter of the memory's clock. */
const TOLERANCE = 1e-3;

/** The timing of one controller. Throws UserError where no clock of the board makes the data rate. */
export function controllerTiming({ memory }: Device, clocks: readonly BoardClock[]): ControllerTiming {
  const rate = memory.megaTransfersPerSecond;
  // The period is never shorter than the rated one.
  const picoseconds = Math.ceil(2e6 / rate);
  const wanted = rate / 2 / CLOCKS_PER_CYCLE;
  const clock = clocks.find(({ megahertz }) => Math.abs(megahertz / wanted - 1) < TOLERANCE);
  if (!clock)
    throw new UserError(
      `board: no clock for ${rate} million transfers a second: found ${clocks.map(({ megahertz }) => megahertz).join(', ')} MHz, expected ${wanted.toFixed(3)}`,
    );
  const time = (name: TimingName) => {
    const { clocks: least, ns } = memory.timing[name];
    return Math.max(ns, (least * picoseconds) / 1000);
  };
  return {
    picoseconds,
    clock,
    inputMegahertz: trimmed(1e6 / picoseconds / CLOCKS_PER_CYCLE),
    casLatency: memory.timing.CL.clocks,
    casWriteLatency: memory.timing.CWL.clocks,
    parameters: {
      twtr: time('tWTR'),
      trrd: time('tRRD'),
      trefi: time('tREFI') / 1000,
      tfaw: time('tFAW'),
      trtp: time('tRTP'),
      // Not a matter of bandwidth, so that no plan asks for it: data sheet of the module, TaPaSCo.
      tcke: 5,
      trfc: time('tRFC'),
      trp: time('tRP'),
      tras: time('tRAS'),
      trcd: time('tRCD'),
    },
    // What the open projects use at 1,600 and above.
    termination: rate > 1600 ? 'RZQ/4' : 'RZQ/6',
  };
}

const trimmed = (megahertz: number) => String(Number(megahertz.toFixed(3)));
