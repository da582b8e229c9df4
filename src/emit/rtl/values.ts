/**
 * Where the values of a nest stand in the module, and how an operation in some stage refers to them. A value has a home in the stage of its
 * result (a wire, a wire a lane in a named generate block, or a packed word) and registered copies in later stages where
 * somebody wants it there. Operations that only rearrange lanes have no home: they are resolved in the reference.
 */
import type { Node, Operation } from '../../kernel/ir.js';
import { laneCount } from '../../kernel/type.js';
import type { Names } from './names.js';
import { elementOf, literal, named, resize, type Term } from './term.js';

/** A home: `name` for a scalar, `block[lane].name` for lanes, bits of `name` for a word. */
export interface Home {
  readonly kind: 'scalar' | 'lanes' | 'word';
  readonly name: string;
  readonly block: string;
  /** Stage in which it can be used. */
  readonly stage: number;
}

/** A lane: a number, or an expression in the genvar `i`. */
export type Lane = number | string;

/** The genvar of lane loops. */
export const LANE = 'i';

export class Values {
  private readonly homes = new Map<Node, Home>();
  private readonly copies = new Map<string, string>();
  private readonly aliases = new Map<Node, Node>();
  private readonly held = new Map<Node, { readonly read: Node; readonly written: number }>();
  /** Stages, by node, in which copies are wanted: filled by a first pass over the nest. */
  readonly wanted = new Map<Node, Set<number>>();
  /** The generate block being written: its lanes are in scope under their bare names. */
  private openBlock = '';

  constructor(
    private readonly names: Names,
    /** Values that hold still while the nest runs. */
    private readonly still: (node: Node) => Term | null,
  ) {}

  place(node: Node, home: Home): void {
    this.homes.set(node, home);
  }
  /** `node` is the same value as `first`: another read of a register. */
  alias(node: Node, first: Node): void {
    this.aliases.set(node, first);
  }
  /** `node` is written to a register in stage `written`: behind it, it stands there, where the next iteration's `read` finds it. */
  hold(node: Node, read: Node, written: number): void {
    this.held.set(node, { read, written });
  }
  homeOf(node: Node): Home {
    const home = this.homes.get(node);
    if (!home) throw new RangeError(`no home for node ${node.id} (${node.operation.kind})`);
    return home;
  }
  enter(block: string): void {
    this.openBlock = block;
  }
  /** Stages after its own in which a node is wanted, ascending. */
  stagesOf(node: Node): number[] {
    const own = this.homeOf(node).stage;
    return [...(this.wanted.get(node) ?? [])].filter((stage) => stage > own).sort((a, b) => a - b);
  }
  /** Name of a copy (or of the value itself, in its own stage). */
  nameIn(node: Node, stage: number): string {
    const home = this.homeOf(node);
    if (stage <= home.stage || node.operation.kind === 'const') return home.name;
    const key = `${home.block}.${home.name}@${stage}`;
    let name = this.copies.get(key);
    if (!name) {
      name = this.names.claim(`${home.name}_s${stage}`);
      this.copies.set(key, name);
    }
    return name;
  }

  /** The operand in a stage; for a vector, one lane of it. */
  ref(given: Node, stage: number, lane: Lane = 0): Term {
    const node = this.aliases.get(given) ?? given;
    const o = node.operation;
    // What can have one value only needs no hardware.
    if (node.range.lo === node.range.hi) return constantOf(node, node.range.lo);
    const still = this.still(node);
    if (still) return still;
    const held = this.held.get(node);
    if (held && stage > held.written) return this.ref(held.read, stage - 1, lane);
    switch (o.kind) {
      case 'const': {
        const value = o.values.length === 1 ? o.values[0]! : null;
        if (value !== null || o.values.every((v) => v === o.values[0]))
          return constantOf(node, value ?? o.values[0]!);
        if (typeof lane === 'number') return constantOf(node, o.values[lane]!);
        break;
      }
      case 'splat':
        return this.ref(o.a, stage);
      case 'perRow':
        return this.ref(o.a, stage, divide(lane, node.shape[1]!));
      case 'perCol':
        return this.ref(o.a, stage, modulo(lane, node.shape[1]!));
      case 'lane':
        return this.ref(o.a, stage, plus(lane, o.index * laneCount(node.shape)));
      case 'lanes':
        return this.ref(o.a, stage, plus(lane, o.start * laneCount(node.shape.slice(1))));
      case 'reshape':
        return this.ref(o.a, stage, lane);
      case 'bitcast':
        if (this.homes.has(node)) break;
        return this.bitsOfWord(o.a, node, stage, lane);
      case 'assume':
        if (this.homes.has(node)) break;
        return narrowed(node, this.ref(o.a, stage, lane));
    }
    return this.at(node, node, stage, lane);
  }

  /** The packed word that a node is, if it is one, in a stage. */
  wordName(node: Node, stage: number): string | null {
    const o = node.operation;
    const source =
      o.kind === 'reshape' ? o.a : o.kind === 'bitcast' && !this.homes.has(node) ? castSource(o) : null;
    const name = source && this.wordName(source, stage);
    if (name) return name;
    const home = this.homes.get(node);
    if (home?.kind !== 'word') return null;
    this.want(node, stage);
    return this.nameIn(node, stage);
  }

  private bitsOfWord(root: Node, node: Node, stage: number, lane: Lane): Term {
    const word = this.wordName(root, stage);
    if (word === null) throw new RangeError(`bits of node ${root.id}, which is no word`);
    return slice(word, elementOf(node), lane);
  }

  private at(root: Node, node: Node, stage: number, lane: Lane): Term {
    const home = this.homeOf(root);
    this.want(root, stage);
    const name = this.nameIn(root, stage);
    const element = elementOf(node);
    if (home.kind === 'scalar') return named(name, element);
    if (home.kind === 'word') return slice(name, element, lane);
    if (this.openBlock === home.block && lane === LANE) return named(name, element);
    return named(`${home.block}[${lane}].${name}`, element);
  }

  private want(node: Node, stage: number): void {
    if (stage < this.homeOf(node).stage)
      throw new RangeError(`node ${node.id} is wanted in stage ${stage}, before it is there`);
    const stages = this.wanted.get(node);
    if (stages) stages.add(stage);
    else this.wanted.set(node, new Set([stage]));
  }
}

/** What a cast only reads otherwise: an operand whose lanes are just as wide as it takes them. */
export function castSource({ a, from }: Extract<Operation, { kind: 'bitcast' }>): Node | null {
  return elementOf(a).bits === from.bits ? a : null;
}

/** A constant of the node's type. */
export function constantOf(node: Node, value: bigint): Term {
  const { bits, signed } = elementOf(node);
  return { text: literal(value, bits, signed), bits, signed, plain: false, constant: value };
}

/** The same value, known to be in the node's narrower range. */
export function narrowed(node: Node, term: Term): Term {
  const { bits, signed } = elementOf(node);
  if (bits === term.bits && signed === term.signed) return term;
  const text = resize(term, bits);
  // A cast keeps the operand's sign; the narrower range may have another.
  const cast = signed === term.signed ? text : signed ? `$signed(${text})` : `$unsigned(${text})`;
  return { text: cast, bits, signed, plain: false };
}

/** One lane of a packed word. */
export function slice(
  word: string,
  { bits, signed }: { readonly bits: number; readonly signed: boolean },
  lane: Lane,
): Term {
  const place =
    typeof lane === 'number' ? `${bits * lane}` : bits === 1 ? `${lane}` : `${bits} * ${inBrackets(lane)}`;
  const text = bits === 1 && !signed ? `${word}[${place}]` : `${word}[${place} +: ${bits}]`;
  return { text: signed ? `$signed(${text})` : text, bits, signed, plain: false };
}

export function plus(lane: Lane, offset: number): Lane {
  if (offset === 0) return lane;
  return typeof lane === 'number' ? lane + offset : `${lane} + ${offset}`;
}
function divide(lane: Lane, by: number): Lane {
  if (by === 1) return lane;
  return typeof lane === 'number' ? Math.floor(lane / by) : `${inBrackets(lane)} / ${by}`;
}
function modulo(lane: Lane, by: number): Lane {
  if (by === 1) return 0;
  return typeof lane === 'number' ? lane % by : `${inBrackets(lane)} % ${by}`;
}
const inBrackets = (lane: string) => (/^\w+$/.test(lane) ? lane : `(${lane})`);
