/**
 * Writes a loop nest. Bounds known beforehand: nested loops, which the tool flattens. An inner bound known only at run time: one flat
 * loop with counters, because nested loops would drain the pipeline at every start of the inner one. Bursts: nested all the same, the
 * innermost loop over consecutive words, from which the tool infers the burst.
 */
import type { Loop, Nest, Node } from '../../kernel/ir.js';
import { operandsOf } from '../../kernel/operands.js';
import { elementFor } from '../../kernel/type.js';
import type { Lines } from '../network/lines.js';
import { BodyWriter } from './body.js';
import type { FunctionContext } from './context.js';
import type { Expression } from './expression.js';
import { binds, inner, int, number } from './expression.js';
import { loopIndex } from './names.js';
import { inRegisters } from './registers.js';
import { dimensions, elementName, formatNote, sizeText } from './type.js';

/** Writes `nest` and the registers it carries; `bound` spells a loop bound in the function's prologue. */
export function writeNest(
  nest: Nest,
  context: FunctionContext,
  lines: Lines,
  bound: (node: Node) => Expression,
): void {
  const inConstant = nest.loops.slice(1).every((loop) => loop.bound.operation.kind === 'const');
  const isFlat = !nest.burst && !inConstant;
  // Where several nests carry registers or counters, each has its own scope.
  const scoped = context.process.nests.length > 1 && (isFlat || nest.registers.length > 0);
  if (nest.doc) lines.comment(nest.doc);
  if (scoped) lines.open('{');
  registers(nest, lines);
  if (isFlat) flat(nest, context, lines, bound);
  else nested(nest, context, lines, bound);
  if (scoped) lines.close('}');
}

function registers(nest: Nest, lines: Lines): void {
  for (const { name, type, init } of nest.registers) {
    const note = formatNote(type.element);
    if (type.shape.length === 0) {
      const start = init === null ? '' : ` = ${number(init).text}`;
      lines.noted(`${elementName(type.element)} ${name}${start};`, note);
      continue;
    }
    lines.noted(`${elementName(type.element)} ${name}${dimensions(type.shape)};`, note);
    for (const pragma of inRegisters(name, type)) lines.atMargin(pragma);
    if (init !== null) lines.add(init === 0n ? `clear(${name});` : `fill(${name}, ${number(init).text});`);
  }
}

/** Stages of their own enables: what is computed leaves the pipeline although the next word has not come. */
function pipeline({ interval }: Nest, lines: Lines): void {
  lines.atMargin(`#pragma HLS PIPELINE II=${interval} style=flp`);
}

/** What the tool may take for granted about memories that the nest reads and writes. */
function dependences(nest: Nest, lines: Lines): void {
  const reads = new Set(nest.body.flatMap((n) => (n.operation.kind === 'ramRead' ? [n.operation.ram] : [])));
  const writes = new Set(
    nest.body.flatMap((n) => (n.operation.kind === 'ramWrite' ? [n.operation.ram] : [])),
  );
  for (const ram of writes) {
    if (!reads.has(ram)) continue;
    const distance = nest.distances.get(ram);
    lines.atMargin(
      distance === undefined
        ? `#pragma HLS DEPENDENCE variable=${ram.name} inter false`
        : `#pragma HLS DEPENDENCE variable=${ram.name} inter RAW distance=${distance} true`,
    );
  }
}

function header(loop: Loop, lines: Lines, label: string, bound: string): void {
  lines.add(`${label}:`);
  const index = loopIndex(loop.index);
  lines.open(`for (int ${index} = 0; ${index} < ${bound}; ++${index}) {`);
}

function nested(nest: Nest, context: FunctionContext, lines: Lines, bound: (node: Node) => Expression): void {
  // A loop of one trip would only stand in the way of flattening.
  const once = nest.loops.map(
    (loop, i) => isOne(loop) && (i < nest.loops.length - 1 || (i > 0 && !nest.burst)),
  );
  if (once.every(Boolean)) once[once.length - 1] = false;
  const innermost = once.lastIndexOf(false);
  const index = (loop: number) => (once[loop] ? number(0n) : int(loopIndex(nest.loops[loop].index)));
  let address = '';
  const outside = nest.burst ? needed(nest.burst.address, nest.body) : [];
  nest.loops.forEach((loop, i) => {
    if (nest.burst && i === innermost) {
      new BodyWriter(context, outside, lines, index).write();
      const start = new BodyWriter(context, [], lines, index).scalar(nest.burst.address);
      address = `${inner(start, binds.add)} + ${loopIndex(loop.index)}`;
    }
    if (!once[i]) header(loop, lines, context.label(loop.label), inner(boundOf(loop, bound), binds.shift));
  });
  pipeline(nest, lines);
  dependences(nest, lines);
  const body = nest.body.filter((node) => !outside.includes(node));
  new BodyWriter(context, body, lines, index, address).write();
  for (const one of once) if (!one) lines.close('}');
}

/** A bound by its name where it has one. */
function boundOf({ size, bound }: Loop, spell: (node: Node) => Expression): Expression {
  return size ? int(sizeText(size), binds.mul) : spell(bound);
}

const isOne = (loop: Loop) => loop.bound.operation.kind === 'const' && loop.maxBound === 1;

/** Nodes of the body that a burst's address is made of. */
function needed(address: Node, body: readonly Node[]): Node[] {
  const wanted = new Set<Node>();
  const visit = (node: Node): void => {
    if (wanted.has(node)) return;
    wanted.add(node);
    operandsOf(node).forEach(visit);
  };
  visit(address);
  return body.filter((node) => wanted.has(node));
}

function flat(nest: Nest, context: FunctionContext, lines: Lines, bound: (node: Node) => Expression): void {
  const steps = context.label(`${nest.label.toLowerCase()}_steps`);
  const most = nest.loops.reduce((product, loop) => product * BigInt(Math.max(loop.maxBound, 1)), 1n);
  const total = elementFor({ lo: 0n, hi: most });
  // Counters live in the function, where another nest may have some of the same name. A loop of one trip needs none.
  const counters = nest.loops.map((loop) =>
    isOne(loop) ? null : { index: context.counter(loopIndex(loop.index)), bound: boundOf(loop, bound) },
  );
  const counting = counters.filter((counter) => counter !== null);
  const factors = counting.map((counter) => `${elementName(total)}(${counter.bound.text})`).join(' * ');
  lines.comment(
    'One flat loop: the inner bounds are known only at run time, and nested loops would drain the pipeline.',
  );
  lines.add(`const ${elementName(total)} ${steps} = ${factors};`);
  for (const { index } of counting) lines.add(`int ${index} = 0;`);
  lines.add(`${context.label(nest.label)}:`);
  lines.open(`for (${elementName(total)} iteration = 0; iteration < ${steps}; ++iteration) {`);
  pipeline(nest, lines);
  dependences(nest, lines);
  const index = (loop: number) => {
    const counter = counters[loop];
    return counter ? int(counter.index) : number(0n);
  };
  new BodyWriter(context, nest.body, lines, index).write();
  advance(counting, lines);
  lines.close('}');
}

/** The indices count on like the digits of a number, the last one fastest. */
function advance(
  counters: readonly { readonly index: string; readonly bound: Expression }[],
  lines: Lines,
): void {
  for (const { index, bound } of counters.slice(1).reverse()) {
    lines.open(`if (++${index} == ${inner(bound, binds.shift)}) {`);
    lines.add(`${index} = 0;`);
  }
  lines.add(`++${counters[0].index};`);
  for (let i = 1; i < counters.length; ++i) lines.close('}');
}
