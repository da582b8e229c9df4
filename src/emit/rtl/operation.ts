/** One operation on a scalar, or on one lane in a loop: a wire, or an instance of a library module. */
import type { Node } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/operands.js';
import { isMultiplier } from '../../schedule/dsp-fusion.js';
import { indexBits } from '../../util/powers-of-two.js';
import { lowBitsRead } from './bits-read.js';
import { expressionOf, type Helper } from './expression.js';
import { addMultiplier, leadingZeros, multiplier } from './instance.js';
import { lanesIn } from './lane.js';
import type { Scope } from './scope.js';
import { elementOf, named, rangeText, resize, type Term } from './term.js';

/** Writes `node` in the loop called `block`; '' for a scalar. */
export function writeOperation(scope: Scope, node: Node, block: string): void {
  if (isMultiplier(node)) writeProduct(scope, node, block);
  else writeResult(scope, node, block);
}

function writeResult(scope: Scope, node: Node, block: string): void {
  const { lines, values } = scope;
  const { operation: o } = node;
  const terms = operandsOf(node).map((operand, i) => termOf(scope, node, operand, lowBitsRead(node, i)));
  if (node.note) lines.comment(node.note);
  const name = scope.claim(node);
  const type = rangeText(elementOf(node));
  if (o.kind === 'leadingZeros') lines.add(`wire ${type}${name};`, ...leadingZeros(node, name, terms[0]));
  else {
    const text =
      o.kind === 'lookup' ? lookup(scope, node) : expressionOf(node, terms, helperOf(scope, node, name));
    lines.add(`wire ${type}${name} = ${text};`);
  }
  values.place(node, { kind: block ? 'lanes' : 'scalar', name, block, stage: scope.result(node) });
}

/** A product, with the sums before and after it that its block makes too. */
function writeProduct(scope: Scope, product: Node, block: string): void {
  const { lines, values, fusions } = scope;
  const factor = fusions.sumFactor(product);
  const target = fusions.whole(product);
  if (factor?.note) lines.comment(factor.note);
  if (product.note) lines.comment(product.note);
  const name = scope.claim(target);
  const element = elementOf(target);
  const bias = target === product ? 0n : biasOf(target, product);
  const term = (operand: Node) => termOf(scope, product, operand, null);
  const result = { name, bits: element.bits, bias };
  const note = target === product ? '' : `${product.name ?? 'product'} + ${bias}`;
  lines.noted(`wire ${rangeText(element)}${name};`, note);
  const enable = enableOf(scope, product);
  const factors = operandsOf(product).filter((operand) => operand !== factor);
  if (factor) {
    const sum = elementOf(factor);
    const addends = operandsOf(factor).map(term) as [Term, Term];
    const sumBits = sum.bits + (sum.signed ? 0 : 1);
    lines.add(...addMultiplier(addends, term(factors[0]), sumBits, result, enable));
  } else
    lines.add(
      ...multiplier(product, factors.map(term) as [Term, Term], result, scope.context.target, enable),
    );
  values.place(target, { kind: block ? 'lanes' : 'scalar', name, block, stage: scope.result(target) });
}

/** What is added to the product. */
function biasOf({ operation: o }: Node, product: Node): bigint {
  return o.kind === 'binary' ? (o.a === product ? o.b : o.a).range.lo : 0n;
}

/** An operand where the text of `node` stands. */
function termOf(scope: Scope, node: Node, operand: Node, lowBits: number | null): Term {
  return scope.values.ref(operand, scope.stage(node), lanesIn(node), lowBits);
}

/** The connection of the enable of an operation that takes several stages. */
export function enableOf(scope: Scope, node: Node): string {
  return `.en(${scope.control.enable(scope.stage(node) + 1) ?? "1'b1"})`;
}

function helperOf(scope: Scope, node: Node, name: string): Helper {
  const { context, lines } = scope;
  const enable = scope.control.enable(scope.stage(node) + 1);
  const when = enable === null ? '' : ` if (${enable})`;
  return (suffix, bits, signed, text, registered = false) => {
    const helper = context.names.claim(`${name}_${suffix}`);
    const type = rangeText({ bits, signed });
    if (registered)
      lines.add(`logic ${type}${helper};`, `always_ff @(posedge clk)${when} ${helper} <= ${text};`);
    else lines.add(`wire ${type}${helper} = ${text};`);
    return named(helper, { bits, signed });
  };
}

function lookup(scope: Scope, node: Node): string {
  const o = node.operation;
  if (o.kind !== 'lookup') throw new RangeError('not a lookup');
  const call = `${scope.context.romFunction(o.rom.name)}(${resize(termOf(scope, node, o.index, null), indexBits(o.rom.values.length))})`;
  const { bits } = elementOf(node);
  return bits === o.rom.element.bits ? call : `${bits}'(${call})`;
}
