/**
 * Emitted modules that are proved: the control registers and the top of a small network with a port of each direction and a descriptor of two
 * words, and a process.
 */
import { emitTop } from '../emit/rtl/top.js';
import { NetworkBuilder } from '../kernel/build/network-builder.js';
import type { Network } from '../kernel/ir.js';
import { sint, typeOf } from '../kernel/type.js';
import { readPort, writePort } from '../units/movement/mover.js';
import { processForProof } from './proof-process.js';

/** More than a word of descriptors has room for. */
const SCALARS = 17;

/** The small network. */
export function proofNetwork(): Network {
  const net = new NetworkBuilder('proof', 'What the proofs are about.');
  const word = typeOf(sint(8));
  const scalars = Array.from({ length: SCALARS }, (_, i) => net.scalar(`n${i}`, 0, 15, 'a scalar'));
  const a = net.port('a', 'read', word, 'words in');
  const b = net.port('b', 'write', word, 'words out');
  const channel = net.channel('words', word, 'words');
  const words = scalars[0];
  readPort(net, 'fetch', { port: a, base: 0, repeats: 1, outputs: [{ channel, words }] });
  writePort(net, 'store', { port: b, base: 0, repeats: 1, input: channel, words });
  return net.build();
}

/** Their text, by the names that files of rtl/proof call them. */
export function emittedForProofs(): Map<string, string> {
  const files = emitTop(proofNetwork(), 'proof_region');
  const text = (name: string) => files.get(`rtl/${name}.sv`)!;
  return new Map([
    ['emitted/top', text('fastmamba_proof')],
    ['emitted/control', text('fastmamba_proof_control')],
    ['emitted/process', processForProof()],
  ]);
}
