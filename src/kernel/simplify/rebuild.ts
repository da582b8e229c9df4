/** Nodes made anew with other operands. */
import type { Node, Operation } from '../ir.js';

/** The operation with other operands, given in the order of `operandsOf`. */
export function withOperands(o: Operation, operands: readonly Node[]): Operation {
  const [first, second, third] = operands as [Node, Node, Node];
  switch (o.kind) {
    case 'const':
    case 'index':
    case 'arg':
    case 'regRead':
    case 'portRead':
      return o;
    case 'binary':
      return { ...o, a: first, b: second };
    case 'shift':
      return { ...o, a: first, by: second };
    case 'select':
      return { ...o, c: first, a: second, b: third };
    case 'lookup':
      return { ...o, index: first };
    case 'pick':
      return { ...o, a: first, index: second };
    case 'gather':
      return { ...o, parts: operands };
    case 'read':
      return { ...o, when: o.when && first };
    case 'write':
    case 'regWrite':
      return { ...o, value: first, when: o.when && second };
    case 'ramRead':
      return { ...o, address: first };
    case 'ramWrite':
      return { ...o, address: first, value: second, when: o.when && third };
    case 'portWrite':
      return { ...o, value: first };
    case 'neg':
    case 'not':
    case 'saturate':
    case 'wrap':
    case 'assume':
    case 'slice':
    case 'leadingZeros':
    case 'reduce':
    case 'splat':
    case 'perRow':
    case 'perCol':
    case 'lane':
    case 'lanes':
    case 'reshape':
    case 'bitcast':
      return { ...o, a: first };
  }
}
