/**
 * The region: every process beside the others, a FIFO for each channel between two of them, an AXI master for each external port. A call starts
 * all processes at once, when their prologues have settled, and ends when all have ended and all writes are acknowledged.
 */
import { depthOf } from '../../kernel/depths.js';
import type { Channel, Network, Port } from '../../kernel/ir.js';
import { laneCount, printType, totalBits } from '../../kernel/type.js';
import { fifoStorage } from '../../schedule/memory-choice.js';
import { interfaceOf } from '../cpp/process.js';
import { Lines } from './lines.js';
import type { ModulePort } from './process.js';
import { rangeText } from './term.js';

export interface RegionOptions {
  readonly name: string;
  /** Cycles from the scalars to the start of the processes. */
  readonly prologueCycles: number;
  /** Words that a port's AXI master may have asked for and not delivered. */
  readonly bufferWords: (port: string) => number;
}

/** AXI4 signals of a master by direction of the port: name, bits, and true where the master drives it. */
export function axiSignals(port: Port): { name: string; bits: number; out: boolean }[] {
  const bits = totalBits(port.type);
  const s = (name: string, width: number, out: boolean) => ({ name, bits: width, out });
  const address = (a: string) => [
    s(`${a}addr`, 64, true),
    s(`${a}len`, 8, true),
    s(`${a}size`, 3, true),
    s(`${a}burst`, 2, true),
    s(`${a}cache`, 4, true),
    s(`${a}prot`, 3, true),
    s(`${a}valid`, 1, true),
    s(`${a}ready`, 1, false),
  ];
  if (port.direction === 'read')
    return [
      ...address('ar'),
      s('rdata', bits, false),
      s('rresp', 2, false),
      s('rlast', 1, false),
      s('rvalid', 1, false),
      s('rready', 1, true),
    ];
  return [
    ...address('aw'),
    s('wdata', bits, true),
    s('wstrb', bits / 8, true),
    s('wlast', 1, true),
    s('wvalid', 1, true),
    s('wready', 1, false),
    s('bresp', 2, false),
    s('bvalid', 1, false),
    s('bready', 1, true),
  ];
}

const word = (bits: number) => (bits > 1 ? `[${bits - 1}:0] ` : '');
/** One bit each, and a vector where there is none. */
const statusBits = (list: readonly unknown[]) => Math.max(1, list.length);
const bus = (bits: number) => `[${bits - 1}:0] `;

/** Ports of the region's module. */
export function regionPorts(network: Network, boundary: Boundary): ModulePort[] {
  const port = (direction: 'input' | 'output', type: string, name: string, note = ''): ModulePort => ({
    direction,
    type,
    name,
    note,
  });
  const stream = (channel: Channel, into: boolean) => [
    port(
      into ? 'input' : 'output',
      bus(totalBits(channel.type)),
      `${channel.name}_data`,
      `${printType(channel.type)}: ${channel.doc}`,
    ),
    port(into ? 'input' : 'output', '', `${channel.name}_valid`),
    port(into ? 'output' : 'input', '', `${channel.name}_ready`),
  ];
  return [
    port('input', '', 'clk'),
    port('input', '', 'rst'),
    port('input', '', 'start', 'one cycle; scalars and bases hold from here to the end'),
    port('output', '', 'done', 'high while nothing runs'),
    port('input', '', 'clear', 'gives up the call; the memory goes on'),
    port(
      'output',
      bus(statusBits(network.ports)),
      'errors',
      'a bit a port: the memory has answered with an error',
    ),
    port(
      'output',
      bus(statusBits(network.ports)),
      'awaiting',
      'a bit a port: the memory has not answered yet',
    ),
    port('output', bus(statusBits(network.processes)), 'unfinished', 'a bit a process: it runs'),
    ...network.scalars.map((s) =>
      port('input', rangeText(s.element), s.name, `${s.range.lo}..${s.range.hi}: ${s.doc}`),
    ),
    ...boundary.inputs.flatMap((c) => stream(c, true)),
    ...boundary.outputs.flatMap((c) => stream(c, false)),
    ...network.ports.flatMap((p) => [
      port(
        'input',
        '[63:0] ',
        `m_axi_${p.name}_base`,
        `byte address of word 0. ${p.direction}s ${printType(p.type)}: ${p.doc}`,
      ),
      ...axiSignals(p).map(({ name, bits, out }) =>
        port(
          out ? 'output' : 'input',
          name.endsWith('strb') || name.endsWith('data') ? bus(bits) : word(bits),
          `m_axi_${p.name}_${name}`,
        ),
      ),
    ]),
  ];
}

export interface Boundary {
  readonly inputs: readonly Channel[];
  readonly outputs: readonly Channel[];
}

/** The module's text. */
export function emitRegion(network: Network, boundary: Boundary, options: RegionOptions): string {
  const ports = regionPorts(network, boundary);
  const lines = new Lines(0);
  lines.comment(network.doc);
  lines.add(`module ${options.name} (`);
  ports.forEach(({ direction, type, name, note }, i) => {
    lines.noted(`  ${direction.padEnd(6)} logic ${type}${name}${i < ports.length - 1 ? ',' : ''}`, note);
  });
  lines.add(');');
  const body = new Lines(1);
  writeCall(network, options, body);
  const outer = new Set<Channel>([...boundary.inputs, ...boundary.outputs]);
  const used = new Set(
    network.processes.flatMap((p) => {
      const { inputs, outputs } = interfaceOf(p, network);
      return [...inputs, ...outputs];
    }),
  );
  network.channels.forEach((channel, id) => {
    if (!outer.has(channel) && used.has(channel)) writeFifo(channel, depthOf(network, channel), id, body);
  });
  for (const port of network.ports) writeMaster(port, options, body);
  for (const process of network.processes) writeProcess(process.name, network, outer, body);
  const read = new Set(network.processes.flatMap((process) => interfaceOf(process, network).scalars));
  const unread = network.scalars.filter((scalar) => !read.has(scalar)).map(({ name }) => name);
  if (unread.length > 0)
    body.add('', `wire unused_scalars = ^{${unread.join(', ')}};  // which no process of this plan asks for`);
  return `${lines}${body}endmodule\n`;
}

function writeCall(network: Network, { prologueCycles }: RegionOptions, lines: Lines): void {
  const cycles = Math.max(1, prologueCycles);
  const writers = network.ports.filter(({ direction }) => direction === 'write');
  const idle = [
    ...network.processes.map(({ name }) => `${name}_done`),
    ...writers.map(({ name }) => `${name}_idle`),
  ];
  lines.add('');
  lines.comment(`A call: ${cycles} cycles until the prologues have settled, then all processes at once.`);
  for (const name of idle) lines.add(`wire ${name};`);
  for (const { name } of network.ports) lines.add(`wire ${name}_error, ${name}_awaits;`);
  const status = (wires: readonly string[]) => `{${[...wires].reverse().join(', ') || "1'b0"}}`;
  lines.add(
    `assign errors = ${status(network.ports.map(({ name }) => `${name}_error`))};`,
    `assign awaiting = ${status(network.ports.map(({ name }) => `${name}_awaits`))};`,
    `assign unfinished = ~${status(network.processes.map(({ name }) => `${name}_done`))};`,
    'logic reset;  // of processes and channels, on its way',
    'always_ff @(posedge clk) reset <= rst | clear;',
    ...(network.ports.length > 0
      ? [
          'logic memory_reset, give_up;  // of the AXI masters',
          'always_ff @(posedge clk) memory_reset <= rst;',
          'always_ff @(posedge clk) give_up <= clear;',
        ]
      : []),
    `logic [${cycles - 1}:0] settling;`,
    `wire go = settling[${cycles - 1}];`,
    'always_ff @(posedge clk)',
    "  if (rst | clear) settling <= '0;",
    `  else settling <= ${cycles === 1 ? 'start' : `{settling[${cycles - 2}:0], start}`};`,
    'logic busy;',
    'logic launched;',
  );
  lines.add(`wire ended = launched & ${idle.join('\n    & ')};`);
  lines.add(
    'always_ff @(posedge clk)',
    "  if (rst | clear | ended) launched <= 1'b0;",
    "  else if (go) launched <= 1'b1;",
    'always_ff @(posedge clk)',
    "  if (rst | clear | ended) busy <= 1'b0;",
    "  else if (start) busy <= 1'b1;",
    'assign done = ~busy;',
  );
}

function writeFifo(channel: Channel, depth: number, id: number, lines: Lines): void {
  const { name, type } = channel;
  const bits = totalBits(type);
  lines.add('');
  lines.comment(`${printType(type)}: ${channel.doc}`);
  for (const side of ['_in', '']) {
    lines.add(`wire [${bits - 1}:0] ${name}${side}_data;`);
    lines.add(`wire ${name}${side}_valid, ${name}${side}_ready;`);
  }
  lines.add(
    `fifo #(.WIDTH(${bits}), .DEPTH(${depth}), .STORAGE("${fifoStorage(depth)}"), .ID(${id + 1})) fifo_${name} (`,
    '  .clk, .rst(reset),',
    `  .in_data(${name}_in_data), .in_valid(${name}_in_valid), .in_ready(${name}_in_ready),`,
    `  .out_data(${name}_data), .out_valid(${name}_valid), .out_ready(${name}_ready)`,
    ');',
  );
}

function writeMaster(port: Port, options: RegionOptions, lines: Lines): void {
  const { name, direction } = port;
  const bits = totalBits(port.type);
  lines.add('');
  lines.comment(`Port ${name}: ${laneCount(port.type.shape)} lanes, ${bits} bits. ${port.doc}`);
  lines.add(
    `wire ${name}_request_valid, ${name}_request_ready, ${name}_valid, ${name}_ready;`,
    `wire [31:0] ${name}_request_word, ${name}_request_words;`,
    `wire [${bits - 1}:0] ${name}_data;`,
    `axi_${direction}_master #(.WIDTH(${bits}), .BUFFER_WORDS(${options.bufferWords(name)})) axi_${name} (`,
    `  .clk, .rst(memory_reset), .clear(give_up), .base(m_axi_${name}_base),`,
    `  .error(${name}_error), .awaits(${name}_awaits),${direction === 'write' ? ` .idle(${name}_idle),` : ''}`,
    `  .request_valid(${name}_request_valid), .request_ready(${name}_request_ready),`,
    `  .request_word(${name}_request_word), .request_words(${name}_request_words),`,
    `  .data(${name}_data), .valid(${name}_valid), .ready(${name}_ready),`,
  );
  const signals = axiSignals(port);
  signals.forEach(({ name: signal }, i) => {
    lines.add(`  .m_axi_${signal}(m_axi_${name}_${signal})${i < signals.length - 1 ? ',' : ''}`);
  });
  lines.add(');');
}

function writeProcess(name: string, network: Network, outer: ReadonlySet<Channel>, lines: Lines): void {
  const process = network.processes.find((p) => p.name === name)!;
  const { inputs, outputs, ports, scalars } = interfaceOf(process, network);
  const ends = ['data', 'valid', 'ready'];
  const connections = [
    '.clk, .rst(reset), .start(go)',
    `.done(${name}_done)`,
    ...scalars.map((s) => `.${s.name}`),
    ...inputs.map(({ name: c }) => ends.map((end) => `.${c}_${end}`).join(', ')),
    ...outputs.map((c) =>
      ends.map((end) => `.${c.name}_${end}${outer.has(c) ? '' : `(${c.name}_in_${end})`}`).join(', '),
    ),
    ...ports.map(({ name: p }) =>
      ['request_valid', 'request_ready', 'request_word', 'request_words', ...ends]
        .map((end) => `.${p}_${end}`)
        .join(', '),
    ),
  ];
  lines.add('', `${name} u_${name} (`);
  connections.forEach((text, i) => {
    lines.add(`  ${text}${i < connections.length - 1 ? ',' : ''}`);
  });
  lines.add(');');
}
