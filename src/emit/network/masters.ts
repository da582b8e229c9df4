/** The AXI masters of a top: one for the descriptors and one a port, with the bursts and buffers of those in rtl/lib. */
import type { Network, Port } from '../../kernel/ir.js';
import { totalBits } from '../../kernel/type.js';
import { PAGE_BYTES } from '../../plan/board/paged-memory.js';
import { DESCRIPTOR_MASTER_WORDS, masterWords, WRITE_BURSTS } from '../../schedule/memory-choice.js';
import { hasTop } from './boundary.js';
import { DESCRIPTOR_WORD_BITS } from './descriptor-words.js';

export interface Master {
  readonly name: string;
  readonly direction: Port['direction'];
  /** Of a word. */
  readonly bits: number;
  /** Words of the longest burst. */
  readonly burst: number;
  /** Bursts asked for and not yet answered, at most. */
  readonly outstanding: number;
}

/** Words that the AXI master of a port may have asked for and not delivered. */
export type BufferWords = (port: Port) => number;

/** AXI's own limit of a burst, beside the page. */
const MOST_BEATS = 256;

/** The master of each port, that of the descriptors first where there is one. */
export function mastersOf(
  network: Network,
  bufferWords: BufferWords = (port) => masterWords(port),
): Master[] {
  const master = (name: string, direction: Port['direction'], bits: number, buffer: number): Master => {
    // A buffer holds two bursts at least, as in axi_read_master and axi_write_master.
    const burst = Math.min(buffer / 2, (8 * PAGE_BYTES) / bits, MOST_BEATS);
    const outstanding = direction === 'read' ? buffer / burst : WRITE_BURSTS;
    return { name, direction, bits, burst, outstanding };
  };
  return [
    ...(hasTop(network)
      ? [master('descriptors', 'read', DESCRIPTOR_WORD_BITS, DESCRIPTOR_MASTER_WORDS)]
      : []),
    ...network.ports.map((port) =>
      master(port.name, port.direction, totalBits(port.type), bufferWords(port)),
    ),
  ];
}
