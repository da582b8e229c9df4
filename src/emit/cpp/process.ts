/**
 * One process as one C++ function: streams, ports and scalars as parameters, memories and tables, the prologue, then the loop nests in
 * order.
 */
import type { Nest, Network, Node, Process, Ram, Rom } from '../../kernel/ir.js';
import { elementFor, laneCount, printType } from '../../kernel/type.js';
import { interfaceOf } from '../network/interface.js';
import { Lines } from '../network/lines.js';
import { nameValues } from '../network/name-values.js';
import { Names } from '../network/names.js';
import { BodyWriter } from './body.js';
import type { Binding, FunctionContext } from './context.js';
import { int } from './expression.js';
import { holding } from './hold.js';
import { fixedNames } from './names.js';
import { writeNest } from './nest.js';
import { inRegisters } from './registers.js';
import { parametersOf, signature } from './signature.js';
import { dimensions, elementName, literal, sizeText } from './type.js';

/** How every multiplication is built; null leaves it to the tool. */
export type BindingOf = (process: Process, node: Node) => Binding | null;

/** The definition of a process's function, without includes. */
export function emitProcess(process: Process, network: Network, bindingOf: BindingOf): string {
  const own = interfaceOf(process, network);
  const context = contextOf(process, bindingOf);
  const lines = new Lines(0);
  lines.comment(`${process.unit}: ${process.doc}`);
  const open = signature(process.name, parametersOf(own), ' {');
  const body = new Lines(1);
  for (const rom of process.roms) writeRom(rom, process, body);
  for (const table of tablesOf(process)) writeTable(table, context, body);
  for (const ram of process.rams) writeRam(ram, body);
  const prologue = new BodyWriter(context, process.prologue, body, () => int('0'));
  prologue.write();
  process.nests.forEach((nest: Nest, i) => {
    if (i > 0 || process.rams.length + process.roms.length + prologueLines(process) > 0) body.add('');
    writeNest(nest, context, body, (node) => prologue.scalar(node));
  });
  return `${lines}${open}${body}}\n`;
}

const prologueLines = (process: Process) =>
  process.prologue.filter((node) => node.operation.kind !== 'const' && node.operation.kind !== 'arg').length;

function contextOf(process: Process, bindingOf: BindingOf): FunctionContext {
  const binding = (node: Node) =>
    node.operation.kind === 'binary' && node.operation.op === 'mul' ? bindingOf(process, node) : null;
  const hold = holding(process, (node) => binding(node) !== null);
  const names = new Names(fixedNames(process));
  const labels = new Names();
  const counters = new Set<string>();
  const nameOf = nameValues(process);
  const claimed = new Map<Node, string>();
  const tables = new Map<Node, string>();
  return {
    process,
    holding: hold,
    variables: new Map(),
    binding,
    label: (wanted) => labels.claim(wanted),
    counter(index) {
      if (counters.has(index)) return names.claim(index);
      counters.add(index);
      return index;
    },
    nameOf(node) {
      const known = claimed.get(node);
      if (known) return known;
      const name = names.claim(nameOf(node));
      claimed.set(node, name);
      return name;
    },
    tableName(node) {
      // A table that a stream takes is copied into a word, which has the value's name.
      if (!hold.words.has(node)) return this.nameOf(node);
      const name = tables.get(node) ?? names.claim(`${nameOf(node)}_table`);
      tables.set(node, name);
      return name;
    },
  };
}

/** Constants that differ from lane to lane. */
function tablesOf(process: Process): Node[] {
  return [...process.prologue, ...process.nests.flatMap((nest) => nest.body)].filter(
    ({ operation: o }) => o.kind === 'const' && o.values.some((value) => value !== o.values[0]),
  );
}

function writeTable(node: Node, context: FunctionContext, lines: Lines): void {
  const { values } = node.operation as Extract<Node['operation'], { kind: 'const' }>;
  const type = elementName(elementFor(node.range));
  const name = context.tableName(node);
  lines.add(`static const ${type} ${name}${dimensions(node.shape)} = {`);
  numbers(values, lines);
  lines.add('};');
  for (const pragma of inRegisters(name, node)) lines.atMargin(pragma);
}

function writeRom({ name, element, values, doc }: Rom, process: Process, lines: Lines): void {
  if (doc) lines.comment(doc);
  lines.add(`static const ${elementName(element)} ${name}[${values.length}] = {`);
  numbers(values, lines);
  lines.add('};');
  const lanes = process.nests
    .flatMap((nest) => nest.body)
    .reduce((most, { operation: o, shape }) => {
      return o.kind === 'lookup' && o.rom.name === name ? most + laneCount(shape) : most;
    }, 0);
  lines.atMargin(
    `#pragma HLS BIND_STORAGE variable=${name} type=${lanes > 1 ? 'rom_np' : 'rom_1p'} impl=lutram`,
  );
}

function numbers(values: readonly bigint[], lines: Lines): void {
  let line = '';
  for (const text of values.map(literal)) {
    if (line && line.length + text.length + 4 > lines.room()) {
      lines.add(`  ${line}`);
      line = '';
    }
    line += `${line ? ' ' : ''}${text},`;
  }
  if (line) lines.add(`  ${line}`);
}

function writeRam({ name, type, depth, depthSize, storage, doc }: Ram, lines: Lines): void {
  if (doc) lines.comment(`${doc} (${printType(type)})`);
  const words = depthSize ? sizeText(depthSize) : depth;
  lines.add(`static ${elementName(type.element)} ${name}[${words}]${dimensions(type.shape)};`);
  lines.atMargin(`#pragma HLS BIND_STORAGE variable=${name} type=ram_s2p impl=${storage}`);
  // All lanes of a word lie side by side in one memory word.
  for (let axis = 0; axis < type.shape.length; ++axis)
    lines.atMargin(`#pragma HLS ARRAY_RESHAPE variable=${name} complete dim=${axis + 2}`);
}
