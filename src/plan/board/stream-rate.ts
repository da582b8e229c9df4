/** What the memory gives to long streams: an outcome of its model, not a figure of the device. */
import type { Device } from './device.js';
import { memoryTiming } from './memory-timing.js';
import { PAGE_BYTES, PagedMemory } from './paged-memory.js';

/** Enough for dozens of refreshes. */
const PAGES = 1024;
/** Pages that a stream has asked for and not got. */
const AHEAD = 4;

const known = new WeakMap<Device, number>();

/** Bytes a kernel cycle that long streams get from all channels together: as many streams as there are channels, read page after page. */
export function streamBytesPerCycle(device: Device): number {
  let rate = known.get(device);
  if (rate === undefined) {
    rate = measure(device);
    known.set(device, rate);
  }
  return rate;
}

function measure(device: Device): number {
  const timing = memoryTiming(device);
  const memory = new PagedMemory(timing);
  const { channels, banks, rowBytes, accessBytes } = timing;
  const span = channels * banks * rowBytes;
  const beats = PAGE_BYTES / accessBytes;
  const streams = Array.from({ length: channels }, (_, i) => ({
    port: memory.add(accessBytes, true),
    // Far apart, and in other banks at the same time.
    address: 1024 * PAGES * span * i + Math.floor((span * i) / channels / PAGE_BYTES) * PAGE_BYTES,
    left: PAGES,
  }));
  let now = 0;
  for (let ended = 0; ended < streams.length; now++) {
    memory.advance(now);
    for (const stream of streams) {
      const { port } = stream;
      while (port.bursts.length < AHEAD && stream.left > 0) {
        memory.ask(port, stream.address, beats, now + 1);
        stream.address += PAGE_BYTES;
        stream.left--;
        if (stream.left === 0) ended++;
      }
    }
  }
  // What is still on its way when the last page is asked for is left out at the end as it is at the beginning.
  const bytes = streams.reduce((sum, { port }) => sum + port.served * accessBytes, 0);
  return bytes / now;
}
