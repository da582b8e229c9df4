/**
 * Puts the items of a body into an order of blocks: straight lines, and loops over lanes that hold as many items as can share one.
 * An item joins a loop only if everything it needs from that loop is needed at the same lane; else it comes after. Program order is
 * kept among channel reads, among channel writes, for each RAM, and a register is replaced after all who look at it.
 */
import type { Node } from '../kernel/ir.js';
import type { Item } from './cpp-items.js';

/** Lines (`lanes` null) or a loop of `lanes`; matrix items in a loop over rows are ordered once more, over columns. */
export interface Block {
  readonly lanes: number | null;
  readonly items: Item[];
  /** True for a loop of its own kind that nothing else may join. */
  readonly alone: boolean;
}

interface Dependence {
  readonly on: Item;
  readonly match: number;
}

export type Dependences = ReadonlyMap<Item, readonly Dependence[]>;

/** What must come before what. */
export function dependencesOf(items: readonly Item[]): Dependences {
  const makers = new Map<Node, Item[]>();
  const lookers = new Map<object, { item: Item; match: number }[]>();
  const memories = new Map<object, Item[]>();
  let lastRead: Item | null = null;
  let lastWrite: Item | null = null;
  const found = new Map<Item, Dependence[]>();
  for (const item of items) {
    const on: Dependence[] = [];
    const o = item.node.operation;
    for (const { node, match } of item.accesses) {
      for (const maker of makers.get(node) ?? [])
        if (maker !== item) on.push({ on: maker, match: whole(maker) ? 0 : match });
      if (node.operation.kind === 'regRead') add(lookers, node.operation.register, { item, match });
    }
    if (o.kind === 'read' || o.kind === 'portRead') {
      if (lastRead) on.push({ on: lastRead, match: 0 });
      lastRead = item;
    }
    if ((o.kind === 'write' || o.kind === 'portWrite') && item.role === 'effect') {
      for (const before of [lastRead, lastWrite]) if (before) on.push({ on: before, match: 0 });
      for (const maker of makers.get(item.node) ?? []) on.push({ on: maker, match: 0 });
      lastWrite = item;
    }
    if (o.kind === 'ramRead' || o.kind === 'ramWrite') {
      for (const before of memories.get(o.ram) ?? []) on.push({ on: before, match: o.ram.type.shape.length });
      add(memories, o.ram, item);
    }
    if (o.kind === 'regWrite') {
      for (const look of lookers.get(o.register) ?? [])
        if (look.item !== item) on.push({ on: look.item, match: look.match });
      for (const before of memories.get(o.register) ?? [])
        on.push({ on: before, match: o.register.type.shape.length });
      add(memories, o.register, item);
    }
    if (item.node.result || item.role !== 'effect') add(makers, item.node, item);
    found.set(item, on);
  }
  return found;
}

/** Items whose variable is complete only when their whole loop has run. */
function whole(item: Item): boolean {
  return item.role === 'pack' || item.role === 'place' || item.role === 'copy';
}

/** Blocks in order; `depth` axes of each item's loop are already open. */
export function fused(items: readonly Item[], dependences: Dependences, depth = 0): Block[] {
  const blocks: Block[] = [];
  const place = new Map<Item, number>();
  for (const item of items) {
    const lanes = item.loop[depth] ?? null;
    let earliest = 0;
    for (const { on, match } of dependences.get(item) ?? []) {
      const at = place.get(on);
      if (at === undefined) continue;
      const together = blocks[at]!.lanes === lanes && !blocks[at]!.alone && (lanes === null || match > depth);
      earliest = Math.max(earliest, together ? at : at + 1);
    }
    const alone = item.part?.kind === 'weave';
    const joins = (block: Block, i: number) =>
      i >= earliest && block.lanes === lanes && !block.alone && !alone;
    let at = blocks.findIndex(joins);
    if (at < 0) at = blocks.push({ lanes, items: [], alone }) - 1;
    blocks[at]!.items.push(item);
    place.set(item, at);
  }
  return blocks;
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
