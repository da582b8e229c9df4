/** Ports of emitted modules, and the lines that declare them. */
import type { Channel, Network, Port, Process, Scalar } from '../../kernel/ir.js';
import { printType, totalBits } from '../../kernel/type.js';
import type { AxiSignal } from '../network/axi-signals.js';
import { interfaceOf } from '../network/interface.js';
import { Lines, PAGE_COLUMNS } from '../network/lines.js';
import { rangeText } from './term.js';

/** A port of a module. `note` is a comment; empty for none. */
export interface ModulePort {
  readonly direction: 'input' | 'output';
  readonly type: string;
  readonly name: string;
  readonly note: string;
}

export function modulePort(
  direction: ModulePort['direction'],
  type: string,
  name: string,
  note = '',
): ModulePort {
  return { direction, type, name, note };
}

/** The type of a word: a range also where it has one bit. */
export const bus = (bits: number): string => `[${bits - 1}:0] `;

/** An argument of a call. */
export function scalarPort({ name, element, range, doc }: Scalar): ModulePort {
  return modulePort('input', rangeText(element), name, `${range.lo}..${range.hi}: ${doc}`);
}

/** Word, valid and ready of a stream into the module, or out of it. */
export function streamPorts(
  { name, type }: Pick<Channel, 'name' | 'type'>,
  into: boolean,
  note: string,
): ModulePort[] {
  const [forth, back] = into ? (['input', 'output'] as const) : (['output', 'input'] as const);
  return [
    modulePort(forth, bus(totalBits(type)), `${name}_data`, note),
    modulePort(forth, '', `${name}_valid`),
    modulePort(back, '', `${name}_ready`),
  ];
}

/** A signal as a port of a module, called after the interface. */
export function axiPort(prefix: string, signal: AxiSignal): ModulePort {
  const type = signal.isBus ? bus(signal.bits) : '';
  return modulePort(signal.out ? 'output' : 'input', type, `${prefix}_${signal.name}`);
}

/** What the words of a channel or port are. */
export const streamNote = ({ type, doc }: Channel | Port): string => `${printType(type)}: ${doc}`;

/** A stream out of a process; where its words come late, their places are reserved when it says so. */
export function writtenPorts(channel: Channel, isLate: boolean): ModulePort[] {
  const [data, valid, ready] = streamPorts(channel, false, streamNote(channel));
  if (!isLate) return [data, valid, ready];
  return [
    data,
    valid,
    modulePort('output', '', `${channel.name}_reserve`, 'takes the place of a word that is on its way'),
    { ...ready, note: 'a place is free' },
  ];
}

/** Ports of a process in the order clock, control, scalars, channels in, channels out, memory. */
export function processPorts(
  process: Process,
  network: Network,
  late: ReadonlyMap<Channel, number>,
): ModulePort[] {
  const { inputs, outputs, ports, scalars } = interfaceOf(process, network);
  return [
    modulePort('input', '', 'clk'),
    modulePort('input', '', 'rst'),
    modulePort('input', '', 'start', 'one cycle; the first iteration is in the next'),
    modulePort('output', '', 'done', 'high while nothing runs'),
    ...scalars.map(scalarPort),
    ...inputs.flatMap((channel) => streamPorts(channel, true, streamNote(channel))),
    ...outputs.flatMap((channel) => writtenPorts(channel, late.has(channel))),
    ...ports.flatMap((port) => [
      modulePort(
        'output',
        '',
        `${port.name}_request_valid`,
        `${port.direction}s ${printType(port.type)}: ${port.doc}`,
      ),
      modulePort('input', '', `${port.name}_request_ready`),
      modulePort('output', bus(32), `${port.name}_request_word`, 'address, in words'),
      modulePort('output', bus(32), `${port.name}_request_words`, 'consecutive words'),
      ...streamPorts(port, port.direction === 'read', ''),
    ]),
  ];
}

/** The lines between the brackets of a module's head: names in a column; a note that has no room after its port stands above it. */
export function portLines(ports: readonly ModulePort[]): string {
  const lines = new Lines(1);
  const width = Math.max(...ports.map(({ type }) => type.length));
  ports.forEach(({ direction, type, name, note }, i) => {
    const text = `${direction.padEnd(6)} logic ${type.padEnd(width)}${name}${i < ports.length - 1 ? ',' : ''}`;
    if (text.length + note.length + 6 <= PAGE_COLUMNS) lines.noted(text, note);
    else {
      lines.comment(note);
      lines.add(text);
    }
  });
  return `${lines}`;
}
