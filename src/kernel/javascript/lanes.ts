/**
 * Lane loops: turns vector operations into JavaScript loops over flat arrays. Vectors used once are computed inside the loop of their user
 * (fused); vectors used more often, and those that need all lanes at once, are stored. Reads of channels, memories and registers, and
 * selections of lanes from them, are *views*: an array and an offset, never copied.
 */

import type { Node, Operation } from '../ir.js';
import { operandsOf } from '../operands.js';
import { laneCount } from '../type.js';
import type { Block } from './block.js';
import type { Atom } from './expression.js';
import { expression, inRepresentation, literal } from './expression.js';
import { fitsNumber, type Storage, storageFor } from './storage.js';

/** A stored vector: lane i is `array[base + i]`. */
export interface View {
  readonly array: string;
  readonly base: string;
  readonly storage: Storage;
}

/** A place in a vector: its row-major number and, for matrices, row and column where they are at hand. */
interface Place {
  readonly flat: string;
  readonly row?: string;
  readonly column?: string;
  /** The block of the loop over `row`: what depends on the row alone is computed there. */
  readonly rowBlock?: Block;
}

/** The statement that reports a value (a variable of that name) outside the range of its node, or replaces it. */
export type Guard = (node: Node, value: string) => string;

/** From this many lanes on a copy by the engine is faster than a loop. */
const LANES_TO_COPY = 32;

export class LaneWriter {
  /** Scalars and views by node, as far as emitted. */
  readonly scalars = new Map<Node, Atom>();
  readonly views = new Map<Node, View>();
  private names = 0;

  /** `checkAll`: every result is checked against its inferred range. */
  constructor(
    private readonly guard: Guard,
    private readonly checkAll: boolean,
  ) {}

  fresh(prefix: string): string {
    return `${prefix}${this.names++}`;
  }

  /** The atom of a scalar node; computes it in `block` if need be. */
  scalar(block: Block, node: Node): Atom {
    return this.lane(block, node, { flat: '0' });
  }

  /** Stores all lanes of a vector (or a scalar) at `base` of an array. */
  fill(block: Block, node: Node, to: View): void {
    const put = (inner: Block, place: string, atom: Atom) => {
      const text = inRepresentation(atom, to.storage.big);
      // Adding 0 turns the -0 of a product into 0.
      inner.push(
        `${to.array}[${sum(to.base, place)}] = ${to.storage.name === 'Float64Array' ? `${text} + 0` : text};`,
      );
    };
    const o = node.operation;
    const view = this.view(block, node);
    if (node.shape.length === 0) {
      put(block, '0', this.scalar(block, node));
    } else if (view) {
      const count = laneCount(node.shape);
      if (count >= LANES_TO_COPY && view.storage.name === to.storage.name)
        block.push(
          `${to.array}.set(${view.array}.subarray(${view.base}, ${sum(view.base, String(count))}), ${to.base});`,
        );
      else
        this.loops(block, node.shape, (inner, place) =>
          put(inner, place.flat, this.lane(inner, node, place)),
        );
    } else if (o.kind === 'reshape') {
      this.fill(block, o.a, to);
    } else if (o.kind === 'gather') {
      let start = 0;
      for (const part of o.parts) {
        this.fill(block, part, { ...to, base: sum(to.base, String(start)) });
        start += laneCount(part.shape);
      }
    } else if (o.kind === 'select' && o.c.shape.length === 0 && !this.checkAll) {
      const condition = this.scalar(block, o.c);
      block.nested(`if (${condition.text})`, (inner) => this.fill(inner, o.a, to));
      block.nested('else', (inner) => this.fill(inner, o.b, to));
    } else {
      this.loops(block, node.shape, (inner, place) => put(inner, place.flat, this.lane(inner, node, place)));
    }
  }

  /** Makes an array of a node and computes all its lanes. The array is allocated once, by a line of `head`. */
  store(block: Block, node: Node, head: string[]): void {
    const storage = storageFor(node.range);
    const view: View = { array: this.fresh('v'), base: '0', storage };
    head.push(`const ${view.array} = new ${storage.name}(${laneCount(node.shape)});`);
    if (node.operation.kind === 'bitcast') this.bitcast(block, node.operation, view, head);
    else this.fill(block, node, view);
    if (node.shape.length > 0) this.views.set(node, view);
    else this.scalars.set(node, { text: `${view.array}[0]`, range: node.range, big: storage.big });
  }

  private bitcast(
    block: Block,
    { a, from: element, to }: Operation & { kind: 'bitcast' },
    view: View,
    head: string[],
  ): void {
    if (!this.view(block, a)) {
      const storage = storageFor(a.range);
      const from: View = { array: this.fresh('v'), base: '0', storage };
      head.push(`const ${from.array} = new ${storage.name}(${laneCount(a.shape)});`);
      this.fill(block, a, from);
      this.views.set(a, from);
    }
    const from = this.views.get(a)!;
    const { bits, signed } = to.element;
    block.push(
      `H.bitcast(${from.array}, ${from.base}, ${laneCount(a.shape)}, ${element.bits}, ${view.array}, ${bits}, ${signed});`,
    );
  }

  /** A vector node as a view, or null where its lanes must be computed. To be called for each node in body order, in the body's block. */
  view(block: Block, node: Node): View | null {
    const known = this.views.get(node);
    if (known) return known;
    const made = this.makeView(block, node);
    if (made) this.views.set(node, made);
    return made;
  }

  private makeView(block: Block, node: Node): View | null {
    const o = node.operation;
    if (node.shape.length === 0) return null;
    const size = laneCount(node.shape);
    switch (o.kind) {
      case 'reshape':
        return this.view(block, o.a);
      case 'lanes':
      case 'lane': {
        const from = this.view(block, o.a);
        const step = laneCount(o.a.shape.slice(1));
        return (
          from && { ...from, base: sum(from.base, String((o.kind === 'lane' ? o.index : o.start) * step)) }
        );
      }
      case 'pick': {
        const from = this.view(block, o.a);
        if (!from) return null;
        const base = this.fresh('b');
        block.push(`const ${base} = ${sum(from.base, product(this.scalar(block, o.index).text, size))};`);
        return { ...from, base };
      }
      case 'select': {
        const [a, b] = [this.view(block, o.a), this.view(block, o.b)];
        const name = storageFor(node.range).name;
        if (o.c.shape.length > 0 || a?.storage.name !== name || b?.storage.name !== name) return null;
        const condition = this.scalar(block, o.c).text;
        const view = { array: this.fresh('v'), base: this.fresh('b'), storage: a.storage };
        block.push(
          `const ${view.array} = ${condition} ? ${a.array} : ${b.array};`,
          `const ${view.base} = ${condition} ? ${a.base} : ${b.base};`,
        );
        return view;
      }
      default:
        return null;
    }
  }

  /** One lane of a node. */
  private lane(block: Block, node: Node, place: Place): Atom {
    const scalar = this.scalars.get(node);
    if (scalar) return scalar;
    const o = node.operation;
    if (o.kind === 'const' && o.values.length === 1) return literal(o.values[0]);
    const key = `${node.id}@${place.flat}`;
    const known = block.find(key);
    if (known) return known;
    const made = this.makeLane(block, node, place);
    block.remember(key, made);
    return made;
  }

  private makeLane(block: Block, node: Node, place: Place): Atom {
    const view = node.shape.length > 0 ? this.view(block, node) : null;
    if (view) {
      const name = this.fresh('t');
      block.push(`const ${name} = ${view.array}[${sum(view.base, place.flat)}];`);
      const atom: Atom = { text: name, range: node.range, big: view.storage.big };
      const big = !fitsNumber(node.range);
      return atom.big === big ? atom : { ...atom, text: inRepresentation(atom, big), big };
    }
    const o = node.operation;
    switch (o.kind) {
      case 'splat':
        return this.scalar(block, o.a);
      case 'perRow': {
        const row = place.row ?? divided(place.flat, node.shape[1]);
        return this.lane(place.rowBlock ?? block, o.a, { flat: row });
      }
      case 'perCol':
        return this.lane(block, o.a, { flat: place.column ?? remainder(place.flat, node.shape[1]) });
      case 'reshape':
        return this.lane(block, o.a, { flat: place.flat });
      case 'lanes': {
        const { rowBlock: _, ...rest } = place;
        const skipped = String(o.start * laneCount(node.shape.slice(1)));
        const moved = { ...rest, flat: sum(place.flat, skipped) };
        return this.lane(block, o.a, place.row ? { ...moved, row: sum(place.row, String(o.start)) } : moved);
      }
      case 'lane':
        return this.lane(block, o.a, this.within(node, String(o.index), place));
      case 'pick':
        return this.lane(block, o.a, this.within(node, this.scalar(block, o.index).text, place));
      case 'reduce':
        return this.reduce(block, node, o.op, o.a, place);
      case 'lookup': {
        const index = this.lane(block, o.index, place);
        return this.named(block, node, `K.${o.rom.name}[${index.text}]`);
      }
      default: {
        const args = operandsOf(node).map((operand) =>
          this.lane(block, operand, operand.shape.length === 0 ? { flat: '0' } : place),
        );
        return this.named(block, node, expression(node, args), args[0]);
      }
    }
  }

  /** Where lane `place` of row (or lane) `index` of a larger vector lies. */
  private within(node: Node, index: string, place: Place): Place {
    if (node.shape.length === 0) return { flat: index };
    return { flat: sum(product(index, node.shape[0]), place.flat), row: index, column: place.flat };
  }

  private named(block: Block, node: Node, text: string, assumed?: Atom): Atom {
    const name = this.fresh('n');
    if (node.operation.kind === 'assume') {
      // Checked before it becomes a number: the narrower range is what is being claimed.
      block.push(`let ${name}_ = ${assumed!.text};`, this.guard(node, `${name}_`));
      block.push(
        `const ${name} = ${inRepresentation({ ...assumed!, text: `${name}_` }, !fitsNumber(node.range))};`,
      );
    } else if (this.checkAll) {
      block.push(`let ${name} = ${text};`, this.guard(node, name));
    } else block.push(`const ${name} = ${text};`);
    return { text: name, range: node.range, big: !fitsNumber(node.range) };
  }

  private reduce(block: Block, node: Node, op: 'add' | 'min' | 'max', a: Node, place: Place): Atom {
    const count = a.shape[a.shape.length - 1];
    const total = this.fresh('n');
    const big = !fitsNumber(node.range);
    const first = op === 'add' ? literal(0n) : literal(op === 'min' ? a.range.hi : a.range.lo);
    block.push(`let ${total} = ${inRepresentation(first, big)};`);
    const index = this.fresh('i');
    block.nested(`for (let ${index} = 0; ${index} < ${count}; ${index}++)`, (inner) => {
      const row = node.shape.length > 0 ? place.flat : null;
      const at: Place = row
        ? { flat: sum(product(row, count), index), row, column: index, rowBlock: block }
        : { flat: index };
      const item = inRepresentation(this.lane(inner, a, at), big);
      if (op !== 'add') inner.push(`if (${item} ${op === 'min' ? '<' : '>'} ${total}) ${total} = ${item};`);
      else {
        const narrow = node.range.lo >= -(2n ** 31n) && node.range.hi < 2n ** 31n;
        inner.push(narrow ? `${total} = (${total} + ${item}) | 0;` : `${total} += ${item};`);
      }
    });
    if (this.checkAll) block.push(this.guard(node, total));
    return { text: total, range: node.range, big };
  }

  private loops(block: Block, shape: readonly number[], body: (inner: Block, place: Place) => void): void {
    const [first, second] = shape as [number, number | undefined];
    const i = this.fresh('i');
    block.nested(`for (let ${i} = 0; ${i} < ${first}; ${i}++)`, (outer) => {
      if (second === undefined) {
        body(outer, { flat: i });
        return;
      }
      const j = this.fresh('i');
      outer.nested(`for (let ${j} = 0; ${j} < ${second}; ${j}++)`, (inner) => {
        body(inner, { flat: sum(product(i, second), j), row: i, column: j, rowBlock: outer });
      });
    });
  }
}

const isNumber = (text: string) => /^\d+$/.test(text);

function sum(a: string, b: string): string {
  if (a === '0') return b;
  if (b === '0') return a;
  return isNumber(a) && isNumber(b) ? String(Number(a) + Number(b)) : `${a} + ${b}`;
}

function product(a: string, factor: number): string {
  if (factor === 1) return a;
  return isNumber(a) ? String(Number(a) * factor) : `(${a}) * ${factor}`;
}

const divided = (a: string, by: number) =>
  isNumber(a) ? String(Math.floor(Number(a) / by)) : `((${a}) / ${by} | 0)`;
const remainder = (a: string, by: number) => (isNumber(a) ? String(Number(a) % by) : `((${a}) % ${by})`);
