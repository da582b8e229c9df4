/** Constants that differ by lane: one packed word each. */
import type { Nest } from '../../kernel/ir.js';
import type { Scope } from './scope.js';
import { elementOf, literal } from './term.js';

/** Declares those of `nest` that something reads. */
export function placeLaneConstants(scope: Scope, nest: Nest): void {
  const { lines, values } = scope;
  for (const node of nest.body) {
    const o = node.operation;
    if (o.kind !== 'const' || o.values.every((value) => value === o.values[0])) continue;
    if (!values.isRead(node)) continue;
    const name = scope.claim(node);
    const { bits, signed } = elementOf(node);
    const list = [...o.values]
      .reverse()
      .map((value) => literal(value, bits, signed))
      .join(', ');
    lines.add(`localparam logic [${bits * o.values.length - 1}:0] ${name} = {${list}};`);
    values.place(node, { kind: 'word', name, block: '', stage: 0 });
  }
}
