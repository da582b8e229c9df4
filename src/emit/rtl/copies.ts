/** Pipeline registers: copies of values for the later stages that want them. Long ways go through a shift register, which LUTs do. */
import type { Node } from '../../kernel/ir.js';
import { laneCount } from '../../kernel/type.js';
import type { Lines } from '../network/lines.js';
import type { Names } from '../network/names.js';
import { unusedWire } from './bits-read.js';
import { elementOf, rangeText } from './term.js';
import type { Values } from './values.js';

/** From this many stages without a reader on, a shift register in LUTs is smaller than flip-flops. */
const LONG = 4;

/** Declares and drives the copies of `nodes`, in the scope (a loop's block, or the module) where the lines stand. */
export function writeCopies(nodes: readonly Node[], values: Values, names: Names, lines: Lines): void {
  const moves: string[] = [];
  const unused: string[] = [];
  for (const node of nodes) {
    const home = values.homeOf(node);
    const stages = values.stagesOf(node);
    if (node.operation.kind === 'const') continue;
    const element = elementOf(node);
    const bits = element.bits * (home.kind === 'word' ? laneCount(node.shape) : 1);
    const type = home.kind === 'word' ? `[${bits - 1}:0] ` : rangeText(element);
    let from = home.stage;

    let source = values.nameIn(node, from);
    for (const stage of stages) {
      const gap = stage - from;
      if (gap >= LONG) {
        const name = values.nameIn(node, stage);
        lines.add(
          `wire ${type}${name};`,
          `delay #(.WIDTH(${bits}), .CYCLES(${gap})) ${name}_delay (.clk, .en, .in(${source}), .out(${name}));`,
        );
        source = name;
      } else
        for (let s = from + 1; s <= stage; s++) {
          const name = values.nameIn(node, s);
          lines.add(`logic ${type}${name};`);
          moves.push(`${name} <= ${source};`);
          source = name;
        }
      from = stage;
    }
    unused.push(...unusedWire(names, source, type, values.leftOf(node)));
  }
  if (moves.length === 1) lines.add(`always_ff @(posedge clk) if (en) ${moves[0]}`);
  else if (moves.length > 1) {
    lines.open('always_ff @(posedge clk) if (en) begin');
    lines.add(...moves);
    lines.close('end');
  }
  lines.add(...unused);
}
