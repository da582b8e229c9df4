/**
 * One process as one C++ function: streams, ports and scalars as parameters, memories and tables, the prologue, then the loop nests in
 * order. The declaration for the header comes from the same place.
 */
import type { Channel, Nest, Network, Node, Port, Process, Ram, Rom, Scalar } from '../../kernel/ir.js';
import { elementFor, laneCount, printType, totalBits } from '../../kernel/type.js';
import { nameValues } from '../network/name-values.js';
import { BodyWriter } from './body.js';
import type { Binding, FunctionContext } from './context.js';
import { int } from './expression.js';
import { holding } from './hold.js';
import { Lines } from './lines.js';
import { fixedNames, Names } from './names.js';
import { writeNest } from './nest.js';
import { dimensions, elementName, literal, wordName } from './type.js';

/** How every multiplication is built; null leaves it to the tool. */
export type BindingOf = (process: Process, node: Node) => Binding | null;

/** A parameter of an emitted function: its C++ type and name, and what a reader wants to know. */
export interface Parameter {
  readonly type: string;
  readonly name: string;
  readonly note: string;
}

/** What a process touches, in the order of the network's declarations. */
export interface Interface {
  readonly inputs: readonly Channel[];
  readonly outputs: readonly Channel[];
  readonly ports: readonly Port[];
  readonly scalars: readonly Scalar[];
}

export function interfaceOf(process: Process, network: Network): Interface {
  const nodes = [...process.prologue, ...process.nests.flatMap((nest) => nest.body)];
  const used = new Set<object>();
  const written = new Set<Channel>();
  for (const { operation: o } of nodes) {
    if (o.kind === 'arg') used.add(o.scalar);
    if (o.kind === 'read' || o.kind === 'write') used.add(o.channel);
    if (o.kind === 'write') written.add(o.channel);
    if (o.kind === 'portRead' || o.kind === 'portWrite') used.add(o.port);
  }
  const channels = network.channels.filter((channel) => used.has(channel));
  return {
    inputs: channels.filter((channel) => !written.has(channel)),
    outputs: channels.filter((channel) => written.has(channel)),
    ports: network.ports.filter((port) => used.has(port)),
    scalars: network.scalars.filter((scalar) => used.has(scalar)),
  };
}

/** C++ parameters for streams (in, out), ports and scalars. */
export function parametersOf({ inputs, outputs, ports, scalars }: Interface): Parameter[] {
  const stream =
    (way: string) =>
    (channel: Channel): Parameter => ({
      type: `hls::stream<${wordName(channel.type)}>&`,
      name: channel.name,
      note: `${way}, ${printType(channel.type)}: ${channel.doc}`,
    });
  return [
    ...inputs.map(stream('in')),
    ...outputs.map(stream('out')),
    ...ports.map((port) => ({
      type: portType(port),
      name: port.name,
      note: `${port.direction}s ${printType(port.type)}: ${port.doc}`,
    })),
    ...scalars.map((scalar) => ({
      type: elementName(scalar.element),
      name: scalar.name,
      note: `${scalar.range.lo}..${scalar.range.hi}: ${scalar.doc}`,
    })),
  ];
}

export function portType(port: Port): string {
  return `${port.direction === 'read' ? 'const ' : ''}ap_uint<${totalBits(port.type)}>*`;
}

/** `void name(...)` with a parameter and its note a line. `end` closes it: `;` or ` {`. */
export function signature(name: string, parameters: readonly Parameter[], end: string): string {
  const lines = new Lines();
  if (parameters.length === 0) {
    lines.add(`void ${name}()${end}`);
    return lines.toString();
  }
  lines.add(`void ${name}(`);
  parameters.forEach(({ type, name: parameter, note }, i) => {
    const last = i === parameters.length - 1;
    lines.noted(`    ${type} ${parameter}${last ? `)${end}` : ','}`, note);
  });
  return lines.toString();
}

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
  const names = new Names([...fixedNames(process), process.name]);
  const labels = new Names([]);
  const counters = new Set<string>();
  const nameOf = nameValues(process);
  const claimed = new Map<Node, string>();
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
  const name = context.nameOf(node);
  lines.add(`static const ${type} ${name}${dimensions(node.shape)} = {`);
  numbers(values, lines);
  lines.add('};');
  lines.pragma(`ARRAY_PARTITION variable=${name} complete dim=0`);
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
  lines.pragma(`BIND_STORAGE variable=${name} type=${lanes > 1 ? 'rom_np' : 'rom_1p'} impl=lutram`);
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

function writeRam({ name, type, depth, storage, doc }: Ram, lines: Lines): void {
  if (doc) lines.comment(`${doc} (${printType(type)})`);
  lines.add(`static ${elementName(type.element)} ${name}[${depth}]${dimensions(type.shape)};`);
  lines.pragma(`BIND_STORAGE variable=${name} type=ram_s2p impl=${storage}`);
  // All lanes of a word lie side by side in one memory word.
  for (let axis = 0; axis < type.shape.length; ++axis)
    lines.pragma(`ARRAY_RESHAPE variable=${name} complete dim=${axis + 2}`);
}
