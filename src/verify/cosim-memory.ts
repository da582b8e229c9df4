/** The same memory for the testbench that clocks the RTL and for the timed simulation that plans the same cycles. */

import { channelBytesPerCycle, type Device } from '../plan/board/device.js';
import type { BoardOptions } from '../plan/board/memory.js';
import type { CosimOptions } from '../tools/cosim/cosim.js';

/** A latency grows by up to so many cycles, at random: the testbench's default. */
const JITTER = 4;

/** The device's memory, for the testbench. */
export function testbenchMemory(device: Device) {
  const { channels, efficiency, latencyCycles } = device.memory;
  const bytesPerCycle = channelBytesPerCycle(device);
  return { bytesPerCycle, memoryChannels: channels, efficiency, latency: latencyCycles };
}

/** The testbench's settings, for the timed simulation. */
export function plannedMemory(options: Omit<CosimOptions, 'script'>): BoardOptions {
  const { memory, efficiency, latency, jitter = JITTER, slow } = options;
  return {
    ideal: memory === 'ideal',
    jitterCycles: jitter,
    ...(efficiency === undefined ? {} : { efficiency }),
    ...(latency === undefined ? {} : { latencyCycles: latency }),
    ...(slow === undefined ? {} : { slow }),
  };
}
