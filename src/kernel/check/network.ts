/**
 * The static rules of the language, checked on the finished network without trusting the builder: who may use a channel, a memory or a port,
 * and how often; what may steer; what fits where. Ranges, shapes and control flags are recomputed (values.ts). What
 * depends on run-time values (rates, distances, assumptions, addresses of ports) is checked by interpreter and rate counter.
 */

import { followingPorts } from '../following-ports.js';
import type { Network, Node, Process } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import { sameType, streamProblem } from '../type.js';
import { nestProblems } from './nest.js';
import { valueProblems } from './values.js';

/** Names of the channels that the surroundings write (inputs) and read (outputs). */
export interface Boundary {
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
}

/** Throws KernelError with all rules broken, one a line: where, what was found, what was expected. */
export function checkNetwork(network: Network, boundary: Boundary = {}): void {
  const problems = networkProblems(network, boundary);
  if (problems.length > 0) throw new KernelError(`network ${network.name}:\n  ${problems.join('\n  ')}`);
}

/** The rules broken, one line each; empty for a correct network. */
export function networkProblems(network: Network, boundary: Boundary = {}): string[] {
  return [
    ...nameProblems(network),
    ...channelProblems(network, boundary),
    ...portProblems(network),
    ...network.processes.flatMap((process) => [
      ...valueProblems(process),
      ...process.nests.flatMap((nest) => nestProblems(process, nest)),
    ]),
  ];
}

function nameProblems(network: Network): string[] {
  const twice = (where: string, names: readonly string[]) =>
    names
      .filter((name, i) => names.indexOf(name) !== i)
      .map((name) => `${where}: the name ${name} is used twice, expected unique names`);
  const items = [...network.scalars, ...network.channels, ...network.ports, ...network.processes];
  const named = (nodes: readonly Node[]) => nodes.flatMap((node) => node.name ?? []);
  return [
    ...twice(
      'network',
      items.map((item) => item.name),
    ),
    ...network.processes.flatMap((process) => [
      ...twice(
        `process ${process.name}`,
        [...process.rams, ...process.roms].map((memory) => memory.name),
      ),
      ...twice(
        `process ${process.name}, nests`,
        process.nests.map((nest) => nest.label),
      ),
      ...process.nests.flatMap((nest) =>
        twice(`process ${process.name}, nest ${nest.label}`, named(nest.body)),
      ),
    ]),
  ];
}

/** Processes with an operation of that kind on each item, in flow order. */
function users(network: Network, kind: string, of: (operation: object) => unknown): Map<unknown, Process[]> {
  const found = new Map<unknown, Process[]>();
  for (const process of network.processes)
    for (const { operation } of process.nests.flatMap((nest) => nest.body)) {
      if (operation.kind !== kind) continue;
      const list = found.get(of(operation)) ?? [];
      if (!list.includes(process)) list.push(process);
      found.set(of(operation), list);
    }
  return found;
}

function channelProblems(network: Network, { inputs = [], outputs = [] }: Boundary): string[] {
  const problems: string[] = [];
  const channelOf = (operation: object) => (operation as { channel: unknown }).channel;
  const writers = users(network, 'write', channelOf);
  const readers = users(network, 'read', channelOf);
  for (const name of [...inputs, ...outputs])
    if (!network.channels.some((channel) => channel.name === name))
      problems.push(`boundary: ${name} is no channel of the network`);
  for (const channel of [...writers.keys(), ...readers.keys()])
    if (!network.channels.includes(channel as never))
      problems.push(`channel ${(channel as { name: string }).name}: used, but not of the network`);
  for (const channel of network.channels) {
    const say = (text: string) => problems.push(`channel ${channel.name}: ${text}`);
    const [from, to] = [writers.get(channel) ?? [], readers.get(channel) ?? []];
    const expectEnds = (found: readonly Process[], what: string, boundary: boolean, role: string) => {
      const names = found.map((process) => process.name).join(', ') || 'none';
      if (found.length !== (boundary ? 0 : 1))
        say(`${what} ${names}, expected ${boundary ? `none (it is declared ${role})` : 'one'}`);
    };
    expectEnds(from, 'written by', inputs.includes(channel.name), 'an input');
    expectEnds(to, 'read by', outputs.includes(channel.name), 'an output');
    const tooWide = streamProblem(channel.type);
    if (tooWide) say(tooWide);
    const depth = network.depths.get(channel);
    if (depth === undefined || !Number.isInteger(depth) || depth < 1)
      say(`depth ${depth ?? 'missing'}, expected 1 word or more`);
    for (const writer of from)
      for (const reader of to)
        if (network.processes.indexOf(writer) >= network.processes.indexOf(reader))
          say(
            `from ${writer.name} back to ${reader.name}, expected to a process later in flow order (no cycles)`,
          );
  }
  return problems;
}

function portProblems(network: Network): string[] {
  const problems: string[] = [];
  const portOf = (operation: object) => (operation as { port: unknown }).port;
  const readers = users(network, 'portRead', portOf);
  const writers = users(network, 'portWrite', portOf);
  for (const port of network.ports) {
    const reading = readers.get(port) ?? [];
    const writing = writers.get(port) ?? [];
    const all = [...new Set([...reading, ...writing])].map((process) => process.name);
    if (all.length > 1) problems.push(`port ${port.name}: used by ${all.join(', ')}, expected one process`);
    const wrong = port.direction === 'read' ? writing : reading;
    for (const { name } of wrong)
      problems.push(
        `port ${port.name}: ${port.direction === 'read' ? 'written' : 'read'} by ${name}, expected direction ${port.direction}`,
      );
  }
  for (const { port, after } of followingPorts(network)) {
    if (port.direction !== 'read' || after.direction !== 'write')
      problems.push(
        `port ${port.name}: follows ${after.name}, expected a port that is read after one that is written`,
      );
    if (!sameType(port.type, after.type))
      problems.push(`port ${port.name}: follows ${after.name}, expected words of one type`);
    // Pages count as written in ascending order.
    for (const { name, nests } of writers.get(after) ?? []) {
      const bursts = nests.filter(({ burst }) => burst?.port === after);
      if (
        bursts.length > 1 ||
        bursts.some(({ loops }) => loops.slice(0, -1).some(({ maxBound }) => maxBound > 1))
      )
        problems.push(
          `port ${after.name}: ${port.name} follows it, expected ${name} to write it in one burst`,
        );
    }
  }
  return problems;
}
