/** Operations on whole words: trees over the lanes, lanes put together, a lane chosen at run time. */
import type { Node } from '../../kernel/ir.js';
import { laneCount } from '../../kernel/type.js';
import { indexBits } from '../../util/powers-of-two.js';
import { writeCopies } from './copies.js';
import { writeDotProduct } from './dot-product.js';
import { reduceTree } from './instance.js';
import { LANE } from './lane.js';
import { enableOf } from './operation.js';
import { pack } from './pack.js';
import type { Scope } from './scope.js';
import { elementOf, rangeText, resize } from './term.js';

export function writeReduce(scope: Scope, node: Node): void {
  const product = scope.fusions.dotProduct(node);
  if (product) writeDotProduct(scope, node, product);
  else writeTree(scope, node);
}

function writeTree(scope: Scope, node: Node): void {
  const o = node.operation;
  if (o.kind !== 'reduce') return;
  const { lines, values, context } = scope;
  const name = scope.claim(node);
  const lanes = o.a.shape[o.a.shape.length - 1];
  const { bits } = elementOf(o.a);
  const rows = laneCount(node.shape);
  const block = node.shape.length > 0 ? context.names.claim(`${name}_rows`) : '';
  if (node.note) lines.comment(node.note);
  if (block) lines.open(`for (genvar ${LANE} = 0; ${LANE} < ${rows}; ++${LANE}) begin : ${block}`);
  const leaves = context.names.claim(`${name}_leaves`);
  lines.add(`wire [${bits * lanes - 1}:0] ${leaves};`);
  lines.open(`for (genvar k = 0; k < ${lanes}; ++k) begin : ${leaves}_lanes`);
  const all = Array.from({ length: rows * lanes }, (_, lane) => lane);
  const lane = { text: block ? `${LANE} * ${lanes} + k` : 'k', plain: !block, all };
  const leaf = values.ref(o.a, scope.stage(node), lane);
  lines.add(`assign ${leaves}[${bits === 1 ? 'k' : `${bits} * k +: ${bits}`}] = ${leaf.text};`);
  lines.close('end');
  lines.add(
    `wire ${rangeText(elementOf(node))}${name};`,
    ...reduceTree(node, name, leaves, context.target, enableOf(scope, node)),
  );
  values.place(node, { kind: block ? 'lanes' : 'scalar', name, block, stage: scope.result(node) });
  values.enter(block);
  writeCopies(scope, [node]);
  values.enter('');
  if (block) lines.close('end');
}

/** Lanes put together as a packed word. */
export function writeWord(scope: Scope, node: Node): void {
  const name = scope.claim(node);
  const stage = scope.stage(node);
  pack(scope, node, elementOf(node).bits, name, stage);
  scope.values.place(node, { kind: 'word', name, block: '', stage: scope.result(node) });
  writeCopies(scope, [node]);
}

/** A lane (or row) chosen at run time. */
export function writePick(scope: Scope, node: Node): void {
  const o = node.operation;
  if (o.kind !== 'pick') return;
  const name = scope.claim(node);
  const stage = scope.stage(node);
  const element = elementOf(o.a);
  const width = element.bits * laneCount(node.shape);
  const choices = scope.context.names.claim(`${name}_choices`);
  pack(scope, o.a, element.bits, choices, stage);
  const total = element.bits * laneCount(o.a.shape);
  const bits = indexBits(total + 1);
  const place = `${resize(scope.values.ref(o.index, stage), bits)} * ${bits}'d${width}`;
  const type = node.shape.length === 0 ? rangeText(element) : `[${width - 1}:0] `;
  scope.lines.add(`wire ${type}${name} = ${width}'(${choices} >> (${place}));`);
  const kind = node.shape.length === 0 ? 'scalar' : 'word';
  scope.values.place(node, { kind, name, block: '', stage: scope.result(node) });
  writeCopies(scope, [node]);
}
