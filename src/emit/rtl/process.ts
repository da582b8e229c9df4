/** One process as one SystemVerilog module: ports, tables, prologue, control, the datapath of each nest, and what joins them. */
import type { Nest, Network, Node, Process, Rom } from '../../kernel/ir.js';
import { printType, totalBits } from '../../kernel/type.js';
import { nestSchedule, type Schedule } from '../../schedule/schedule.js';
import { interfaceOf } from '../network/interface.js';
import { Lines } from '../network/lines.js';
import { Names } from '../network/names.js';
import { loopRoles } from '../network/value-names.js';
import { ProcessContext } from './context.js';
import { BoundWriter, nestSignals, writeNestControl, writeSequence } from './control.js';
import { writeAccesses, writeMemories } from './joins.js';
import { writeDatapath } from './nest.js';
import { writeRequests } from './request.js';
import { RESERVED } from './reserved.js';
import { SettledValues } from './settled.js';
import { literal, rangeText, type Term } from './term.js';

/** A module's text, and the cycles that its prologue needs from the scalars to the start. */
export interface ProcessModule {
  readonly text: string;
  readonly prologueCycles: number;
}

/** A port of a module. */
export interface ModulePort {
  readonly direction: 'input' | 'output';
  readonly type: string;
  readonly name: string;
  readonly note: string;
}

/** Writes the module of `process`. Throws RangeError where the schedule is not one of this network. */
export function emitProcessModule(process: Process, network: Network, schedule: Schedule): ProcessModule {
  const ports = modulePorts(process, network);
  const fixed = [
    process.name,
    ...ports.map(({ name }) => name),
    ...process.rams.flatMap(({ name }) => [`${name}_read_data`]),
  ];
  const names = new Names([...RESERVED, ...fixed]);
  const body = new Lines(1);

  const roms = new Map(process.roms.map((rom) => [rom.name, names.claim(rom.name)]));
  for (const rom of process.roms) writeRom(rom, roms.get(rom.name)!, body);

  const settledLines = new Lines(1);
  const roles = loopRoles(process);
  const scalar = (node: Node) => {
    const o = node.operation;
    if (o.kind !== 'arg') return null;
    return { term: { text: o.scalar.name, ...o.scalar.element, plain: true } as Term, cycles: 0 };
  };
  const prologue = new SettledValues(names, schedule.target, settledLines, scalar, (node) => roles.get(node));
  for (const { name, element } of interfaceOf(process, network).scalars) prologue.declare(name, element);
  let cycles = 0;
  for (const node of process.prologue) {
    const { operation: o } = node;
    if (o.kind === 'const' || o.kind === 'arg' || node.shape.length > 0) continue;
    cycles = Math.max(cycles, prologue.of(node, 0).cycles);
  }
  const bounds = new BoundWriter(prologue, names, settledLines);
  const single = process.nests.length === 1;
  const asked = askedNests(process);
  const signals = process.nests.map((nest) =>
    nestSignals(nest, single ? '' : `${nest.label.toLowerCase()}_`, asked.has(nest), names, bounds),
  );
  cycles = Math.max(cycles, bounds.cycles);
  if (settledLines.count > 0) {
    body.add('');
    body.comment('Prologue: a register behind every operation; the call starts when all have settled.');
    body.addAll(settledLines);
  }

  const inPrologue = new Set(process.prologue);
  const still = (node: Node, lowBits: number | null): Term | null => {
    const { operation: o } = node;
    if (o.kind === 'const') return null;
    if (node.shape.length > 0) return null;
    if (o.kind === 'arg' || inPrologue.has(node)) return prologue.of(node, lowBits).term;
    return null;
  };
  const context = new ProcessContext(process, schedule.target, names, still, (rom) => roms.get(rom)!);
  body.add(
    '',
    '// One enable moves the whole process; it is held while a stage in use waits for a channel or for memory.',
  );
  body.add('wire en;');
  for (const ram of process.rams) body.add(`wire [${totalBits(ram.type) - 1}:0] ${ram.name}_read_data;`);
  writeSequence(signals, body);
  process.nests.forEach((nest, i) => {
    const own = nestSchedule(schedule, process.name, nest.label);
    const loops = nest.loops.map(({ index }) => index).join(', ');
    body.add('');
    body.comment(
      `Nest ${nest.label} (${loops}): ${own.depth} stages, an iteration ${own.interval === 1 ? 'a cycle' : `every ${own.interval} cycles`}. ${nest.doc}`,
    );
    writeNestControl(nest, own, signals[i], names, body);
    writeRequests(nest, signals[i], prologue, context, body);
    writeDatapath(nest, own, signals[i], context, body);
  });
  writeMemories(context, body);
  writeAccesses(context, body);
  const unused = prologue.unused();
  if (unused.length > 0) body.add('', ...unused);

  const head = new Lines(0);
  head.comment(`${process.unit}: ${process.doc}`);
  head.add(`module ${process.name} (`);
  ports.forEach(({ direction, type, name, note }, i) => {
    head.noted(`  ${direction.padEnd(6)} logic ${type}${name}${i < ports.length - 1 ? ',' : ''}`, note);
  });
  head.add(');');
  return { text: `${head}${body}endmodule\n`, prologueCycles: cycles };
}

/** Nests that must say whether they are at work: where more than one reads a memory, its address is chosen between them. */
function askedNests({ rams, nests }: Process): Set<Nest> {
  return new Set(
    rams.flatMap((ram) =>
      nests
        .filter(({ body }) => body.some(({ operation: o }) => o.kind === 'ramRead' && o.ram === ram))
        .slice(0, -1),
    ),
  );
}

/** Ports in the order clock, control, scalars, channels in, channels out, memory. */
export function modulePorts(process: Process, network: Network): ModulePort[] {
  const { inputs, outputs, ports, scalars } = interfaceOf(process, network);
  const port = (direction: 'input' | 'output', type: string, name: string, note = ''): ModulePort => ({
    direction,
    type,
    name,
    note,
  });
  const word = (bits: number) => `[${bits - 1}:0] `;
  const stream = (name: string, bits: number, into: boolean, note: string) => [
    port(into ? 'input' : 'output', word(bits), `${name}_data`, note),
    port(into ? 'input' : 'output', '', `${name}_valid`),
    port(into ? 'output' : 'input', '', `${name}_ready`),
  ];
  return [
    port('input', '', 'clk'),
    port('input', '', 'rst'),
    port('input', '', 'start', 'one cycle; the first iteration is in the next'),
    port('output', '', 'done', 'high while nothing runs'),
    ...scalars.map((s) =>
      port('input', rangeText(s.element), s.name, `${s.range.lo}..${s.range.hi}: ${s.doc}`),
    ),
    ...inputs.flatMap((c) => stream(c.name, totalBits(c.type), true, `${printType(c.type)}: ${c.doc}`)),
    ...outputs.flatMap((c) => stream(c.name, totalBits(c.type), false, `${printType(c.type)}: ${c.doc}`)),
    ...ports.flatMap((p) => [
      port('output', '', `${p.name}_request_valid`, `${p.direction}s ${printType(p.type)}: ${p.doc}`),
      port('input', '', `${p.name}_request_ready`),
      port('output', '[31:0] ', `${p.name}_request_word`, 'address, in words'),
      port('output', '[31:0] ', `${p.name}_request_words`, 'consecutive words'),
      ...stream(p.name, totalBits(p.type), p.direction === 'read', ''),
    ]),
  ];
}

/** A table as a function: a case statement, which every tool turns into LUTs. */
function writeRom({ values, element, doc }: Rom, name: string, lines: Lines): void {
  const bits = Math.max(1, Math.ceil(Math.log2(values.length)));
  lines.add('');
  if (doc) lines.comment(doc);
  lines.open(`function automatic logic ${rangeText(element)}${name}(input logic [${bits - 1}:0] index);`);
  lines.open('case (index)');
  values.forEach((value, i) => {
    lines.add(`${bits}'d${i}: ${name} = ${literal(value, element.bits, element.signed)};`);
  });
  if (values.length < 2 ** bits) lines.add(`default: ${name} = '0;`);
  lines.close('endcase');
  lines.close('endfunction');
}
