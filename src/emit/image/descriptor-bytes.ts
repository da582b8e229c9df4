/** Descriptors as bytes: the scalars of a call as 32-bit fields in network order, padded to whole words. */
import type { Network } from '../../kernel/ir.js';
import { DESCRIPTOR_WORD_BITS, descriptorWords } from '../network/descriptor-words.js';

/** Bytes of one descriptor of a network. */
export function descriptorBytes(network: Network): number {
  return (descriptorWords(network) * DESCRIPTOR_WORD_BITS) / 8;
}

/** A table of descriptors, from values by scalar name. */
export function encodeDescriptors(
  network: Network,
  calls: readonly Readonly<Record<string, number>>[],
): Uint8Array {
  const stride = descriptorBytes(network);
  const bytes = new Uint8Array(stride * calls.length);
  const view = new DataView(bytes.buffer);
  calls.forEach((values, i) => {
    network.scalars.forEach((scalar, field) => {
      view.setUint32(i * stride + field * 4, values[scalar.name], true);
    });
  });
  return bytes;
}
