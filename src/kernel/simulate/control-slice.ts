/**
 * The control slice of a network: which channels and ports every iteration of every nest uses. Steering is control-only by the rules of the
 * language, so the slice needs no data: it is compiled from conditions, indices, arguments and control registers alone.
 */

import type { Channel, Nest, Network, Node, Port, Process, Register } from '../ir.js';
import { Block } from '../javascript/block.js';
import { filled, prologueSource, romLanes } from '../javascript/compile.js';
import { firstValue } from '../javascript/declare.js';
import { inRepresentation } from '../javascript/expression.js';
import { helpers } from '../javascript/helpers.js';
import { LaneWriter } from '../javascript/lanes.js';
import { printNode } from '../javascript/state.js';
import { fitsNumber, type Lanes, type Storage, storageFor } from '../javascript/storage.js';
import { KernelError } from '../kernel-error.js';
import { operandsOf } from '../operands.js';
import { steeringNodes } from '../steering.js';
import { rangeOf } from '../type.js';

/** One place in a nest that reads or writes a channel or a port; its position in `accessesOf` is its bit. */
export interface Access {
  readonly kind: 'read' | 'write' | 'portRead' | 'portWrite';
  readonly target: Channel | Port;
  readonly when: Node | null;
}

/** What one nest does in one call. */
export interface NestTrace {
  readonly iterations: number;
  /** Passes through the innermost loop are this many iterations: a burst each. */
  readonly burst: number;
  /** The accesses of each iteration, a bit each; or one number where all iterations are alike. */
  readonly masks: number | Uint8Array | Uint16Array | Uint32Array;
  /** First word of each burst, or one number where all begin at the same; 0 without bursts. */
  readonly addresses: BurstAddresses;
}

/** By burst, or of all of them. */
export type BurstAddresses = number | readonly number[];

export interface CompiledSlices {
  /** Traces of the nests of each process, for one set of scalars (in the order of the network). */
  trace(scalars: readonly (number | bigint)[]): NestTrace[][];
}

const MOST_ACCESSES = 31;

/** The accesses of a nest in body order. */
export function accessesOf(nest: Nest): Access[] {
  return nest.body.flatMap(({ operation: o }): Access[] => {
    if (o.kind === 'read' || o.kind === 'write') return [{ kind: o.kind, target: o.channel, when: o.when }];
    if (o.kind === 'portRead' || o.kind === 'portWrite')
      return [{ kind: o.kind, target: o.port, when: null }];
    return [];
  });
}

const prepared = new WeakMap<Network, CompiledSlices>();

/** Compiles the slices of all processes; a network is compiled once. Throws KernelError for more than 31 accesses in a nest. */
export function compileSlices(network: Network): CompiledSlices {
  let slices = prepared.get(network);
  if (!slices) {
    const processes = network.processes.map((process) => compileSlice(process, network));
    slices = { trace: (scalars) => processes.map((run) => run(scalars)) };
    prepared.set(network, slices);
  }
  return slices;
}

/** What generated code calls. */
class SliceState {
  readonly traces: NestTrace[] = [];
  private first: BurstAddresses = 0;
  constructor(
    readonly args: readonly (number | bigint)[],
    private readonly process: Process,
    private readonly nodes: readonly Node[],
  ) {}

  /** Where the bursts of the nest that is traced next begin. */
  addresses(first: BurstAddresses): void {
    this.first = first;
  }

  /** Starts the trace of a nest and gives the array for its masks. */
  masks(iterations: number, burst: number, bits: number): Uint8Array | Uint16Array | Uint32Array {
    const masks =
      bits <= 8
        ? new Uint8Array(iterations)
        : bits <= 16
          ? new Uint16Array(iterations)
          : new Uint32Array(iterations);
    this.push({ iterations, burst, masks });
    return masks;
  }

  uniform(iterations: number, burst: number, mask: number): void {
    this.push({ iterations, burst, masks: mask });
  }

  private push(trace: Omit<NestTrace, 'addresses'>): void {
    this.traces.push({ ...trace, addresses: this.first });
    this.first = 0;
  }

  outside(node: number, value: number | bigint): never {
    const { range } = this.nodes[node];
    throw new KernelError(
      `process ${this.process.name}: ${printNode(this.nodes[node])} is ${value}, assumed ${range.lo}..${range.hi}`,
    );
  }
}

function compileSlice(
  process: Process,
  network: Network,
): (scalars: readonly (number | bigint)[]) => NestTrace[] {
  const constants: Record<string, Lanes> = {};
  for (const rom of process.roms) constants[rom.name] = romLanes(rom);
  const nodes: Node[] = [];
  const numbers = {
    site: (_: Nest | null, node: Node) => nodes.push(node) - 1,
    constants: (values: readonly bigint[], storage: Storage) => {
      const name = `$${Object.keys(constants).length}`;
      constants[name] = filled(values, storage);
      return name;
    },
  };
  const slices = process.nests.map((nest, i) => new SliceWriter(process, nest, numbers).write(`nest${i}`));
  const outer = slices.map((slice) => slice.outer);
  const source = [
    "'use strict';",
    ...slices.flatMap((slice) => slice.lines),
    'return function run(X) {',
    ...prologueSource(process, network, numbers, false, outer),
    '};',
  ].join('\n');
  const run = new Function('H', 'K', source)(helpers, constants) as (state: SliceState) => void;
  return (scalars) => {
    const state = new SliceState(scalars, process, nodes);
    run(state);
    return state.traces;
  };
}

class SliceWriter {
  private readonly accesses: Access[];
  private readonly needed = new Set<Node>();
  private readonly registers = new Map<Register, string>();

  constructor(
    process: Process,
    private readonly nest: Nest,
    private readonly numbers: {
      site(nest: Nest | null, node: Node): number;
      constants(values: readonly bigint[], storage: Storage): string;
    },
  ) {
    this.accesses = accessesOf(nest);
    if (this.accesses.length > MOST_ACCESSES)
      throw new KernelError(
        `process ${process.name}, nest ${nest.label}: ${this.accesses.length} accesses, at most ${MOST_ACCESSES}`,
      );
    for (const node of steeringNodes(nest)) {
      const o = node.operation;
      if (o.kind === 'regWrite') continue;
      if (!node.control)
        throw new KernelError(
          `process ${process.name}, nest ${nest.label}: ${printNode(node)} steers and depends on data`,
        );
      this.needed.add(node);
      if (o.kind === 'regRead' && !this.registers.has(o.register))
        this.registers.set(o.register, `g${this.registers.size}`);
    }
  }

  /** Source of the function, and the prologue nodes it takes. */
  write(name: string): { outer: Node[]; lines: string[] } {
    const inside = new Set(this.nest.body);
    const address = this.addressNodes(inside);
    const used = [
      ...[...this.needed, ...address].flatMap(operandsOf),
      ...this.nest.loops.map((loop) => loop.bound),
      ...(this.nest.burst ? [this.nest.burst.address] : []),
    ];
    for (const { when } of this.accesses) if (when) used.push(when);
    const outer = [...new Set(used)].filter((n) => !inside.has(n) && n.operation.kind !== 'const');
    const withOuter = () => {
      const lanes = new LaneWriter((node, value) => this.guard(node, value), false);
      for (const node of outer) {
        const text = `p${node.id}`;
        if (node.shape.length > 0)
          lanes.views.set(node, { array: text, base: '0', storage: storageFor(node.range) });
        else lanes.scalars.set(node, { text, range: node.range, big: !fitsNumber(node.range) });
      }
      return lanes;
    };
    const lanes = withOuter();
    const bounds = this.nest.loops.map((loop) => {
      const bound = inRepresentation(lanes.scalar(new Block(), loop.bound), false);
      return /^\d+$/.test(bound) ? bound : `Math.max(0, ${bound})`;
    });
    const head = [`const total = ${bounds.join(' * ') || '1'}, burst = ${bounds.at(-1) ?? '1'};`];
    const parameters = ['X', ...outer.map((node) => `p${node.id}`)].join(', ');
    const body = this.accesses.some(({ when }) => when)
      ? this.loop(lanes, head, bounds)
      : [`X.uniform(total, burst, ${2 ** this.accesses.length - 1});`];
    const bursts = this.addresses(withOuter(), address, bounds);
    return { outer, lines: [`function ${name}(${parameters}) {`, ...bursts, ...head, ...body, '}'] };
  }

  /** Nodes of the body that the address of a burst comes from, in its order; they depend on outer indices alone. */
  private addressNodes(inside: ReadonlySet<Node>): Node[] {
    const found = new Set<Node>();
    const need = (node: Node): void => {
      if (!inside.has(node) || found.has(node)) return;
      found.add(node);
      operandsOf(node).forEach(need);
    };
    if (this.nest.burst) need(this.nest.burst.address);
    return this.nest.body.filter((node) => found.has(node));
  }

  private addresses(lanes: LaneWriter, nodes: readonly Node[], bounds: readonly string[]): string[] {
    const { burst } = this.nest;
    if (!burst) return [];
    const body = new Block();
    for (const node of nodes) {
      const o = node.operation;
      if (o.kind === 'index') lanes.scalars.set(node, { text: `l${o.loop}`, range: node.range, big: false });
      else if (node.shape.length === 0) lanes.scalars.set(node, lanes.scalar(body, node));
    }
    const address = inRepresentation(lanes.scalar(body, burst.address), false);
    if (nodes.length === 0) return ['{', ...body.lines, `X.addresses(${address});`, '}'];
    let lines = [...body.lines, `first.push(${address});`];
    for (let i = bounds.length - 2; i >= 0; i--)
      lines = [`for (let l${i} = 0; l${i} < ${bounds[i]}; l${i}++) {`, ...lines, '}'];
    return ['{', 'const first = [];', ...lines, 'X.addresses(first);', '}'];
  }

  private loop(lanes: LaneWriter, head: string[], bounds: readonly string[]): string[] {
    const body = new Block();
    const updates: string[] = [];
    for (const node of this.nest.body) {
      const o = node.operation;
      if (o.kind === 'regWrite' && this.registers.has(o.register)) {
        const register = this.registers.get(o.register)!;
        const value = inRepresentation(
          lanes.scalar(body, o.value),
          !fitsNumber(rangeOf(o.register.type.element)),
        );
        const set = `${register}_ = ${value};`;
        body.push(o.when ? `if (${lanes.scalar(body, o.when).text}) ${set}` : set);
        updates.push(`${register} = ${register}_;`);
      }
      if (!this.needed.has(node)) continue;
      if (o.kind === 'index') lanes.scalars.set(node, { text: `l${o.loop}`, range: node.range, big: false });
      else if (o.kind === 'const' && node.shape.length > 0) {
        const storage = storageFor(node.range);
        lanes.views.set(node, {
          array: `K.${this.numbers.constants(o.values, storage)}`,
          base: '0',
          storage,
        });
      } else if (o.kind === 'regRead') {
        const register = `r${node.id}`;
        const name = this.registers.get(o.register)!;
        const big = !fitsNumber(node.range);
        body.push(`const ${register} = ${name};`);
        lanes.scalars.set(node, { text: register, range: node.range, big });
      } else if (node.shape.length === 0) lanes.scalars.set(node, lanes.scalar(body, node));
      else lanes.view(body, node) ?? lanes.store(body, node, head);
    }
    for (const [register, name] of this.registers) {
      const init = `${firstValue(register)}${fitsNumber(rangeOf(register.type.element)) ? '' : 'n'}`;
      head.push(`let ${name} = ${init}, ${name}_ = ${init};`);
    }
    const bits = this.accesses.map(({ when }, i) =>
      when ? `(${lanes.scalar(body, when).text} ? ${2 ** i} : 0)` : String(2 ** i),
    );
    body.push(`masks[k++] = ${bits.join(' | ')};`, ...updates);
    let lines: string[] = body.lines;
    for (let i = bounds.length - 1; i >= 0; i--)
      lines = [`for (let l${i} = 0; l${i} < ${bounds[i]}; l${i}++) {`, ...lines, '}'];
    return [`const masks = X.masks(total, burst, ${this.accesses.length});`, 'let k = 0;', ...lines];
  }

  private guard(node: Node, value: string): string {
    const { lo, hi } = node.range;
    return `if (${value} < ${lo} || ${value} > ${hi}) X.outside(${this.numbers.site(null, node)}, ${value});`;
  }
}
