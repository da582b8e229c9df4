/** What a nest asks of channels, external ports and private memories. */
import type { Node } from '../../kernel/ir.js';
import { totalBits } from '../../kernel/type.js';
import { indexBits } from '../../util/powers-of-two.js';
import { writeCopies } from './copies.js';
import { pack } from './pack.js';
import type { Scope } from './scope.js';
import { elementOf, rangeText, resize } from './term.js';

/** A word from a channel or port; 0 where the condition is false, if anybody looks at it then. */
export function writeRead(scope: Scope, node: Node): void {
  const o = node.operation;
  if (o.kind !== 'read' && o.kind !== 'portRead') return;
  const target = o.kind === 'read' ? o.channel : o.port;
  const when = o.kind === 'read' ? o.when : null;
  const wants = scope.claimName(`${target.name}_wanted`);
  scope.lines.add(`wire ${wants} = ${scope.wants(scope.stage(node), when)};`);
  scope.context.accesses.push({
    kind: o.kind,
    target,
    wants,
    word: '',
    arrives: null,
    enter: scope.control.enter,
  });
  const data = `${target.name}_data`;
  if (!scope.values.isRead(node)) {
    scope.lines.add(`wire ${scope.claimName(`unused_${target.name}`)} = ^${data};  // only taken`);
    return;
  }
  const masked =
    when && !scope.unmasked.has(node)
      ? `${scope.values.ref(when, scope.stage(node)).text} ? ${data} : '0`
      : data;
  placeWord(scope, node, masked, totalBits(target.type), scope.stage(node));
}

export function writeRamRead(scope: Scope, node: Node): void {
  const o = node.operation;
  if (o.kind !== 'ramRead') return;
  const address = scope.claimName(`${o.ram.name}_read_place`);
  const bits = indexBits(o.ram.depth);
  const from = scope.values.ref(o.address, scope.stage(node));
  scope.lines.add(`wire [${bits - 1}:0] ${address} = ${resize(from, bits)};`);
  scope.context.ramReads.push({ ram: o.ram, wants: scope.control.at(scope.stage(node)), address });
  placeWord(scope, node, `${o.ram.name}_read_data`, totalBits(o.ram.type), scope.result(node));
}

/** A packed word under the node's own name; a scalar gets its type. */
function placeWord(scope: Scope, node: Node, text: string, bits: number, stage: number): void {
  const name = scope.claim(node);
  const scalar = node.shape.length === 0;
  const element = elementOf(node);
  const type = scalar ? rangeText({ bits, signed: element.signed }) : `[${bits - 1}:0] `;
  scope.lines.add(`wire ${type}${name} = ${text};`);
  scope.values.place(node, { kind: scalar ? 'scalar' : 'word', name, block: '', stage });
  writeCopies(scope, [node]);
}

export function writeWrite(scope: Scope, node: Node): void {
  const o = node.operation;
  if (o.kind !== 'write' && o.kind !== 'portWrite') return;
  const target = o.kind === 'write' ? o.channel : o.port;
  const when = o.kind === 'write' ? o.when : null;
  const wants = scope.claimName(`${target.name}_wanted`);
  const word = scope.claimName(`${target.name}_word`);
  const stage = scope.stage(node);
  const { issueStage } = scope.control;
  scope.lines.add(`wire ${wants} = ${scope.wants(issueStage, when)};`);
  let arrives: string | null = null;
  if (stage > issueStage) {
    arrives = scope.claimName(`${target.name}_comes`);
    scope.lines.add(`wire ${arrives} = ${scope.wants(stage, when)};`);
  }
  pack(scope, o.value, target.type.element.bits, word, stage);
  scope.context.accesses.push({ kind: o.kind, target, wants, word, arrives, enter: scope.control.enter });
}

export function writeRamWrite(scope: Scope, node: Node): void {
  const o = node.operation;
  if (o.kind !== 'ramWrite') return;
  const bits = indexBits(o.ram.depth);
  const stage = scope.stage(node);
  const [wants, address, word] = ['wanted', 'place', 'word'].map((end) =>
    scope.claimName(`${o.ram.name}_write_${end}`),
  ) as [string, string, string];
  scope.lines.add(
    `wire ${wants} = ${scope.leaves(stage, o.when)};`,
    `wire [${bits - 1}:0] ${address} = ${resize(scope.values.ref(o.address, stage), bits)};`,
  );
  pack(scope, o.value, o.ram.type.element.bits, word, stage);
  scope.context.ramWrites.push({ ram: o.ram, wants, address, word, enter: scope.control.enter });
}
