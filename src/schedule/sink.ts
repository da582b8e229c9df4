/**
 * Moves loop-carried paths later. A register whose value is wanted late should not be read as soon as possible: its value would be carried through
 * all stages between, while it may be computed from a few control bits. Reads and writes of a register (or of a RAM with a distance) go
 * together to the stage where the fewest bits are carried. Depth, channel writes and whatever else the outside sees stay where they are; only for a
 * register that takes over what another one holds may all that follows come a stage later.
 */
import type { Nest, Node } from '../kernel/ir.js';
import { operandsOf } from '../kernel/operands.js';
import { isAccess } from '../kernel/operations.js';
import { steeringNodes } from '../kernel/steering.js';
import { carriedBits } from './carried.js';
import { heldValues } from './held.js';
import type { ScheduledNode } from './schedule.js';

export type Placement = ReadonlyMap<Node, ScheduledNode>;

/** Operations to start no earlier than so many stages before a common one. */
type Move = ReadonlyMap<Node, number>;

/** A placement that carries fewer bits than `first`, or `first`. `settle` places everything again, no earlier than told; null where it cannot. */
export function sinkRecurrences(
  nest: Nest,
  first: Placement,
  settle: (earliest: ReadonlyMap<Node, number>) => Placement | null,
): Placement {
  const movable = movableNodes(nest);
  if (movable.size === 0) return first;
  const moves = [
    ...swaps(nest, movable).map((nodes) => ({ nodes, delay: 1 })),
    ...[...movable].map((node) => ({ nodes: new Map([[node, 0]]) as Move, delay: 0 })),
  ];
  const isFixed = fixedNodes(nest, movable);
  const count = carriedBits(nest);
  let best = { placed: first, bits: count(first), earliest: new Map<Node, number>() };
  for (let previous = Number.POSITIVE_INFINITY; best.bits < previous; ) {
    previous = best.bits;
    for (const { nodes: move, delay } of moves) {
      const { earliest, placed: from } = best;
      const last = lastStage(from) + delay;
      const now = Math.min(...[...move].map(([node, ahead]) => from.get(node)!.stage + ahead));
      for (let stage = now + 1; stage <= last; stage++) {
        const later = new Map(earliest);
        for (const [node, ahead] of move) later.set(node, Math.max(stage - ahead, later.get(node) ?? 0));
        const placed = settle(later);
        if (!placed || lastStage(placed) > last) break;
        const isLater = (node: Node) => placed.get(node)!.stage - from.get(node)!.stage;
        if (isFixed.some((node) => isLater(node) > delay)) break;
        const bits = count(placed);
        if (bits < best.bits) best = { placed, bits, earliest: later };
      }
    }
  }
  return best.placed;
}

/** Where a move may begin, those that come last in the body first: users are in their place before what they use follows. */
function movableNodes(nest: Nest): Set<Node> {
  const steering = steeringNodes(nest);
  const found = nest.body.filter((node) => {
    if (steering.has(node)) return false;
    const o = node.operation;
    if (o.kind === 'ramRead') return nest.distances.has(o.ram);
    return o.kind === 'regRead' || o.kind === 'gather';
  });
  return new Set(found.reverse());
}

/** A register that takes over what another one holds, together with all that fills that one: best a stage apart (held.ts). */
function swaps(nest: Nest, movable: ReadonlySet<Node>): Move[] {
  const held = heldValues(nest);
  return nest.body.flatMap((write): Move[] => {
    if (write.operation.kind !== 'regWrite') return [];
    const { register, value } = write.operation;
    const before = new Set<Node>([value]);
    for (const node of before) for (const operand of operandsOf(node)) before.add(operand);
    const taken = [...before].some((node) => held.has(node) && held.get(node)!.write !== write);
    const read = nest.body.find(({ operation: o }) => o.kind === 'regRead' && o.register === register);
    if (!taken || !read || before.has(read)) return [];
    const isAfter = (node: Node): boolean =>
      operandsOf(node).some((operand) => held.has(operand) || isAfter(operand));
    const moved = [...before].filter((node) => movable.has(node));
    // What is put together of held values is wanted with the read, and what fills their registers a stage before.
    const filling = moved.filter((node) => node.operation.kind !== 'gather');
    const together = moved.filter((node) => node.operation.kind === 'gather' && isAfter(node));
    return [
      new Map([
        ...[read, ...together].map((node): [Node, number] => [node, 0]),
        ...filling.map((node): [Node, number] => [node, 1]),
      ]),
    ];
  });
}

/** What the outside sees: accesses of channels, ports and memories, but for the movable ones. */
function fixedNodes(nest: Nest, movable: ReadonlySet<Node>): Node[] {
  return nest.body.filter((node) => isAccess(node) && !movable.has(node));
}

function lastStage(placed: Placement): number {
  return [...placed.values()].reduce((most, n) => Math.max(most, n.stage, n.resultStage), 0);
}
