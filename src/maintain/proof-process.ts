/**
 * The process that is proved: an emitted one with all that its control may have to do. Two nests whose lengths are known at run time, one of
 * which may be empty; iterations that wait after their first stage; an interval; words that come late, and iterations that write none.
 */
import { emitProcessModule } from '../emit/rtl/process.js';
import { NetworkBuilder } from '../kernel/build/network-builder.js';
import { typeOf, uint } from '../kernel/type.js';
import { scheduleNetwork } from '../schedule/asap.js';
import { vc709Timing } from '../schedule/target.js';

/** Its text. What it should do is written once more in rtl/proof/process.svh. */
export function processForProof(): string {
  const net = new NetworkBuilder('proof', 'What the proofs are about.');
  const words = net.scalar('words', 0, 3, 'words of the first nest');
  const more = net.scalar('more', 0, 3, 'words of the second nest');
  const from = net.channel('from', typeOf(uint(2)), 'words in');
  const to = net.channel('to', typeOf(uint(7)), 'words out');
  net.process('proof_process', 'proof', 'Fourth powers of all words but the last, then squares.', (p) => {
    p.nest(
      'fourth',
      [{ index: 'word', bound: p.arg(words) }],
      ({ word }) => {
        const x = p.read(from);
        p.write(to, x.mul(x).mul(x).mul(x), word.add(1).ne(p.arg(words)));
      },
      { interval: 2 },
    );
    p.nest('square', [{ index: 'word', bound: p.arg(more) }], () => {
      const x = p.read(from);
      p.write(to, x.mul(x));
    });
  });
  const network = net.build();
  return emitProcessModule(network.processes[0], network, scheduleNetwork(network, vc709Timing), '').text;
}
