/** From a co-simulation to what `cosim` prints, and whether it is good enough. */
import { CheckFailed } from '../errors.js';
import type { CosimFigures } from '../schema/cosim.js';
import type { CosimOptions, CosimReport } from '../tools/cosim/cosim.js';
import type { ModelCosimResult } from './model-cosim.js';
import type { ValueBytes } from './model-csim.js';

/** Measured cycles may differ from planned ones by so much. */
export const CYCLE_TOLERANCE = 0.02;

/** Figures for the report. A simulation that stopped is a mismatch, whatever it had compared by then. */
export function cosimFigures(
  { report, plannedCycles, valueBytes = {} }: ModelCosimResult,
  kernel: string,
  options: Omit<CosimOptions, 'script'>,
): CosimFigures {
  const differences = report.channels.flatMap(({ name, process, firstMismatch: first }) =>
    first
      ? [
          {
            call: first.call,
            text: `${name} of ${process}: call ${first.call}, word ${first.word}, lane ${first.lane}: expected ${first.expected}, found ${first.found}`,
          },
        ]
      : [],
  );
  const problems = [
    ...(report.failure === null ? [] : [report.failure]),
    ...differences.sort((a, b) => a.call - b.call).map(({ text }) => text),
    ...report.memories
      .filter(({ wrongBytes }) => wrongBytes > 0)
      .map(({ memory, bytes, wrongBytes }) => `memory ${memory}: ${wrongBytes} of ${bytes} bytes differ`),
  ];
  return {
    engine: report.engine ?? options.engine,
    kernel,
    words: report.words + memoryValues(report, valueBytes),
    mismatches: Math.max(report.mismatches, problems.length),
    cycles: report.cycles,
    plannedCycles,
    processes: report.processes,
    channels: report.depths.map(({ channel, depth, peak }) => ({ name: channel, depth, highest: peak })),
    seconds: report.seconds,
    seed: options.seed ?? 1,
    stalls: options.stalls ?? false,
    memory: options.memory ?? 'ddr3',
    problems,
  };
}

/** Values of memory that were compared. */
function memoryValues({ memories }: CosimReport, valueBytes: ValueBytes): number {
  return memories.reduce((sum, { memory, bytes }) => sum + bytes / (valueBytes[memory] ?? 1), 0);
}

/** Throws CheckFailed unless all words are equal and the cycles are those planned. Cycles of random stalls are not planned. */
export function requireCosim({
  words,
  mismatches,
  cycles,
  plannedCycles,
  problems,
  stalls,
}: CosimFigures): void {
  if (mismatches > 0) throw new CheckFailed(`cosim differs from the golden model: ${problems[0]}`);
  if (words === 0) throw new CheckFailed('cosim compared nothing');
  if (!stalls && Math.abs(cycles - plannedCycles) > CYCLE_TOLERANCE * plannedCycles)
    throw new CheckFailed(
      `cosim: ${cycles} cycles measured, ${plannedCycles} planned: more than ${100 * CYCLE_TOLERANCE} % apart`,
    );
}
