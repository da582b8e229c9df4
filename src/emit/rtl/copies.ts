/** Pipeline registers: copies of values for the later stages that want them. Long ways go through a shift register, which LUTs do. */
import type { Node } from '../../kernel/ir.js';
import { laneCount } from '../../kernel/type.js';
import { stopsOf } from '../../schedule/issue.js';
import type { Lines } from '../network/lines.js';
import { unusedWire } from './bits-read.js';
import type { Scope } from './scope.js';
import { elementOf, rangeText } from './term.js';

/** From this many stages without a reader on, a shift register in LUTs is smaller than flip-flops. */
const LONG = 4;

/** Declares and drives the copies of `nodes`, in the scope (a loop's block, or the module) where the lines stand. */
export function writeCopies({ values, context, control, lines }: Scope, nodes: readonly Node[]): void {
  const moves = new Map<string | null, string[]>();
  const unused: string[] = [];
  for (const node of nodes) {
    if (node.operation.kind === 'const') continue;
    const home = values.homeOf(node);
    const element = elementOf(node);
    const bits = element.bits * (home.kind === 'word' ? laneCount(node.shape) : 1);
    const type = home.kind === 'word' ? `[${bits - 1}:0] ` : rangeText(element);
    const isKept = values.isSteering(node);
    let from = home.stage;
    let source = values.nameIn(node, from);
    for (const stage of stopsOf(values.stagesOf(node), from, control.issueStage)) {
      const gap = stage - from;
      const enable = control.enable(stage);
      // The register at the end of the way is one of its own, where equal ones must not become one.
      const plainGap = isKept ? gap - 1 : gap;
      if (plainGap >= LONG) {
        const name = values.nameIn(node, from + plainGap);
        lines.add(
          `wire ${type}${name};`,
          `delay #(.WIDTH(${bits}), .CYCLES(${plainGap})) ${name}_delay (.clk, .en(${enable ?? "1'b1"}), .in(${source}), .out(${name}));`,
        );
        source = name;
      } else
        for (let s = from + 1; s <= from + plainGap; s++) {
          const name = values.nameIn(node, s);
          lines.add(`logic ${type}${name};`);
          moves.set(enable, [...(moves.get(enable) ?? []), `${name} <= ${source};`]);
          source = name;
        }
      if (isKept && gap > 0) {
        const name = values.nameIn(node, stage);
        lines.add(
          `wire ${type}${name};`,
          '(* dont_touch = "true" *)',
          `kept_register #(.WIDTH(${bits})) ${name}_kept (.clk, .en(${enable ?? "1'b1"}), .in(${source}), .out(${name}));`,
        );
        source = name;
      }
      from = stage;
    }
    for (const { stage, name, copies } of values.rowsOf(node)) {
      const enable = control.enable(stage) ?? "1'b1";
      lines.add(
        `wire [${copies * bits - 1}:0] ${name};`,
        `register_copies #(.WIDTH(${bits}), .COPIES(${copies})) ${name}_registers (.clk, .en(${enable}), .in(${values.nameIn(node, stage - 1)}), .out(${name}));`,
      );
    }
    unused.push(...unusedWire(context.names, source, type, values.leftOf(node)));
  }
  for (const [enable, list] of moves) writeMoves(enable === null ? '' : ` if (${enable})`, list, lines);
  lines.add(...unused);
}

function writeMoves(when: string, moves: readonly string[], lines: Lines): void {
  if (moves.length === 1) lines.add(`always_ff @(posedge clk)${when} ${moves[0]}`);
  else {
    lines.open(`always_ff @(posedge clk)${when} begin`);
    lines.add(...moves);
    lines.close('end');
  }
}
