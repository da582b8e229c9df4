/**
 * Moves loop-carried paths later. A register whose value is wanted late should not be read as soon as possible: its value would be carried through
 * all stages between, while it may be computed from a few control bits. Reads and writes of a register (or of a RAM with a distance) go
 * together to the stage where the fewest bits are carried. Depth, channel writes and whatever else the outside sees stay where they are.
 */
import type { Nest, Node } from '../kernel/ir.js';
import { operandsOf } from '../kernel/operands.js';
import { isAccess } from '../kernel/operations.js';
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
  const moves = [...swaps(nest, movable), ...[...movable].map((node): Move => new Map([[node, 0]]))];
  const isFixed = fixedNodes(nest, movable);
  const count = carriedBits(nest);
  const last = lastStage(first);
  let best = { placed: first, bits: count(first), earliest: new Map<Node, number>() };
  for (let previous = Number.POSITIVE_INFINITY; best.bits < previous; ) {
    previous = best.bits;
    for (const move of moves) {
      const { earliest, placed: from } = best;
      const now = Math.min(...[...move].map(([node, ahead]) => from.get(node)!.stage + ahead));
      for (let stage = now + 1; stage <= last; stage++) {
        const later = new Map(earliest);
        for (const [node, ahead] of move) later.set(node, Math.max(stage - ahead, later.get(node) ?? 0));
        const placed = settle(later);
        if (!placed || lastStage(placed) > last) break;
        if (isFixed.some((other) => placed.get(other)!.stage !== first.get(other)!.stage)) break;
        const bits = count(placed);
        if (bits < best.bits) best = { placed, bits, earliest: later };
      }
    }
  }
  return best.placed;
}

/** Where a move may begin, those that come last in the body first: users are in their place before what they use follows. */
function movableNodes(nest: Nest): Set<Node> {
  const outside = seenOutside(nest);
  const found = nest.body.filter((node) => {
    const o = node.operation;
    if (o.kind === 'read') return !outside.has(node);
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
    const filling = [...before].filter((node) => movable.has(node) && node.operation.kind !== 'gather');
    return [new Map([[read, 0], ...filling.map((node): [Node, number] => [node, 1])])];
  });
}

/** Operations whose results reach more than registers. */
function seenOutside(nest: Nest): Set<Node> {
  const seen = new Set<Node>();
  for (const node of [...nest.body].reverse())
    if (node.operation.kind !== 'regWrite' && (seen.has(node) || !node.result))
      for (const operand of operandsOf(node)) seen.add(operand);
  return seen;
}

/** What the outside sees: accesses of channels, ports and memories, but for the movable ones. */
function fixedNodes(nest: Nest, movable: ReadonlySet<Node>): Node[] {
  return nest.body.filter((node) => isAccess(node) && !movable.has(node));
}

function lastStage(placed: Placement): number {
  return [...placed.values()].reduce((most, n) => Math.max(most, n.stage, n.resultStage), 0);
}
