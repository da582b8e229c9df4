/** What tells nodes apart: two with the same key compute the same. */
import type { Node, Operation } from '../ir.js';
import { operandsOf } from '../operands.js';
import { binaryOps } from '../operations.js';
import { printType } from '../type.js';

/** Operation, operands, and the type of the result; not what it is called. */
export function keyOf(node: Node): string {
  const ids = operandsOf(node).map(({ id }) => id);
  const o = node.operation;
  if (o.kind === 'binary' && binaryOps[o.op].commutes) ids.sort((a, b) => a - b);
  return `${o.kind} ${fieldsOf(o)} (${ids}) ${node.range.lo}..${node.range.hi} [${node.shape}]`;
}

/** All of an operation that is no operand. */
function fieldsOf(o: Operation): string {
  switch (o.kind) {
    case 'const':
      return o.values.every((value) => value === o.values[0]) ? `${o.values[0]}` : o.values.join(' ');
    case 'index':
      return `${o.loop}`;
    case 'arg':
      return o.scalar.name;
    case 'binary':
    case 'shift':
    case 'reduce':
      return o.op;
    case 'saturate':
    case 'wrap':
      return printType({ element: o.to, shape: [] });
    case 'assume':
      return `${o.range.lo}..${o.range.hi}`;
    case 'slice':
      return `${o.hi} ${o.lo}`;
    case 'leadingZeros':
      return `${o.width}`;
    case 'lookup':
      return o.rom.name;
    case 'lane':
      return `${o.index}`;
    case 'lanes':
      return `${o.start}`;
    case 'bitcast':
      return `${printType({ element: o.from, shape: [] })} ${printType(o.to)}`;
    case 'regRead':
    case 'regWrite':
      return o.register.name;
    case 'read':
    case 'write':
      return o.channel.name;
    case 'ramRead':
    case 'ramWrite':
      return o.ram.name;
    case 'portRead':
    case 'portWrite':
      return o.port.name;
    case 'neg':
    case 'not':
    case 'select':
    case 'splat':
    case 'perRow':
    case 'perCol':
    case 'pick':
    case 'gather':
    case 'reshape':
      return '';
  }
}
