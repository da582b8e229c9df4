/** What the parts of a process's module share: names, the target, and what the nests ask of channels, memories and ports. */
import type { Channel, Node, Port, Process, Ram } from '../../kernel/ir.js';
import type { TimingTarget } from '../../schedule/target.js';
import type { NameOf } from '../network/name-values.js';
import type { Names } from '../network/names.js';
import type { Term } from './term.js';

/** A place in a nest that reads or writes a channel or a port. */
export interface Access {
  readonly kind: 'read' | 'write' | 'portRead' | 'portWrite';
  readonly target: Channel | Port;
  /** High while an iteration stands in the issue stage that will make the access. */
  readonly wants: string;
  /** Writes: the packed word, and what is high when it comes; null where it comes with the issue. */
  readonly word: string;
  readonly arrives: string | null;
  /** A cycle before the first iteration of the nest. */
  readonly enter: string;
}

export interface RamRead {
  readonly ram: Ram;
  /** High while an iteration of the reading nest stands at the read. */
  readonly wants: string;
  readonly address: string;
}

export interface RamWrite {
  readonly ram: Ram;
  readonly wants: string;
  readonly address: string;
  readonly word: string;
  /** A cycle before the first iteration of the nest that writes. */
  readonly enter: string;
}

export class ProcessContext {
  readonly accesses: Access[] = [];
  readonly ramReads: RamRead[] = [];
  readonly ramWrites: RamWrite[] = [];

  constructor(
    readonly process: Process,
    readonly target: TimingTarget,
    readonly names: Names,
    /** What a value is called, before other names are minded. */
    readonly nameOf: NameOf,
    /** Constants, scalars and the prologue's values. */
    readonly still: (node: Node, lowBits: number | null) => Term | null,
    /** The function that looks up a table. */
    readonly romFunction: (rom: string) => string,
  ) {}

  /** For a pass whose text is thrown away. */
  fork(): ProcessContext {
    const { process, target, names, nameOf, still, romFunction } = this;
    return new ProcessContext(process, target, names.fork(), nameOf, still, romFunction);
  }
}
