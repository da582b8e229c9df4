/** One process as one SystemVerilog module: the facts that its template is filled with. */
import type { Nest, Network, Process } from '../../kernel/ir.js';
import { totalBits } from '../../kernel/type.js';
import { lateWrites, type NestSchedule, nestSchedule, type Schedule } from '../../schedule/schedule.js';
import { Lines, PAGE_COLUMNS, wrap } from '../network/lines.js';
import { nameValues } from '../network/name-values.js';
import { Names } from '../network/names.js';
import { render } from '../project/template.js';
import { ProcessContext } from './context.js';
import { controlFacts, type NestSignals, nestSignals, prefixOf } from './control.js';
import { writeDatapath } from './datapath.js';
import { handshakesOf } from './handshakes.js';
import { memoriesOf } from './memories.js';
import { bus, portLines, processPorts } from './module-ports.js';
import { Prologue } from './prologue.js';
import { sharedRequests, walkersOf } from './request.js';
import { RESERVED } from './reserved.js';
import { romFacts } from './rom.js';

/** A module's text, and the cycles that its prologue needs from the scalars to the start. */
export interface ProcessModule {
  readonly text: string;
  readonly prologueCycles: number;
}

/** Writes the module of `process`. Throws RangeError where the schedule is not one of this network. */
export function emitProcessModule(
  process: Process,
  network: Network,
  schedule: Schedule,
  banner: string,
): ProcessModule {
  const { target } = schedule;
  const late = lateWrites(network, schedule);
  const ports = processPorts(process, network, late);
  const readData = process.rams.map(({ name, type }) => ({
    name: `${name}_read_data`,
    type: bus(totalBits(type)),
  }));
  const names = new Names([
    ...RESERVED,
    process.name,
    ...ports.map(({ name }) => name),
    ...readData.map(({ name }) => name),
  ]);
  const nameOf = nameValues(process);
  const functions = new Map(process.roms.map((rom) => [rom.name, names.claim(rom.name)]));
  const prologue = new Prologue(process, network, names, nameOf, target);
  const isOnly = process.nests.length === 1;
  const signals = process.nests.map((nest) =>
    nestSignals(
      nest,
      nestSchedule(schedule, process.name, nest.label),
      prefixOf(nest, isOnly),
      names,
      prologue.bounds,
    ),
  );
  const context = new ProcessContext(
    process,
    target,
    names,
    nameOf,
    (node, lowBits) => prologue.still(node, lowBits),
    (rom) => functions.get(rom)!,
  );
  const sequence = names.claim('nests');
  const nests = process.nests.map((nest, i) =>
    nestFacts(nest, nestSchedule(schedule, process.name, nest.label), signals[i], prologue, context),
  );
  // Bits of a vector stand with the highest first.
  const bits = (of: (one: NestSignals) => string) => concatenation([...signals].reverse().map(of));
  const text = render('rtl/templates/process.sv.ejs', {
    banner,
    comment: wrap(`${process.unit}: ${process.doc}`, PAGE_COLUMNS - 3),
    name: process.name,
    ports: portLines(ports),
    roms: process.roms.map((rom) => romFacts(rom, functions.get(rom.name)!)),
    prologue: section(
      'Prologue: a register after every operation; the call starts when all have settled.',
      prologue.lines,
    ),
    readData,
    sequence,
    any: bits(({ some }) => some),
    enter: bits(({ enter }) => enter),
    finish: bits(({ finish }) => finish),
    nests,
    requests: sharedRequests(nests.flatMap(({ walkers }) => walkers)),
    memories: memoriesOf(context),
    handshakes: handshakesOf(context, late),
    unused: section('Bits that nothing here reads.', unusedOf(prologue)),
  });
  return { text, prologueCycles: prologue.cycles };
}

/** What the template says of a nest. */
function nestFacts(
  nest: Nest,
  schedule: NestSchedule,
  signals: NestSignals,
  prologue: Prologue,
  context: ProcessContext,
) {
  const { depth, interval } = schedule;
  const loops = nest.loops.map(({ index }) => index).join(', ');
  const pace = interval === 1 ? 'every cycle' : `every ${interval} cycles`;
  const stages = depth === 1 ? '1 stage' : `${depth} stages`;
  const control = controlFacts(nest, schedule, signals, context.names);
  const walkers = walkersOf(nest, signals, prologue.values, context);
  const datapath = new Lines(1);
  writeDatapath(nest, schedule, signals, context, datapath);
  return {
    ...control,
    walkers,
    comment: wrap(
      `Nest ${nest.label} (${loops}): ${stages}, an iteration ${pace}. ${nest.doc}`,
      PAGE_COLUMNS - 5,
    ),
    datapath: `${datapath}`,
  };
}

function concatenation(bits: readonly string[]): string {
  return bits.length === 1 ? bits[0] : `{${bits.join(', ')}}`;
}

function unusedOf(prologue: Prologue): Lines {
  const lines = new Lines(1);
  lines.add(...prologue.values.unused());
  return lines;
}

/** Lines below a comment, after an empty one; nothing where there are no lines. */
function section(comment: string, own: Lines): string {
  if (own.count === 0) return '';
  const lines = new Lines(1);
  lines.add('');
  lines.comment(comment);
  lines.addAll(own);
  return `${lines}`;
}
