/**
 * The statements of a straight-line body, before they have an order: what each computes, over which lanes it runs, and which
 * variables it reads at which lane. A vector operation is one item that runs once a lane; fuse.ts puts items into loops.
 */
import type { Node, Register } from '../../kernel/ir.js';
import type { Shape } from '../../kernel/type.js';
import { elementFor, sameType } from '../../kernel/type.js';
import type { Speller } from './element.js';
import { element } from './element.js';
import type { Expression } from './expression.js';
import { ap, int } from './expression.js';
import type { Holding } from './hold.js';
import type { Index, Weave } from './lane-index.js';
import { placeOf, weaveOf } from './lane-index.js';

/**
 * value: a variable; reduce: an accumulation; place: part of a gather into its place; pack: lanes into the bits of a word;
 * copy: a word once more in another channel's type; effect: a read or write of something outside (registers and RAMs lane by lane).
 */
export type Role = 'value' | 'reduce' | 'place' | 'pack' | 'copy' | 'effect';

/** Reading `node`'s variable, or what it stands for; the first `match` axes are read at the very lane being computed. */
export interface Access {
  readonly node: Node;
  readonly match: number;
}

export interface Item {
  readonly node: Node;
  readonly role: Role;
  /** Lanes it runs over. */
  readonly loop: Shape;
  readonly accesses: readonly Access[];
  /** place: what goes where. */
  readonly part?: Part;
  /** Runs only where this condition holds; nobody looks at the result elsewhere. */
  readonly guard?: Node;
  /** The value is computed right into this register, as its new content. */
  readonly into?: Register;
  /** What is spelled instead of the node's own definition (the branch of a select that the guard stands for). */
  readonly definition?: Node;
}

export type Part =
  | { readonly kind: 'run'; readonly node: Node; readonly offset: number; readonly asRow: boolean }
  | { readonly kind: 'weave'; readonly weave: Weave };

/** Axis placeholders while accesses are recorded. */
export const AXES: readonly Index[] = [placeOf('@0'), placeOf('@1')];

/** A lane that is none of them. */
const ANY = placeOf('@any');

/** All items of a body, in program order, register writes last. */
export function itemsOf(body: readonly Node[], holding: Holding): Item[] {
  const items: Item[] = [];
  const add: Add = (node, role, loop, reads, part) => {
    const accesses = reads.flatMap((read) => recorded(read, holding));
    items.push({ node, role, loop, accesses, ...(part ? { part } : {}) });
  };
  const registers: Node[] = [];
  for (const node of body) {
    const o = node.operation;
    const when: Read[] = 'when' in o && o.when ? [{ node: o.when }] : [];
    switch (o.kind) {
      case 'read':
      case 'portRead':
        add(node, 'effect', [], when);
        break;
      case 'write':
        if (needsCopy(node, holding)) add(node, 'copy', o.channel.type.shape, [lanewise(o.value)]);
        add(node, 'effect', [], [...when, { node: o.value }]);
        break;
      case 'portWrite':
        if (packedIn(o.value) === null && o.value.shape.length > 0)
          add(node, 'pack', o.value.shape, [lanewise(o.value)]);
        add(node, 'effect', [], [{ node: packedIn(o.value) ?? o.value }]);
        break;
      case 'ramWrite':
        add(node, 'effect', o.ram.type.shape, [...when, { node: o.address }, lanewise(o.value)]);
        break;
      case 'regWrite':
        registers.push(node);
        break;
      default:
        if (holding.held.has(node)) addHeld(node, add);
    }
  }
  for (const node of registers) {
    const o = node.operation as Extract<Node['operation'], { kind: 'regWrite' }>;
    const when: Read[] = o.when ? [{ node: o.when }] : [];
    add(node, 'effect', o.register.type.shape, [...when, lanewise(o.value)]);
  }
  return items;
}

/** One value an item reads: lane by lane at `index`, or whole (index absent). */
export interface Read {
  readonly node: Node;
  readonly index?: readonly Index[];
  /** True for the value that the item defines. */
  readonly define?: boolean;
}
type Add = (node: Node, role: Role, loop: Shape, reads: readonly Read[], part?: Part) => void;

const lanewise = (node: Node): Read => ({ node, index: axes(node.shape) });

function addHeld(node: Node, add: Add): void {
  const o = node.operation;
  switch (o.kind) {
    case 'reduce':
      add(node, 'reduce', o.a.shape, [lanewise(o.a)]);
      return;
    case 'bitcast':
      if (packedIn(node) === node) add(node, 'pack', o.a.shape, [lanewise(o.a)]);
      return;
    case 'ramRead':
      add(node, 'value', node.shape, [{ node: o.address }]);
      return;
    case 'gather':
      addGather(node, o.parts, add);
      return;
    default:
      add(node, 'value', node.shape, [{ ...lanewise(node), define: true }]);
      return;
  }
}

function addGather(node: Node, parts: readonly Node[], add: Add): void {
  const weave = weaveOf(parts);
  if (weave) {
    const loop = weave.count === 1 ? [weave.turns] : [weave.turns, weave.count];
    add(
      node,
      'place',
      loop,
      weave.sources.map((source) => ({ node: source.node })),
      {
        kind: 'weave',
        weave,
      },
    );
    return;
  }
  let offset = 0;
  for (const part of parts) {
    const asRow = part.shape.length < node.shape.length;
    add(node, 'place', part.shape, [lanewise(part)], { kind: 'run', node: part, offset, asRow });
    offset += asRow ? 1 : part.shape[0];
  }
}

export const axes = (shape: Shape): Index[] => AXES.slice(0, shape.length);

/** What `node` at `index` is made of; with `define`, what its own definition is. */
export function recorded({ node, index, define }: Read, holding: Holding): Access[] {
  const accesses: Access[] = [];
  const leaf = (inside: Node, at: readonly Index[]): Expression => {
    let match = 0;
    while (match < at.length && at[match] === AXES[match]) ++match;
    accesses.push(packedIn(inside) ? { node: packedIn(inside)!, match: 0 } : { node: inside, match });
    return ap('', { bits: 1, signed: false, fracBits: 0 });
  };
  const by: Speller = {
    held: (inside) => !(define && inside === node) && holding.held.has(inside),
    variable: leaf,
    leaf,
    loopIndex: () => int(''),
  };
  element(node, index ?? node.shape.map(() => ANY), by);
  return accesses;
}

/** The node whose variable holds the bits of this word already, or null. */
export function packedIn(node: Node): Node | null {
  const o = node.operation;
  if (o.kind === 'portRead') return node;
  if (o.kind !== 'bitcast') return null;
  return elementFor(o.a.range).bits === o.from.bits ? (packedIn(o.a) ?? node) : node;
}

/** A vector whose variable has another channel's word type. */
export function needsCopy(write: Node, holding: Holding): boolean {
  const o = write.operation;
  if (o.kind !== 'write' || o.channel.type.shape.length === 0) return false;
  const from = o.value.operation;
  const own = holding.words.get(o.value) ?? (from.kind === 'read' ? from.channel.type : null);
  return own === null || !sameType(own, o.channel.type);
}
