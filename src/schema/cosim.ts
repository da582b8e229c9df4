/** What `cosim --json` prints. Cycles are measured on the RTL but for `plannedCycles`. */
import { z } from 'zod';
import { count, type Described, flag, size, text } from '../util/schema-parts.js';
import { compared } from './common.js';

const { words, mismatches, seconds } = compared;

export const cosimSchema = z.strictObject({
  engine: text('what simulated: verilator or cxxrtl'),
  kernel: text('the process that ran alone, or the network'),
  words,
  mismatches,
  cycles: count('cycles of all calls, measured'),
  plannedCycles: count('cycles of the same calls, planned; 0 where nothing was planned'),
  processes: z.array(
    z.strictObject({
      name: text('name in the network'),
      busy: count('cycles in which it moved'),
      starved: count('cycles in which it waited for an input'),
      blocked: count('cycles in which it waited for room at an output'),
      waiting: count('cycles in which it waited for memory'),
    }),
  ),
  channels: z.array(
    z.strictObject({
      name: text('name in the network'),
      depth: size('words it holds'),
      highest: count('most words that it held'),
    }),
  ),
  seconds,
  seed: count('seed of whatever was random'),
  stalls: flag('whether FIFOs, boundary and ports paused at random'),
  memory: text('the memory at the ports: ddr3 or ideal'),
  problems: z.array(z.string()).describe('first differences and failures, a line each'),
});

/** A co-simulation in figures: words compared, cycles measured and planned, what each process and FIFO did. */
export type CosimFigures = Described<typeof cosimSchema>;
