/**
 * Where the values of a nest stand in the module, and how an operation in some stage refers to them. A value has a home in the stage of its
 * result (a wire, a wire a lane in a named generate block, or a packed word) and registered copies in the later stages that
 * read it. Operations that only rearrange lanes have no home: they are resolved in the reference.
 */
import type { Node, Operation } from '../../kernel/ir.js';
import { laneCount } from '../../kernel/type.js';
import type { FanOut } from '../../schedule/fan-out.js';
import type { Names } from '../network/names.js';
import { BitsRead } from './bits-read.js';
import { divide, LANE, type Lane, type LaneSet, lanesOf, laneText, modulo, placeOf, plus } from './lane.js';
import { elementOf, literal, named, resize, type Term } from './term.js';

/** A home: `name` for a scalar, `block[lane].name` for lanes, bits of `name` for a word. */
export interface Home {
  readonly kind: 'scalar' | 'lanes' | 'word';
  readonly name: string;
  readonly block: string;
  /** Stage in which it can be used. */
  readonly stage: number;
}

/** What a pass over a nest found out. */
export interface Reads {
  /** In which stages each node is read, and which bits there. */
  readonly bits: ReadonlyMap<Node, ReadonlyMap<number, BitsRead>>;
  /** Scalars that lanes take from a row of equal registers: the stages in which they do, and how many registers the row has. */
  readonly rows: ReadonlyMap<Node, ReadonlyMap<number, number>>;
}

export class Values {
  private readonly homes = new Map<Node, Home>();
  private readonly copies = new Map<string, string>();
  private readonly aliases = new Map<Node, Node>();
  private readonly held = new Map<Node, { readonly read: Node; readonly written: number }>();
  /** Of this pass. */
  readonly reads = {
    bits: new Map<Node, Map<number, BitsRead>>(),
    rows: new Map<Node, Map<number, number>>(),
  } satisfies Reads;
  /** The generate block being written: its lanes are in scope under their bare names. */
  private openBlock = '';

  constructor(
    private readonly names: Names,
    /** Values that hold still while the nest runs; of which so many low bits are read (null: all). */
    private readonly still: (node: Node, lowBits: number | null) => Term | null,
    /** How much each value drives. */
    private readonly fanOut: FanOut,
    /** Reads of an earlier pass; null in the first one, which writes everything. */
    private readonly known: Reads | null,
  ) {}

  place(node: Node, home: Home): void {
    this.homes.set(node, home);
  }
  /** `node` is the same value as `first`: another read of a register. */
  alias(node: Node, first: Node): void {
    this.aliases.set(node, first);
  }
  /** `node` is written to a register in stage `written`; from the next stage on it is found there, as the next iteration's `read`. */
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
  /** Whether anything reads a node. */
  isRead(node: Node): boolean {
    return this.known === null || this.known.bits.has(node);
  }
  /** Stages after its own in which a node is read, ascending. */
  stagesOf(node: Node): number[] {
    const own = this.homeOf(node).stage;
    return [...((this.known ?? this.reads).bits.get(node)?.keys() ?? [])]
      .filter((stage) => stage > own)
      .sort((a, b) => a - b);
  }
  /** Bits of the last copy of a node, or of itself where it has none, that nothing reads: ranges of its name's bits. */
  leftOf(node: Node): [number, number][] {
    const home = this.homeOf(node);
    const last = this.stagesOf(node).at(-1) ?? home.stage;
    const fold = home.kind === 'lanes' ? elementOf(node).bits : undefined;
    return this.known?.bits.get(node)?.get(last)?.left(fold) ?? [];
  }
  /** Whether registers of a node's lanes must not become one where they are equal (FanOut). */
  isSteering(node: Node): boolean {
    return this.fanOut.isSteering(node);
  }
  /** Name of a copy (or of the value itself, in its own stage). */
  nameIn(node: Node, stage: number): string {
    const home = this.homeOf(node);
    if (stage <= home.stage || node.operation.kind === 'const') return home.name;
    return this.copyName(node, `s${stage}`);
  }

  private copyName(node: Node, end: string): string {
    const home = this.homeOf(node);
    const key = `${home.block}.${home.name}@${end}`;
    const name = this.copies.get(key) ?? this.names.claim(`${home.name}_${end}`);
    this.copies.set(key, name);
    return name;
  }

  /** Rows of equal registers from which lanes take a scalar, by stages. */
  rowsOf(node: Node): { readonly stage: number; readonly name: string; readonly copies: number }[] {
    const rows = [...((this.known ?? this.reads).rows.get(node) ?? [])].sort(([a], [b]) => a - b);
    return rows.map(([stage, copies]) => ({ stage, name: this.rowName(node, stage), copies }));
  }
  private rowName(node: Node, stage: number): string {
    return this.copyName(node, `s${stage}_copies`);
  }

  /** The operand in a stage; for a vector, one lane of it; for a scalar that drives too much, the register of that lane. Of it, so many low bits are read (null: all). */
  ref(given: Node, stage: number, lane: Lane = 0, lowBits: number | null = null): Term {
    const node = this.aliases.get(given) ?? given;
    const o = node.operation;
    // What can have one value only needs no hardware.
    if (node.range.lo === node.range.hi) return constantOf(node, node.range.lo);
    const still = this.still(node, lowBits);
    if (still) return still;
    const held = this.held.get(node);
    if (held && stage > held.written) return this.ref(held.read, stage - 1, lane, lowBits);
    switch (o.kind) {
      case 'const': {
        const value = o.values.length === 1 ? o.values[0] : null;
        if (value !== null || o.values.every((v) => v === o.values[0]))
          return constantOf(node, value ?? o.values[0]);
        if (typeof lane === 'number') return constantOf(node, o.values[lane]);
        break;
      }
      case 'splat':
        return this.ref(o.a, stage, lane, lowBits);
      case 'perRow':
        return this.ref(o.a, stage, divide(lane, node.shape[1]), lowBits);
      case 'perCol':
        return this.ref(o.a, stage, modulo(lane, node.shape[1]), lowBits);
      case 'lane':
        return this.ref(o.a, stage, plus(lane, o.index * laneCount(node.shape)), lowBits);
      case 'lanes':
        return this.ref(o.a, stage, plus(lane, o.start * laneCount(node.shape.slice(1))), lowBits);
      case 'reshape':
        return this.ref(o.a, stage, lane, lowBits);
      case 'bitcast': {
        const root = this.wordOf(node);
        if (this.homes.has(node) || !root) break;
        return this.laneOfWord(root, elementOf(node), stage, lane, lowBits);
      }
      case 'assume': {
        if (this.homes.has(node)) break;
        const { bits } = elementOf(node);
        return narrowed(node, this.ref(o.a, stage, lane, Math.min(bits, lowBits ?? bits)));
      }
    }
    return this.at(node, stage, lane, lowBits);
  }

  /** The node whose packed word is the value's, if there is one. */
  wordOf(node: Node): Node | null {
    const o = node.operation;
    const source =
      o.kind === 'reshape' ? o.a : o.kind === 'bitcast' && !this.homes.has(node) ? castSource(o) : null;
    const root = source && this.wordOf(source);
    return root ?? (this.homes.get(node)?.kind === 'word' ? node : null);
  }

  /** The packed word that a node is, if it is one, in a stage; all of it is read. */
  wordName(node: Node, stage: number): string | null {
    const root = this.wordOf(node);
    if (!root) return null;
    this.read(root, stage).mark(0, Number.MAX_SAFE_INTEGER);
    return this.nameIn(root, stage);
  }

  private at(node: Node, stage: number, lane: Lane, lowBits: number | null): Term {
    const home = this.homeOf(node);
    const element = elementOf(node);
    if (typeof lane !== 'number' && stage > home.stage && this.fanOut.isBroad(node))
      return this.inRow(node, stage, lane);
    if (home.kind === 'word') return this.laneOfWord(node, element, stage, lane, lowBits);
    this.mark(node, stage, element.bits, home.kind === 'scalar' ? 0 : lane, lowBits);
    const name = this.nameIn(node, stage);
    if (home.kind === 'scalar') return named(name, element);
    if (this.openBlock === home.block && laneText(lane) === LANE) return named(name, element);
    return named(`${home.block}[${laneText(lane)}].${name}`, element);
  }

  /** A scalar as the register that drives this lane has it: made of what the stage before has. */
  private inRow(node: Node, stage: number, lane: LaneSet): Term {
    const element = elementOf(node);
    this.read(node, stage - 1).mark(0, element.bits);
    const lanes = Math.max(...lane.all) + 1;
    const share = Math.ceil(lanes / this.fanOut.copiesOf(node));
    const rows = this.reads.rows.get(node) ?? new Map<number, number>();
    this.reads.rows.set(node, rows.set(stage, Math.max(rows.get(stage) ?? 0, Math.ceil(lanes / share))));
    return slice(this.rowName(node, stage), element, divide(lane, share));
  }

  private laneOfWord(
    root: Node,
    element: { readonly bits: number; readonly signed: boolean },
    stage: number,
    lane: Lane,
    lowBits: number | null,
  ): Term {
    this.mark(root, stage, element.bits, lane, lowBits);
    return slice(this.nameIn(root, stage), element, lane);
  }

  private mark(root: Node, stage: number, bits: number, lane: Lane, lowBits: number | null): void {
    const read = this.read(root, stage);
    for (const one of lanesOf(lane)) read.mark(one * bits, Math.min(bits, lowBits ?? bits));
  }

  private read(node: Node, stage: number): BitsRead {
    const home = this.homeOf(node);
    if (stage < home.stage)
      throw new RangeError(`node ${node.id} is wanted in stage ${stage}, before it is there`);
    const stages = this.reads.bits.get(node) ?? new Map<number, BitsRead>();
    this.reads.bits.set(node, stages);
    const lanes = home.kind === 'scalar' ? 1 : laneCount(node.shape);
    const read = stages.get(stage) ?? new BitsRead(elementOf(node).bits * lanes);
    stages.set(stage, read);
    return read;
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
  const place = placeOf(lane, bits);
  const text = bits === 1 && !signed ? `${word}[${place}]` : `${word}[${place} +: ${bits}]`;
  return { text: signed ? `$signed(${text})` : text, bits, signed, plain: false };
}
