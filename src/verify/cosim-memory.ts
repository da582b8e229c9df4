/** The settings of the testbench's memory for the timed simulation that plans the same cycles. */
import type { BoardOptions } from '../plan/board/memory.js';
import type { CosimOptions } from '../tools/cosim/cosim.js';

/** The testbench's settings, for the timed simulation. */
export function plannedMemory(options: Omit<CosimOptions, 'script'>): BoardOptions {
  const { memory, latency, jitter = 0, slow } = options;
  return {
    ideal: memory === 'ideal',
    jitterCycles: jitter,
    ...(latency === undefined ? {} : { latencyCycles: latency }),
    ...(slow === undefined ? {} : { slow }),
  };
}
