/**
 * Where the values of a body live: a scalar (for a vector: a lane's temporary inside its loop), a struct of lanes where a stream takes the
 * word whole, an array where another loop or another lane looks at it, or the bits of a memory word.
 */
import { elementFor } from '../../kernel/type.js';
import type { FunctionContext, Variable } from './context.js';
import type { Block, Dependences } from './fuse.js';
import { fused } from './fuse.js';
import type { Item } from './items.js';

/** The block an item stands in, and within a loop over rows the block over columns. */
interface Scope {
  readonly block: Block;
  readonly inside: Block | null;
}

/** Decides for every value of a body how its variable is kept, before anything is written. */
export function chooseStorage(
  items: readonly Item[],
  blocks: readonly Block[],
  dependences: Dependences,
  context: FunctionContext,
): void {
  const scopes = new Map<Item, Scope>();
  for (const block of blocks) {
    const inner = block.lanes === null || block.alone ? [] : fused(block.items, dependences, 1);
    for (const item of block.items)
      scopes.set(item, { block, inside: inner.find((one) => one.items.includes(item)) ?? null });
  }
  for (const maker of items) {
    if (maker.role === 'effect' && !maker.node.result) continue;
    if (maker.role === 'copy') continue;
    const { node } = maker;
    const word = context.holding.words.get(node);
    const rank = node.shape.length;
    const name = maker.into ? '' : context.nameOf(node);
    const narrow = elementFor(node.range, node.fracBits);
    let variable: Variable = { name, storage: 'scalar', element: narrow, kind: 'ap' };
    const o = node.operation;
    if (maker.role === 'pack' || o.kind === 'portRead') variable = { ...variable, storage: 'bits' };
    else if (maker.into)
      variable = { name: maker.into.name, storage: 'array', element: maker.into.type.element, kind: 'ap' };
    else if (o.kind === 'read')
      variable = { ...variable, storage: rank ? 'struct' : 'scalar', element: o.channel.type.element };
    else if (word) variable = { ...variable, storage: 'struct', element: word.element };
    else if (rank > 0 && (maker.role === 'place' || seenOutside(maker, items, scopes)))
      variable = { ...variable, storage: 'array' };
    context.variables.set(node, variable);
  }
}

/** True where some item reads a lane of it that is not the one being computed, or from another loop. */
function seenOutside(maker: Item, items: readonly Item[], scopes: ReadonlyMap<Item, Scope>): boolean {
  const own = scopes.get(maker)!;
  const rank = maker.node.shape.length;
  return items.some((item) => {
    const there = scopes.get(item)!;
    return item.accesses.some(({ node, match }) => {
      if (node !== maker.node || item === maker) return false;
      if (match < rank || there.block !== own.block) return true;
      return rank === 2 && there.inside !== own.inside;
    });
  });
}
