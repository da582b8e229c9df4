/** A value said in words after its operation and operands: `row_is_0`, `total_less_before`. */
import type { Node } from '../../kernel/ir.js';
import { binaryOps } from '../../kernel/operations.js';

/** The description, a name of lower_snake_case; null for operations that have none. `nameOf` names the operands. */
export function describe(node: Node, nameOf: (operand: Node) => string): string | null {
  const o = node.operation;
  const said = (operand: Node) => constantText(operand) ?? nameOf(operand);
  // Words have no brackets: what binds closer than a sum is said of an operand with a name, not of a sum.
  const ofPart = (operand: Node, say: (name: string) => string) =>
    isSum(operand) ? null : say(said(operand));
  switch (o.kind) {
    case 'arg':
      return o.scalar.name;
    case 'regRead':
      return o.register.name;
    case 'binary':
      return binary(node, said);
    case 'not':
      return `not_${said(o.a)}`;
    case 'neg':
      return ofPart(o.a, (a) => `minus_${a}`);
    case 'shift': {
      const by = fixedValue(o.by);
      if (o.op === 'roundShift') return ofPart(o.a, (a) => `${a}_rounded`);
      if (by === null) return ofPart(o.a, (a) => `${a}_shifted`);
      return ofPart(o.a, (a) => `${a}_${o.op === 'shl' ? 'times' : 'over'}_${1n << by}`);
    }
    case 'select':
      return fixedValue(o.b) === 0n ? ofPart(o.a, (a) => `${a}_if_${said(o.c)}`) : null;
    case 'saturate':
      return ofPart(o.a, (a) => `${a}_clamped`);
    case 'wrap':
      return ofPart(o.a, (a) => `${a}_wrapped`);
    case 'slice':
      return ofPart(o.a, (a) => `${a}_bit${o.hi === o.lo ? `_${o.lo}` : `s_${o.hi}_to_${o.lo}`}`);
    case 'leadingZeros':
      return `zeros_of_${said(o.a)}`;
    case 'reduce':
      return `${said(o.a)}_${{ add: 'total', min: 'minimum', max: 'maximum' }[o.op]}`;
    case 'lane':
      return `${said(o.a)}_${o.index}`;
    case 'pick':
      return `${said(o.a)}_picked`;
    case 'splat':
    case 'perRow':
    case 'perCol':
    case 'lanes':
    case 'reshape':
    case 'assume':
    case 'bitcast':
      return nameOf(o.a);
    default:
      return null;
  }
}

/** What stands between the names of two operands. */
const between = {
  add: 'plus',
  sub: 'less',
  mul: 'times',
  and: 'and',
  or: 'or',
  xor: 'xor',
  eq: 'is',
  ne: 'is_not',
  lt: 'below',
  le: 'up_to',
} as const;

/** What stands between a value and a constant that was the first operand; null where no word says it. */
const beforeConstant = {
  ...between,
  sub: null,
  min: 'at_most',
  max: 'at_least',
  lt: 'above',
  le: 'from',
} as const;

function binary({ operation: o }: Node, said: (operand: Node) => string): string | null {
  if (o.kind !== 'binary') throw new RangeError('not a binary operation');
  const { group } = binaryOps[o.op];
  if (group === 'product' && (isSum(o.a) || isSum(o.b))) return null;
  if (o.op === 'sub' && isSum(o.b)) return null;
  if (fixedValue(o.a) !== null) {
    const word = beforeConstant[o.op];
    return word && `${said(o.b)}_${word}_${said(o.a)}`;
  }
  if (o.op !== 'min' && o.op !== 'max') return `${said(o.a)}_${between[o.op]}_${said(o.b)}`;
  const isBounded = fixedValue(o.b) !== null;
  return isBounded
    ? `${said(o.a)}_${beforeConstant[o.op]}_${said(o.b)}`
    : `${binaryOps[o.op].hint}_of_${said(o.a)}_and_${said(o.b)}`;
}

/** Two operands side by side in a name of its own making. */
function isSum({ name, operation: o }: Node): boolean {
  return name === null && o.kind === 'binary' && binaryOps[o.op].group !== 'product';
}

function fixedValue({ range }: Node): bigint | null {
  return range.lo === range.hi ? range.lo : null;
}

function constantText(node: Node): string | null {
  const value = fixedValue(node);
  if (value === null) return null;
  return value < 0n ? `minus_${-value}` : `${value}`;
}
