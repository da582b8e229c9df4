/** What a schedule is made for: clock, margin and speed grade, and the fixed timing of the hard blocks (DSP48E1, block RAM, LUTRAM). */
import type { SpeedGrade } from './operator-delays.js';
import type { LoadLimits } from './wide.js';

export interface TimingTarget extends LoadLimits {
  readonly clockNs: number;
  /** Part of the period kept for clock uncertainty and routing that the delay table does not know. */
  readonly marginFraction: number;
  readonly grade: SpeedGrade;
  /** A register's output and the wire after it; set-up is inside the operators' delays. */
  readonly clockToOutNs: number;
  /** DSP48E1 with A/B, M and P registers: result this many stages after the operands; two cascaded blocks take one more. */
  readonly dspStages: number;
  /** Block RAM with its output register. */
  readonly bramStages: number;
  readonly bramClockToOutNs: number;
  /** LUTRAM read into a register. */
  readonly lutramStages: number;
}

/** The VC709's XC7VX690T-2 at 250 MHz. */
export const vc709Timing: TimingTarget = {
  clockNs: 4,
  marginFraction: 0.1,
  grade: '-2',
  clockToOutNs: 0.35,
  dspStages: 3,
  bramStages: 2,
  bramClockToOutNs: 0.75,
  lutramStages: 1,
  // What synthesis adds to 640 pins keeps every net below 1,000; 576 bits fill block RAMs and LUT RAMs of any shape.
  mostLoads: 640,
  sliceBits: 576,
};

/** Nanoseconds of logic that fit a stage. */
export function stageBudgetNs(target: TimingTarget): number {
  return target.clockNs * (1 - target.marginFraction);
}
