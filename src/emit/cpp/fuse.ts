/**
 * Puts the items of a body into an order of blocks: straight lines, and loops over lanes that hold as many items as can share one.
 * An item joins a loop only if everything it needs from that loop is needed at the same lane; else it comes after. Program order is
 * kept among channel reads, among channel writes, for each RAM, and a register is replaced after all who look at it.
 */
import type { Node } from '../../kernel/ir.js';
import type { Item } from './items.js';

/** Lines (`lanes` null) or a loop of `lanes`; matrix items in a loop over rows are ordered once more, over columns. */
export interface Block {
  readonly lanes: number | null;
  readonly items: Item[];
  /** The condition under which the loop runs at all. */
  readonly guard: Node | null;
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
      // A word of a RAM is read whole, then written whole: lane by lane in one loop, a synthesizer may see each read wait for a write.
      for (const before of memories.get(o.ram) ?? [])
        on.push({ on: before, match: before.node.operation.kind === o.kind ? o.ram.type.shape.length : 0 });
      add(memories, o.ram, item);
    }
    const register = item.into ?? (o.kind === 'regWrite' ? o.register : null);
    if (register) {
      for (const look of lookers.get(register) ?? [])
        if (look.item !== item) on.push({ on: look.item, match: look.match });
      for (const before of memories.get(register) ?? [])
        on.push({ on: before, match: register.type.shape.length });
      add(memories, register, item);
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
  const kin = kinOf(items, dependences);
  for (const item of items) {
    const lanes = item.loop[depth] ?? null;
    const guard = lanes === null ? null : (item.guard ?? null);
    const alone = item.part?.kind === 'weave';
    const same = (block: Block) =>
      block.lanes === lanes && block.guard === guard && !block.alone && !alone && akin(item, block, kin);
    let earliest = 0;
    for (const { on, match } of dependences.get(item) ?? []) {
      const at = place.get(on);
      if (at === undefined) continue;
      const together = same(blocks[at]) && (lanes === null || match > depth);
      earliest = Math.max(earliest, together ? at : at + 1);
    }
    let at = blocks.findIndex((block, i) => i >= earliest && same(block));
    if (at < 0) at = blocks.push({ lanes, guard, items: [], alone }) - 1;
    blocks[at].items.push(item);
    place.set(item, at);
  }
  return blocks;
}

/** A vector joins a loop over the rows of a matrix, or the other way round, only where they have to do with each other. */
function akin(item: Item, block: Block, kin: ReadonlyMap<Item, ReadonlySet<Item>>): boolean {
  const rank = item.loop.length;
  if (block.items.every((other) => other.loop.length === rank)) return true;
  return block.items.some((other) => kin.get(item)!.has(other));
}

/** Items that depend on one another directly, or that a third one needs both of. */
function kinOf(items: readonly Item[], dependences: Dependences): Map<Item, Set<Item>> {
  const kin = new Map(items.map((item) => [item, new Set<Item>()]));
  for (const item of items) {
    const group = [item, ...(dependences.get(item) ?? []).map(({ on }) => on)].filter((one) => kin.has(one));
    if (item.loop.length === 0) continue;
    for (const a of group) for (const b of group) if (a !== b) kin.get(a)!.add(b);
  }
  return kin;
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
