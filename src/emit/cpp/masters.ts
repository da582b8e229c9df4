/** The AXI masters of the top as the tool is told to build them: with the bursts and buffers of those in rtl/lib. */
import type { Network, Port } from '../../kernel/ir.js';
import { totalBits } from '../../kernel/type.js';
import { DESCRIPTOR_MASTER_WORDS, MASTER_WORDS } from '../../schedule/memory-choice.js';
import { hasTop } from '../network/boundary.js';
import { DESCRIPTOR_WORD_BITS } from '../network/descriptor-words.js';
import type { EmitOptions } from './options.js';

/** Words of memory that the vendor's cosimulation gives a port of which nothing is known. */
const COSIM_WORDS = 65536;
/** AXI's own limits of a burst. */
const PAGE_BYTES = 4096;
const MOST_BEATS = 256;
/** Bursts that axi_write_master has announced and not seen acknowledged, at most. */
const WRITE_BURSTS = 16;

/** The master of each port, that of the descriptors first where there is one. */
export function mastersOf(network: Network, options: EmitOptions) {
  const { cosimWords = () => COSIM_WORDS, bufferWords = () => MASTER_WORDS } = options;
  const master = (name: string, direction: Port['direction'], bits: number, buffer: number) => {
    // A buffer holds two bursts at least, as in axi_read_master and axi_write_master.
    const burst = Math.min(buffer / 2, (8 * PAGE_BYTES) / bits, MOST_BEATS);
    const outstanding = direction === 'read' ? buffer / burst : WRITE_BURSTS;
    return { name, direction, words: cosimWords(name), burst, outstanding };
  };
  return [
    ...(hasTop(network)
      ? [master('descriptors', 'read', DESCRIPTOR_WORD_BITS, DESCRIPTOR_MASTER_WORDS)]
      : []),
    ...network.ports.map(({ name, direction, type }) =>
      master(name, direction, totalBits(type), bufferWords(name)),
    ),
  ];
}
