/** The order in which data flow: processes sorted so that every channel goes from an earlier one to a later one. Refuses a cycle. */
import type { Channel, Process } from './ir.js';
import { KernelError } from './kernel-error.js';

/** Sorts processes topologically, otherwise as given. Throws KernelError naming the cycle. */
export function inFlowOrder(processes: readonly Process[]): Process[] {
  const producerOf = new Map<Channel, Process>();
  const inputs = new Map<Process, Channel[]>();
  for (const process of processes) {
    const read: Channel[] = [];
    for (const node of process.nests.flatMap((nest) => nest.body)) {
      if (node.operation.kind === 'write') producerOf.set(node.operation.channel, process);
      if (node.operation.kind === 'read') read.push(node.operation.channel);
    }
    inputs.set(process, read);
  }
  const ordered: Process[] = [];
  const state = new Map<Process, 'open' | 'done'>();
  const visit = (process: Process, path: readonly string[]) => {
    if (state.get(process) === 'done') return;
    if (state.get(process) === 'open')
      throw new KernelError(
        `a cycle of processes: ${[...path, process.name].join(' -> ')}; the network must be acyclic`,
      );
    state.set(process, 'open');
    for (const channel of inputs.get(process) ?? []) {
      const producer = producerOf.get(channel);
      if (producer) visit(producer, [...path, process.name]);
    }
    state.set(process, 'done');
    ordered.push(process);
  };
  for (const process of processes) visit(process, []);
  return ordered;
}
