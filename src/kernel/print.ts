/**
 * A network as text, for people and for comparing in tests: declarations first, then each process with its memories, prologue and nests, one
 * operation a line with the type of its result. Values without a name are `%` and their number. Same network, same text.
 */
import type { Channel, Nest, Network, Node, Process, Scalar } from './ir.js';
import { elementFor, laneCount, printType } from './type.js';

/** The whole network, lines ended by newlines. */
export function printNetwork(network: Network): string {
  const ends = (channel: Channel) => {
    const at = (kind: 'read' | 'write') =>
      network.processes.find(({ nests }) =>
        nests.some(({ body }) => body.some(({ operation: o }) => o.kind === kind && o.channel === channel)),
      )?.name ?? '(outside)';
    return `${at('write')} -> ${at('read')}`;
  };
  const lines = [
    `network ${network.name}: ${network.doc}`,
    ...network.scalars.map((s) => `scalar ${s.name} ${printScalar(s)}: ${s.doc}`),
    ...network.channels.map(
      (c) => `channel ${c.name} ${printType(c.type)}, depth ${network.depths.get(c)}, ${ends(c)}: ${c.doc}`,
    ),
    ...network.ports.map((p) => `port ${p.name} ${p.direction} ${printType(p.type)}: ${p.doc}`),
    ...network.processes.flatMap((process) => ['', ...processLines(process)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** One process; as it stands in `printNetwork`. */
export function printProcess(process: Process): string {
  return `${processLines(process).join('\n')}\n`;
}

const printScalar = ({ range }: Scalar) => `${range.lo}..${range.hi}`;

function processLines(process: Process): string[] {
  return [
    `process ${process.name} (${process.unit}): ${process.doc}`,
    ...process.rams.map(
      (m) => `  ram ${m.name} ${printType(m.type)}, ${m.depth} words, ${m.storage}: ${m.doc}`,
    ),
    ...process.roms.map(
      (m) =>
        `  rom ${m.name} ${printType({ element: m.element, shape: [] })}, ${m.values.length} entries: ${m.doc}`,
    ),
    ...process.prologue.filter((node) => !isInline(node)).map((node) => `  ${nodeLine(node, null)}`),
    ...process.nests.flatMap(nestLines),
  ];
}

function nestLines(nest: Nest): string[] {
  const loops = nest.loops.map((loop) => `${loop.index} < ${reference(loop.bound)}`).join(', ');
  const burst = nest.burst ? `, burst of ${nest.burst.port.name} from ${reference(nest.burst.address)}` : '';
  return [
    `  nest ${nest.label} (${loops}), interval ${nest.interval}${burst}${nest.doc ? `: ${nest.doc}` : ''}`,
    ...nest.registers.map(
      (r) =>
        `    register ${r.name} ${printType(r.type)} = ${r.init ?? 'anything'}${r.control ? ', control' : ''}`,
    ),
    ...[...nest.distances].map(([ram, distance]) => `    distance ${ram.name} ${distance}`),
    ...nest.body.filter((node) => !isInline(node)).map((node) => `    ${nodeLine(node, nest)}`),
  ];
}

/** Constants and indices are written where they are used. */
const isInline = (node: Node) =>
  node.operation.kind === 'index' || (node.operation.kind === 'const' && laneCount(node.shape) === 1);

function nodeLine(node: Node, nest: Nest | null): string {
  const note = node.note ? `  // ${node.note}` : '';
  if (!node.result) return `${operationText(node, nest)}${note}`;
  const type = printType({ element: elementFor(node.range, node.fracBits), shape: node.shape });
  const range = ` [${node.range.lo}..${node.range.hi}]`;
  return `${reference(node)} = ${operationText(node, nest)} : ${type}${range}${node.control ? ' control' : ''}${note}`;
}

/** How other lines name a value. */
function reference(node: Node): string {
  if (node.operation.kind === 'const' && laneCount(node.shape) === 1) return String(node.operation.values[0]);
  return node.name ?? `%${node.id}`;
}

function operationText(node: Node, nest: Nest | null): string {
  const o = node.operation;
  const when = 'when' in o && o.when ? ` when ${reference(o.when)}` : '';
  switch (o.kind) {
    case 'const':
      return `constants [${o.values.join(', ')}]`;
    case 'index':
      return `index ${nest?.loops[o.loop]?.index ?? o.loop}`;
    case 'arg':
      return `scalar ${o.scalar.name}`;
    case 'binary':
      return `${o.op} ${reference(o.a)}, ${reference(o.b)}`;
    case 'shift':
      return `${o.op} ${reference(o.a)} by ${reference(o.by)}`;
    case 'select':
      return `select ${reference(o.c)} ? ${reference(o.a)} : ${reference(o.b)}`;
    case 'saturate':
    case 'wrap':
      return `${o.kind} ${reference(o.a)} to ${printType({ element: o.to, shape: [] })}`;
    case 'assume':
      return `assume ${reference(o.a)} in ${o.range.lo}..${o.range.hi}`;
    case 'slice':
      return `slice ${reference(o.a)} bits ${o.hi}..${o.lo}`;
    case 'leadingZeros':
      return `leadingZeros ${reference(o.a)} of ${o.width} bits`;
    case 'lookup':
      return `lookup ${o.rom.name}[${reference(o.index)}]`;
    case 'reduce':
      return `${o.op === 'add' ? 'sum' : o.op} of ${reference(o.a)}`;
    case 'lane':
      return `lane ${o.index} of ${reference(o.a)}`;
    case 'pick':
      return `pick ${reference(o.index)} of ${reference(o.a)}`;
    case 'lanes':
      return `lanes ${o.start}..${o.start + (node.shape[0] ?? 1) - 1} of ${reference(o.a)}`;
    case 'gather':
      return `gather ${o.parts.map(reference).join(', ')}`;
    case 'bitcast':
      return `bitcast ${reference(o.a)} of ${printType({ element: o.from, shape: o.a.shape })} to ${printType(o.to)}`;
    case 'read':
      return `read ${o.channel.name}${when}`;
    case 'write':
      return `write ${o.channel.name} <- ${reference(o.value)}${when}`;
    case 'ramRead':
      return `load ${o.ram.name}[${reference(o.address)}]`;
    case 'ramWrite':
      return `store ${o.ram.name}[${reference(o.address)}] <- ${reference(o.value)}${when}`;
    case 'regRead':
      return `register ${o.register.name}`;
    case 'regWrite':
      return `set ${o.register.name} <- ${reference(o.value)}${when}`;
    case 'portRead':
      return `read port ${o.port.name}`;
    case 'portWrite':
      return `write port ${o.port.name} <- ${reference(o.value)}`;
    case 'neg':
    case 'not':
    case 'splat':
    case 'perRow':
    case 'perCol':
    case 'reshape':
      return `${o.kind} ${reference(o.a)}`;
  }
}
