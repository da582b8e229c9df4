/** Packs a value into one word: lane 0 in the lowest bits, rows one after the other. */
import type { Node } from '../../kernel/ir.js';
import { laneCount } from '../../kernel/type.js';
import type { Lines } from '../network/lines.js';
import type { Names } from '../network/names.js';
import { eachLane, LANE, type Lane, placeOf, plus } from './lane.js';
import type { Scope } from './scope.js';
import { elementOf, literal, resize } from './term.js';
import type { Values } from './values.js';

/** Declares the wire `name` as the packed word of `node` in a stage of the nest of `scope`. */
export function pack(scope: Scope, node: Node, bits: number, name: string, stage: number): void {
  packInto(name, node, bits, stage, scope.values, scope.context.names, scope.lines);
}

/** Declares the wire `name` as the packed word of `node` in a stage, its lanes `bits` wide each. */
function packInto(
  name: string,
  node: Node,
  bits: number,
  stage: number,
  values: Values,
  names: Names,
  lines: Lines,
): void {
  const total = bits * laneCount(node.shape);
  const o = node.operation;
  if (o.kind === 'bitcast' && values.wordOf(node) === null) {
    packInto(name, o.a, o.from.bits, stage, values, names, lines);
    return;
  }
  const whole = wholeWord(node, bits, stage, values);
  if (whole !== null) {
    lines.add(`wire [${total - 1}:0] ${name} = ${whole};`);
    return;
  }
  lines.add(`wire [${total - 1}:0] ${name};`);
  let offset = 0;
  for (const part of o.kind === 'gather' ? o.parts : [node]) {
    const lanes = laneCount(part.shape);
    const place = (lane: Lane) => `${placeOf(plus(lane, offset), bits)} +: ${bits}`;
    if (lanes === 1) lines.add(`assign ${name}[${place(0)}] = ${resize(values.ref(part, stage), bits)};`);
    else {
      lines.open(
        `for (genvar ${LANE} = 0; ${LANE} < ${lanes}; ++${LANE}) begin : ${names.claim(`${name}_pack`)}`,
      );
      lines.add(
        `assign ${name}[${place(eachLane(lanes))}] = ${resize(values.ref(part, stage, eachLane(lanes)), bits)};`,
      );
      lines.close('end');
    }
    offset += lanes;
  }
}

/** The word as one expression, where it is one. */
function wholeWord(node: Node, bits: number, stage: number, values: Values): string | null {
  const o = node.operation;
  const own = o.kind === 'gather' ? null : values.wordName(node, stage);
  if (own !== null && elementOf(node).bits === bits) return own;
  if (node.shape.length === 0) return resize(values.ref(node, stage), bits);
  const copies = laneCount(node.shape);
  if (o.kind === 'const' && o.values.every((value) => value === o.values[0]))
    return `{${copies}{${literal(o.values[0], bits, false)}}}`;
  if (o.kind === 'splat') return `{${copies}{${resize(values.ref(node, stage), bits)}}}`;
  return null;
}
