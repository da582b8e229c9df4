/** Registers beside the prologue that follow from the bounds of loops: the index of a loop's last pass, and whether a nest has iterations. */
import type { Nest, Node } from '../../kernel/ir.js';
import { elementFor } from '../../kernel/type.js';
import type { Lines } from '../network/lines.js';
import type { Names } from '../network/names.js';
import { compare } from './expression.js';
import type { SettledValues } from './settled.js';
import { constant, literal, named, rangeText, type Term } from './term.js';

export class BoundWriter {
  private readonly lasts = new Map<Node, Term>();
  /** Cycles until all of it has settled. */
  cycles = 0;

  constructor(
    private readonly settled: SettledValues,
    private readonly names: Names,
    private readonly lines: Lines,
  ) {}

  /** The index of the last pass of the loop that counts `index` up to `bound`. */
  last(bound: Node, index: string): Term {
    const { term, cycles } = this.settled.of(bound);
    if (term.constant !== undefined) return constant(term.constant > 0n ? term.constant - 1n : 0n);
    const known = this.lasts.get(bound);
    if (known) return known;
    const most = bound.range.hi > 0n ? bound.range.hi - 1n : 0n;
    const element = elementFor({ lo: 0n, hi: most });
    const name = this.names.claim(`${index}_end`);
    this.lines.add(
      `logic ${rangeText(element)}${name};`,
      `always_ff @(posedge clk) ${name} <= ${element.bits}'(${term.text} - ${literal(1n, term.bits, term.signed)});`,
    );
    this.cycles = Math.max(this.cycles, cycles + 1);
    const last = named(name, element);
    this.lasts.set(bound, last);
    return last;
  }

  /** Whether the nest has iterations in this call, in a register called `name` where the call decides it. */
  some(nest: Nest, name: string): string {
    const tests: string[] = [];
    for (const { bound } of nest.loops) {
      const { term, cycles } = this.settled.of(bound);
      if (bound.range.lo > 0n) continue;
      tests.push(compare('<', constant(0n), term));
      this.cycles = Math.max(this.cycles, cycles + 1);
    }
    if (tests.length === 0) return "1'b1";
    const [first] = tests as [string];
    const all = tests.length === 1 ? first : tests.map((test) => `(${test})`).join(' & ');
    this.lines.add(
      `logic ${name};  // the nest has iterations in this call`,
      `always_ff @(posedge clk) ${name} <= ${all};`,
    );
    return name;
  }
}
