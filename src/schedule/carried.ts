/** How many bits a placement of a nest's operations carries from stage to stage: what the emitter will make registers of. */
import type { Nest, Node } from '../kernel/ir.js';
import { operandsOf } from '../kernel/operands.js';
import { isView } from '../kernel/operations.js';
import { elementFor, laneCount } from '../kernel/type.js';
import { heldValues } from './held.js';
import type { ScheduledNode } from './schedule.js';

/** From this many stages on, bits go through a shift register in LUTs, which costs about as much as two flip-flops however long it is. */
const longWay = 4;

/** A function that counts, for the placements of one nest, the bits that registers carry; a bit in a shift register counts as two. */
export function carriedBits(nest: Nest): (placed: ReadonlyMap<Node, ScheduledNode>) => number {
  const body = new Set(nest.body);
  const held = heldValues(nest);
  const users = new Map<Node, Node[]>();
  const sources = (node: Node): Node[] => (isView(node) ? operandsOf(node).flatMap(sources) : [node]);
  for (const node of nest.body) {
    if (isView(node)) continue;
    for (const source of operandsOf(node).flatMap(sources)) {
      const isFixed = source.operation.kind === 'const' || source.range.lo === source.range.hi;
      if (body.has(source) && !isFixed) users.set(source, [...(users.get(source) ?? []), node]);
    }
  }
  return (placed) => {
    let total = 0;
    for (const [value, readers] of users) {
      const home = placed.get(value)!.resultStage;
      const register = held.get(value);
      const written = register ? placed.get(register.write)!.stage : Number.POSITIVE_INFINITY;
      const stages = readers.map((reader) => placed.get(reader)!.stage);
      const bits = elementFor(value.range).bits * laneCount(value.shape);
      const own = stages.filter((stage) => stage <= written);
      const later = stages.filter((stage) => stage > written);
      total += bits * (steps(home, own) + steps(written + 1, later));
    }
    return total;
  };
}

function steps(home: number, stages: readonly number[]): number {
  let from = home;
  let total = 0;
  for (const stage of [...stages].sort((a, b) => a - b)) {
    const gap = Math.max(0, stage - from);
    total += gap >= longWay ? 2 : gap;
    from = Math.max(from, stage);
  }
  return total;
}
