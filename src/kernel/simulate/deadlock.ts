/** Explains a deadlock: follows who waits for whom until the chain closes, or ends at a process that has ended. */
import type { Network } from '../ir.js';
import type { Engine } from './engine.js';
import type { Wait } from './state.js';

/** Who waits for whom, where nothing moves any more. */
export interface Deadlock {
  readonly cycle: number;
  /** Each waits for the channel, whose other end is the next one; of a closed chain the last waits for the first. */
  readonly chain: readonly {
    readonly process: string;
    readonly nest: string;
    readonly channel: string;
    readonly state: 'empty' | 'full';
    readonly depth: number;
  }[];
  readonly closed: boolean;
  /** One line for people. */
  readonly message: string;
}

/** The channels of the circle that are full: the ones whose depth can end the deadlock. */
export function fullChannels({ chain }: Deadlock): string[] {
  return chain.filter(({ state }) => state === 'full').map(({ channel }) => channel);
}

export function explainDeadlock(network: Network, engine: Engine): Deadlock {
  // Who is ahead in the calls waits for those who are not, never the other way round: the reason is among the last.
  const last = Math.min(
    ...engine.processes.map(({ call, done }) => (done ? Number.POSITIVE_INFINITY : call)),
  );
  const waiting = engine.processes.flatMap(({ wait, call }, i) => (wait && call === last ? [i] : []));
  const next = (index: number) => {
    const wait = engine.processes[index].wait as Wait & { kind: 'empty' | 'full' };
    const fifo = engine.fifos[wait.channel];
    return wait.kind === 'empty' ? fifo.writer : fifo.reader;
  };
  const seen: number[] = [];
  let at = waiting[0];
  while (!seen.includes(at) && !engine.processes[at].done) {
    seen.push(at);
    at = next(at);
  }
  const closed = seen.includes(at);
  const chain = (closed ? seen.slice(seen.indexOf(at)) : seen).map((index) => {
    const { plan, nest, wait } = engine.processes[index];
    const { channel, kind } = wait as Wait & { kind: 'empty' | 'full' };
    return {
      process: plan.name,
      nest: plan.nests[nest].label,
      channel: network.channels[channel].name,
      state: kind,
      depth: engine.fifos[channel].depth,
    };
  });
  const links = chain.map(
    ({ process, channel, state, depth }) =>
      `${process} waits for ${channel} (${state === 'empty' ? 'empty' : `full, ${depth} words`})`,
  );
  const end = closed ? chain[0].process : `${engine.processes[at].plan.name}, which has ended`;
  return {
    cycle: engine.cycle,
    chain,
    closed,
    message: `deadlock in cycle ${engine.cycle}: ${links.join(' <- ')} <- ${end}`,
  };
}
