/** One pass over a process: every node with its operands as they have become, then the first rule that fits, or an equal node. */
import type { Nest, Node, Process } from '../ir.js';
import { operandsOf, withOperands } from '../operands.js';
import { isPure, type Kind } from '../operations.js';
import { arithmetic } from './arithmetic.js';
import { bits } from './bits.js';
import { folded } from './fold.js';
import { logic } from './logic.js';
import { narrowRange } from './narrow.js';
import { Storage, scalarOf } from './one-lane.js';
import { fixedValue, type Label, type Numbering, Region } from './region.js';
import type { Rule, Rules } from './rule.js';
import { distancesOf } from './unread.js';
import { views } from './views.js';

/** Whether a rewrite of this name (of so many nodes, one unless told) may be made; counts it. */
export type Permit = (rule: string, nodes?: number) => boolean;

const sets: Readonly<Record<string, Rules>> = { arithmetic, logic, bits, views };

/** Rules by kind, each under the name it is counted by. */
const rules = new Map<Kind, [name: string, rule: Rule<Kind>][]>();
for (const [set, own] of Object.entries(sets))
  for (const [kind, named] of Object.entries(own) as [Kind, Record<string, Rule<Kind>>][])
    for (const [name, rule] of Object.entries(named))
      rules.set(kind, [...(rules.get(kind) ?? []), [`${set}.${kind}.${name}`, rule]]);

/** Rewrites a process. `labels` holds names that nodes of it take over, and gets those for the next pass. */
export class Rewriter {
  private readonly became = new Map<Node, Node>();
  private readonly storage: Storage;
  private readonly numbering: Numbering;
  isChanged = false;

  constructor(
    private readonly process: Process,
    private readonly permit: Permit,
    private readonly labels: Map<Node, Label>,
  ) {
    this.storage = new Storage(() => permit('oneLane.storage'));
    const all = [...process.prologue, ...process.nests.flatMap(({ body }) => body)];
    this.numbering = { next: all.reduce((most, { id }) => Math.max(most, id), -1) + 1 };
  }

  run(): Process {
    const given = new Map(this.labels);
    this.labels.clear();
    const outer = new Region(this.numbering);
    this.rewrite(this.process.prologue, outer, given);
    const nests = this.process.nests.map((nest): Nest => {
      const region = new Region(this.numbering, outer);
      this.rewrite(nest.body, region, given);
      const distances = new Map([...nest.distances].map(([ram, n]) => [this.storage.of(ram), n]));
      return {
        ...nest,
        loops: nest.loops.map((loop) => ({ ...loop, bound: this.now(loop.bound) })),
        body: region.nodes,
        registers: nest.registers.map((register) => this.storage.of(register)),
        distances: distancesOf({ distances }, region.nodes),
        burst: nest.burst && { ...nest.burst, address: this.now(nest.burst.address) },
      };
    });
    const rams = this.process.rams.map((ram) => this.storage.of(ram));
    return this.isChanged ? { ...this.process, prologue: outer.nodes, nests, rams } : this.process;
  }

  private now(node: Node): Node {
    return this.became.get(node) ?? node;
  }

  private rewrite(nodes: readonly Node[], region: Region, labels: ReadonlyMap<Node, Label>): void {
    for (const given of nodes) {
      const node = this.rebuilt(given, labels.get(given));
      const { kind } = node.operation;
      if (isNever(node) && this.permit(`${kind}.never`)) {
        this.isChanged = true;
        continue;
      }
      const result = this.better(node, region) ?? this.merged(node, region) ?? region.append(node);
      this.became.set(given, result);
      if (result === given) continue;
      this.isChanged = true;
      if (result !== node) this.inherit(node, result, region);
    }
  }

  /** The node with its operands as they are now. */
  private rebuilt(node: Node, label: Label | undefined): Node {
    const operands = operandsOf(node);
    const now = operands.map((operand) => this.now(operand));
    const isSame = now.every((operand, i) => operand === operands[i]);
    let { operation } = node;
    if (!isSame) operation = withOperands(operation, now);
    if ('when' in operation && operation.when && fixedValue(operation.when) === 1n && this.permit('always'))
      operation = { ...operation, when: null };
    if (operation === node.operation && !label) return node;
    const control = isPure(node) ? now.every((operand) => operand.control) : node.control;
    const range = isSame ? node.range : narrowRange({ operation, range: node.range });
    return { ...node, operation, range, control, ...label };
  }

  private better(node: Node, region: Region): Node | null {
    const made = this.storage.access(node, region);
    if (made !== node) return made.result ? made : region.append(made);
    const constant = folded(node, region);
    if (constant && this.permit('fold')) return constant;
    const scalar = scalarOf(node, region);
    if (scalar && this.permit('oneLane')) return scalar;
    for (const [name, rule] of rules.get(node.operation.kind) ?? []) {
      const found = rule(node, node.operation, region);
      if (found && found !== node && this.permit(name)) return found;
    }
    return null;
  }

  private merged(node: Node, region: Region): Node | null {
    const equal = region.equalTo(node);
    return equal && this.permit('merge') ? equal : null;
  }

  /** A name that somebody gave survives: what takes the node's place is called so, unless it has a name. */
  private inherit({ name, note, fracBits }: Node, heir: Node, region: Region): void {
    let bearer = heir;
    while (isTransparent(bearer) && 'a' in bearer.operation) bearer = bearer.operation.a;
    if ((name ?? note) === null || bearer.name !== null || !region.has(bearer)) return;
    if (this.labels.has(bearer)) return;
    this.labels.set(bearer, { name, note: bearer.note ?? note, fracBits });
  }
}

/** The value of another shape or, said to be in some range, itself. */
const isTransparent = ({ operation: o, name }: Node) =>
  name === null && (o.kind === 'reshape' || (o.kind === 'assume' && o.a.name === null));

/** A write under a condition that never holds; to a channel it stays, since a channel has a writer. */
function isNever({ operation: o }: Node): boolean {
  return (o.kind === 'regWrite' || o.kind === 'ramWrite') && o.when !== null && fixedValue(o.when) === 0n;
}
