/** Rules within one loop nest: ports of memories, order of accesses, bursts, loop bounds, and that only control values steer. */

import type { Nest, Node, Operation, Process } from '../ir.js';
import { printNode } from '../javascript/state.js';
import { operandsOf } from '../operands.js';
import { isControl } from './values.js';

/** The rules broken by a nest, one line each. */
export function nestProblems(process: Process, nest: Nest): string[] {
  const say = (text: string) => `process ${process.name}, nest ${nest.label}: ${text}`;
  return [
    ...boundProblems(nest),
    ...memoryProblems(process, nest),
    ...channelProblems(nest),
    ...registerProblems(nest),
    ...burstProblems(nest),
    ...steeringProblems(nest),
  ].map(say);
}

/** Operations of a kind in body order. */
function all<K extends Operation['kind']>(nest: Nest, kind: K): Extract<Operation, { kind: K }>[] {
  return nest.body.map((node) => node.operation).filter((o) => o.kind === kind) as Extract<
    Operation,
    { kind: K }
  >[];
}

function count<T>(items: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

function boundProblems(nest: Nest): string[] {
  const problems: string[] = [];
  if (!Number.isInteger(nest.interval) || nest.interval < 1)
    problems.push(`interval ${nest.interval}, expected a whole number of cycles`);
  for (const { label, bound, maxBound, size } of nest.loops) {
    if (size && (bound.operation.kind !== 'const' || size.value !== maxBound))
      problems.push(`loop ${label}: the bound is called ${size.factors.join(' * ')} = ${size.value}`);
    if (!isControl(bound) || bound.shape.length > 0)
      problems.push(`loop ${label}: the bound depends on data or is a vector`);
    if (!Number.isSafeInteger(maxBound) || bound.range.hi > BigInt(maxBound))
      problems.push(`loop ${label}: largest bound ${maxBound}, found up to ${bound.range.hi}`);
    if (nest.body.includes(bound)) problems.push(`loop ${label}: the bound is computed inside the nest`);
  }
  return problems;
}

function memoryProblems(process: Process, nest: Nest): string[] {
  const problems: string[] = [];
  const reads = count(all(nest, 'ramRead').map((o) => o.ram));
  const writes = count(all(nest, 'ramWrite').map((o) => o.ram));
  for (const ram of new Set([...reads.keys(), ...writes.keys()])) {
    const [r, w] = [reads.get(ram) ?? 0, writes.get(ram) ?? 0];
    if (r > 1 || w > 1)
      problems.push(`ram ${ram.name}: ${r} reads and ${w} writes an iteration, expected at most one of each`);
    if (!process.rams.includes(ram)) problems.push(`ram ${ram.name}: not of this process`);
    const kinds = nest.body.flatMap(({ operation: o }) =>
      (o.kind === 'ramRead' || o.kind === 'ramWrite') && o.ram === ram ? [o.kind] : [],
    );
    if (kinds.indexOf('ramWrite') >= 0 && kinds.indexOf('ramWrite') < kinds.lastIndexOf('ramRead'))
      problems.push(
        `ram ${ram.name}: read after it is written, expected reads first (they see the iteration's start)`,
      );
  }
  for (const [ram, distance] of nest.distances) {
    if (!Number.isInteger(distance) || distance < 1)
      problems.push(`ram ${ram.name}: distance ${distance}, expected a whole number of iterations`);
    if (!reads.has(ram) || !writes.has(ram))
      problems.push(
        `ram ${ram.name}: a distance is declared, expected only where it is both read and written`,
      );
  }
  for (const { rom } of all(nest, 'lookup'))
    if (!process.roms.includes(rom)) problems.push(`rom ${rom.name}: not of this process`);
  return problems;
}

function channelProblems(nest: Nest): string[] {
  return (['read', 'write'] as const).flatMap((kind) =>
    [...count(all(nest, kind).map((o) => o.channel))]
      .filter(([, sites]) => sites > 1)
      .map(
        ([channel, sites]) => `channel ${channel.name}: ${sites} places that ${kind} it, expected one a nest`,
      ),
  );
}

function registerProblems(nest: Nest): string[] {
  const problems: string[] = [];
  for (const [register, writes] of count(all(nest, 'regWrite').map((o) => o.register)))
    if (writes > 1)
      problems.push(`register ${register.name}: written in ${writes} places, expected at most one`);
  for (const { register } of [...all(nest, 'regRead'), ...all(nest, 'regWrite')])
    if (!nest.registers.includes(register)) problems.push(`register ${register.name}: not of this nest`);
  for (const { register, value, when } of all(nest, 'regWrite'))
    if (register.control && !(isControl(value) && (!when || isControl(when))))
      problems.push(`control register ${register.name}: written with data, expected control values`);
  return problems;
}

function burstProblems({ body, burst, loops }: Nest): string[] {
  const uses = body.flatMap(({ operation: o }) =>
    o.kind === 'portRead' || o.kind === 'portWrite' ? [o.port] : [],
  );
  if (!burst) return uses.map((port) => `port ${port.name}: used without a burst`);
  const problems: string[] = [];
  if (uses.length !== 1 || uses[0] !== burst.port)
    problems.push(
      `burst of port ${burst.port.name}: uses ${uses.map((port) => port.name).join(', ') || 'no port'}, expected this port once`,
    );
  if (loops.length === 0) problems.push(`burst of port ${burst.port.name}: no loop to run through`);
  const varies = (node: Node): boolean =>
    node.operation.kind === 'regRead' ||
    (node.operation.kind === 'index' && node.operation.loop === loops.length - 1) ||
    operandsOf(node).some(varies);
  if (varies(burst.address))
    problems.push(
      `burst of port ${burst.port.name}: the address depends on the innermost index or a register, expected outer indices only`,
    );
  if (!isControl(burst.address) || burst.address.range.lo < 0n)
    problems.push(`burst of port ${burst.port.name}: the address depends on data or can be negative`);
  return problems;
}

function steeringProblems(nest: Nest): string[] {
  const problems: string[] = [];
  for (const node of nest.body) {
    const o = node.operation;
    const when = 'when' in o ? o.when : null;
    if (when) {
      if (o.kind !== 'regWrite' && !isControl(when))
        problems.push(`${printNode(node)}: the condition depends on data, expected control values only`);
      if (when.shape.length > 0 || when.range.lo < 0n || when.range.hi > 1n)
        problems.push(
          `${printNode(node)}: the condition is ${when.range.lo}..${when.range.hi}, expected one 0 or 1`,
        );
    }
    if (o.kind !== 'ramRead' && o.kind !== 'ramWrite') continue;
    if (!isControl(o.address)) problems.push(`ram ${o.ram.name}: the address depends on data`);
    const { lo, hi } = o.address.range;
    if (lo < 0n || hi >= BigInt(o.ram.depth))
      problems.push(`ram ${o.ram.name}: address ${lo}..${hi}, expected 0..${o.ram.depth - 1}`);
  }
  return problems;
}
