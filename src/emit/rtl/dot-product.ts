/** A short sum of products: a chain of DSP blocks, or of multipliers in LUTs (schedule/dot-products.ts). One instance for each lane of the sum. */
import type { Node } from '../../kernel/ir.js';
import { laneCount } from '../../kernel/type.js';
import { addendOf } from '../../schedule/dsp-fusion.js';
import { dspBlocks } from '../../schedule/operator-timing.js';
import { writeCopies } from './copies.js';
import { LANE, type Lane } from './lane.js';
import { enableOf } from './operation.js';
import type { Scope } from './scope.js';
import { asSigned, elementOf, rangeText, signedBits, type Term } from './term.js';

/** Writes `node`, the sum along the last axis of `product`, and what its first block adds. */
export function writeDotProduct(scope: Scope, node: Node, product: Node): void {
  const o = product.operation;
  if (o.kind !== 'binary') throw new RangeError('not a product');
  const { lines, values, context, fusions } = scope;
  const target = fusions.whole(node);
  const name = scope.claim(target);
  const terms = product.shape[product.shape.length - 1];
  const rows = laneCount(node.shape);
  const isDsp = dspBlocks(o.a, o.b) > 0;
  const block = node.shape.length > 0 ? context.names.claim(`${name}_rows`) : '';
  for (const { note } of [product, node, target]) if (note) lines.comment(note);
  if (block) lines.open(`for (genvar ${LANE} = 0; ${LANE} < ${rows}; ++${LANE}) begin : ${block}`);

  const all = Array.from({ length: rows * terms }, (_, lane) => lane);
  const each: Lane = { text: block ? `${LANE} * ${terms} + k` : 'k', plain: !block, all };
  const own: Lane = block
    ? { text: LANE, plain: true, all: Array.from({ length: rows }, (_, lane) => lane) }
    : 0;
  const stage = scope.stage(node);
  const factors = [o.a, o.b].map((operand) => ({
    term: values.ref(operand, stage, each),
    packed: context.names.claim(`${name}_${operand === o.a ? 'a' : 'b'}`),
  }));
  // The wider factor goes to the 25-bit port.
  const isSwapped = isDsp && signedBits(factors[0].term) < signedBits(factors[1].term);
  const [first, second] = isSwapped ? [factors[1], factors[0]] : factors;
  const widths = [first, second].map(({ term }) => signedBits(term));
  for (const [i, { packed }] of [first, second].entries())
    lines.add(`wire [${widths[i] * terms - 1}:0] ${packed};`);
  lines.open(`for (genvar k = 0; k < ${terms}; ++k) begin : ${context.names.claim(`${name}_terms`)}`);
  for (const [i, { term, packed }] of [first, second].entries())
    lines.add(`assign ${packed}[${widths[i]} * k +: ${widths[i]}] = ${asSigned(term, widths[i])};`);
  lines.close('end');

  const element = elementOf(target);
  const addend = addendOf(target, node);
  const isFixed = addend === null || addend.range.lo === addend.range.hi;
  const added: Term | null = isFixed ? null : values.ref(addend, stage, own);
  const bias = addend !== null && isFixed && addend.range.lo !== 0n ? `, .BIAS(${addend.range.lo})` : '';
  const sizes = `.TERMS(${terms}), .A_WIDTH(${widths[0]}), .B_WIDTH(${widths[1]}), .P_WIDTH(${element.bits})`;
  const c = isDsp ? `, .c(${added ? asSigned(added, signedBits(added)) : "1'b0"})` : '';
  const cWidth = added ? `, .C_WIDTH(${signedBits(added)})` : '';
  lines.add(
    `wire ${rangeText(element)}${name};`,
    `${isDsp ? 'dsp_dot' : 'lut_dot'} #(${sizes}${cWidth}${bias})`,
    `  ${name}_chain (.clk, ${enableOf(scope, node)}, .a(${first.packed}), .b(${second.packed})${c}, .p(${name}));`,
  );
  values.place(target, { kind: block ? 'lanes' : 'scalar', name, block, stage: scope.result(target) });
  values.enter(block);
  writeCopies(scope, [target]);
  values.enter('');
  if (block) lines.close('end');
}
