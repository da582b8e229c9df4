/** Ranges of operations whose operands have become narrower than they were when the builder inferred them. */
import type { Node, Operation } from '../ir.js';
import { binaryRange, saturateRange, shiftRange, unite } from '../range.js';
import { contains, type Range, rangeOf } from '../type.js';

/** The node with its range as narrow as its operands allow. */
export function narrowRange({ operation, range }: Pick<Node, 'operation' | 'range'>): Range {
  const found = inferred(operation);
  if (!found) return range;
  return {
    lo: found.lo > range.lo ? found.lo : range.lo,
    hi: found.hi < range.hi ? found.hi : range.hi,
  };
}

/** What the operands' ranges allow; null where they say nothing. */
function inferred(o: Operation): Range | null {
  switch (o.kind) {
    case 'splat':
    case 'perRow':
    case 'perCol':
    case 'lane':
    case 'lanes':
    case 'reshape':
    case 'pick':
    case 'assume':
      return o.a.range;
    case 'gather':
      return o.parts.map(({ range }) => range).reduce(unite);
    case 'binary':
      return binaryRange(o.op, o.a.range, o.b.range);
    case 'neg':
      return { lo: -o.a.range.hi, hi: -o.a.range.lo };
    case 'not':
      return { lo: 1n - o.a.range.hi, hi: 1n - o.a.range.lo };
    case 'shift':
      return shiftRange(o.op, o.a.range, o.by.range);
    case 'select':
      return unite(o.a.range, o.b.range);
    case 'saturate':
      return saturateRange(o.a.range, o.to);
    case 'wrap':
      return contains(rangeOf(o.to), o.a.range) ? o.a.range : null;
    case 'reduce': {
      const lanes = BigInt(o.a.shape.at(-1) ?? 1);
      return o.op === 'add' ? { lo: o.a.range.lo * lanes, hi: o.a.range.hi * lanes } : o.a.range;
    }
    case 'const':
    case 'index':
    case 'arg':
    case 'slice':
    case 'leadingZeros':
    case 'lookup':
    case 'bitcast':
    case 'read':
    case 'ramRead':
    case 'regRead':
    case 'portRead':
    case 'write':
    case 'ramWrite':
    case 'regWrite':
    case 'portWrite':
      return null;
  }
}
