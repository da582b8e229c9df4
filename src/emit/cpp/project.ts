/**
 * The Vitis HLS C++ project of a network: kernels, region, top, testbench, tool scripts and a README that explains this very project,
 * as a map from path to text. Pure: the same network and options give the same bytes.
 */

import { basename } from 'node:path';
import { depthOf } from '../../kernel/depths.js';
import type { Channel, Network, Port } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { printType, totalBits } from '../../kernel/type.js';
import { bannerOf, type Origin } from '../network/banner.js';
import { boundaryOf, hasTop, regionName, topName } from '../network/boundary.js';
import { DESCRIPTOR_WORD_BITS, descriptorWords, FIELD_BITS } from '../network/descriptor-words.js';
import { endsOf, type Interface, interfaceOf } from '../network/interface.js';
import { render, verbatim } from '../project/template.js';
import type { BindingOf } from './process.js';
import { emitProcess, parametersOf, portType, signature } from './process.js';
import { dimensions, elementName, wordName } from './type.js';

/** A named number of the plan, for config.hpp. */
export interface Size {
  readonly name: string;
  readonly value: number;
  readonly doc: string;
}

export interface EmitOptions extends Origin {
  readonly sizes?: readonly Size[];
  /** Conditions on sizes, in C++, with what they say in words. */
  readonly asserts?: readonly { readonly condition: string; readonly message: string }[];
  readonly bindingOf?: BindingOf;
  readonly device?: { readonly part: string; readonly periodNanoseconds: number };
  /** Words of the memory behind each port, and behind the port `descriptors`, in the vendor's cosimulation. */
  readonly cosimWords?: (port: string) => number;
}

/** The files of the project, sorted by path. Throws KernelError for a scalar that does not fit a descriptor field or an integer too wide. */
export function emitCpp(network: Network, options: EmitOptions): Map<string, string> {
  const texts = network.processes.map((process) => ({
    name: process.name,
    text: emitProcess(process, network, options.bindingOf ?? (() => null)),
  }));
  const facts = { ...factsOf(network, options), widest: widestOf(texts) };
  const files = new Map<string, string>();
  const add = (path: string, text: string) => files.set(path, text);
  add('kernel/fixed_point.hpp', verbatim('hls-templates/kernel/fixed_point.hpp'));
  for (const name of ['integers.hpp', 'types.hpp', 'config.hpp', 'processes.hpp', 'region.hpp', 'region.cpp'])
    add(`kernel/${name}`, render(`hls-templates/kernel/${name}.ejs`, facts));
  for (const { name, text } of texts)
    add(`kernel/${name}.cpp`, render('hls-templates/kernel/process.cpp.ejs', { ...facts, text }));
  if (facts.top)
    for (const name of ['top.hpp', 'top.cpp'])
      add(`kernel/${name}`, render(`hls-templates/kernel/${name}.ejs`, facts));
  for (const name of ['csim/main.cpp', 'bench.hpp', 'memory.hpp', 'network.hpp', 'report.hpp', 'words.hpp'])
    add(`testbench/${basename(name)}`, verbatim(`testbench/${name}`));
  add('testbench/network.cpp', render('testbench/csim/network.cpp.ejs', facts));
  for (const step of ['csim', 'csynth', 'cosim', 'export'])
    add(`vitis/${step}.tcl`, render('vitis/hls/step.tcl.ejs', { ...facts, step }));
  add('Makefile', render('hls-templates/Makefile.ejs', facts));
  add('README.md', render('hls-templates/README.md.ejs', facts));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Most bits that the vendor's ap_int takes, however it is set. */
const MOST_BITS = 4096;

/** Bits of the widest integer in the text of any process. */
function widestOf(texts: readonly { name: string; text: string }[]): number {
  const widths = texts.map(({ name, text }) => {
    const bits = Math.max(0, ...[...text.matchAll(/ap_u?int<(\d+)>/g)].map(([, digits]) => Number(digits)));
    if (bits > MOST_BITS)
      throw new KernelError(`process ${name}: an integer of ${bits} bits, ap_int holds ${MOST_BITS}`);
    return bits;
  });
  return Math.max(0, ...widths);
}

type Facts = ReturnType<typeof factsOf>;

export type { Facts };

function factsOf(network: Network, options: EmitOptions) {
  const { writers, readers } = endsOf(network);
  const boundary = boundaryOf(network);
  const top = hasTop(network);
  const region = regionName(network);
  const outer: Interface = { ...boundary, ports: network.ports, scalars: network.scalars };
  const regionParameters = parametersOf(outer);
  const descriptorPort = [
    {
      type: `const ap_uint<${DESCRIPTOR_WORD_BITS}>*`,
      name: 'descriptors',
      note: 'scalars of each call, see config.hpp',
    },
    { type: 'ap_uint<32>', name: 'first', note: 'descriptor of the first call' },
    { type: 'ap_uint<32>', name: 'count', note: 'calls' },
  ];
  const topParameters = [
    ...descriptorPort,
    ...parametersOf({ inputs: [], outputs: [], ports: network.ports, scalars: [] }),
  ];
  const ports = network.ports.map((port) => ({
    ...port,
    bits: totalBits(port.type),
    type: portType(port),
    word: printType(port.type),
  }));
  const used = network.channels.filter((channel) => writers.has(channel) || readers.has(channel));
  const side = (channel: Channel) =>
    boundary.inputs.includes(channel) ? 'input' : boundary.outputs.includes(channel) ? 'output' : 'inner';
  const streams = used.map((channel) => ({
    name: channel.name,
    word: wordName(channel.type),
    format: printType(channel.type),
    depth: Math.max(2, depthOf(network, channel)),
    doc: channel.doc,
    note: `${printType(channel.type)}: ${channel.doc}`,
    side: side(channel),
    writer: writers.get(channel) ?? '',
    reader: readers.get(channel) ?? '',
  }));
  const fields = network.scalars.map((scalar, index) => {
    if (scalar.element.bits > FIELD_BITS)
      throw new KernelError(
        `scalar ${scalar.name}: ${scalar.element.bits} bits, a descriptor field holds ${FIELD_BITS}`,
      );
    const note = `${scalar.range.lo}..${scalar.range.hi}: ${scalar.doc}`;
    return {
      index,
      name: scalar.name,
      type: elementName(scalar.element),
      note,
      doc: scalar.doc,
      range: scalar.range,
    };
  });
  const call = (
    name: string,
    own: Interface,
    of: { stream: string; port: (port: Port) => string; scalar: string },
  ) => {
    const list = [
      ...[...own.inputs, ...own.outputs].map((channel) => `${of.stream}${channel.name}`),
      ...own.ports.map(of.port),
      ...own.scalars.map((scalar) => `${of.scalar}${scalar.name}`),
    ];
    return arguments_(name, list);
  };
  const plainPort = (port: Port) => port.name;
  const benchPort = (port: Port) => `b.port<${totalBits(port.type)}>("${port.name}")`;
  const masters = [...(top ? [{ name: 'descriptors', direction: 'read' as const }] : []), ...network.ports];
  const words = options.cosimWords ?? (() => 65536);
  const interfaces = [
    ...masters.map(({ name, direction }) => master(name, direction, words(name))),
    ...masters.map(({ name }) => `s_axilite port=${name} bundle=control`),
    ...(top ? ['first', 'count'] : network.scalars.map((scalar) => scalar.name)).map(
      (name) => `s_axilite port=${name} bundle=control`,
    ),
    's_axilite port=return bundle=control',
  ];
  return {
    network,
    doc: network.doc,
    top,
    topName: topName(network),
    regionName: region,
    linkage: top ? '' : 'extern "C" ',
    banner: bannerOf(network, options),
    model: options.model,
    planDigest: options.planDigest,
    command: options.command,
    part: options.device?.part ?? 'xc7vx690tffg1761-2',
    period: options.device?.periodNanoseconds ?? 4,
    portBits: DESCRIPTOR_WORD_BITS,
    descriptorWords: descriptorWords(network),
    sizes: options.sizes ?? [],
    asserts: options.asserts ?? [],
    fields,
    streams,
    ports,
    words: wordsOf(used),
    declaration: signature(region, regionParameters, ';'),
    signature: signature(region, regionParameters, ' {'),
    interfaces,
    ...(top ? topFacts(topName(network), topParameters, interfaces) : {}),
    regionInterfaces: top ? [] : interfaces,
    calls: network.processes.map((process) =>
      call(process.name, interfaceOf(process, network), { stream: '', port: plainPort, scalar: '' }).replace(
        /\n/g,
        '\n  ',
      ),
    ),
    regionCall: call(region, outer, { stream: 's.', port: benchPort, scalar: 'd.' }),
    call: call(region, outer, { stream: '', port: plainPort, scalar: 'd.' }).replace(/\n/g, '\n    '),
    topCall: arguments_(topName(network), [
      `b.port<${DESCRIPTOR_WORD_BITS}>("descriptors")`,
      'first',
      'count',
      ...network.ports.map(benchPort),
    ]),
    processes: network.processes.map((process) => {
      const own = interfaceOf(process, network);
      return {
        name: process.name,
        unit: process.unit,
        doc: process.doc,
        title: `${process.unit}: ${process.doc}`,
        declaration: `${arguments_(
          `void ${process.name}`,
          parametersOf(own).map(({ type, name }) => `${type} ${name}`),
        )}\n`,
        call: call(process.name, own, { stream: 's.', port: benchPort, scalar: 'd.' }).replace(
          /\n/g,
          '\n    ',
        ),
        reads: [...own.inputs, ...own.ports.filter((port) => port.direction === 'read')].map(
          (one) => one.name,
        ),
        writes: [...own.outputs, ...own.ports.filter((port) => port.direction === 'write')].map(
          (one) => one.name,
        ),
      };
    }),
  };
}

function topFacts(name: string, parameters: Parameters<typeof signature>[1], interfaces: string[]) {
  return {
    topDeclaration: signature(name, parameters, ';'),
    topSignature: signature(name, parameters, ' {'),
    topInterfaces: interfaces,
  };
}

function master(name: string, direction: 'read' | 'write', words: number): string {
  const burst =
    direction === 'read'
      ? 'max_read_burst_length=64 num_read_outstanding=16'
      : 'max_write_burst_length=64 num_write_outstanding=16';
  return `m_axi port=${name} offset=slave bundle=${name} depth=${words} ${burst}`;
}

/** `name(a, b, c);` in as many lines as it takes. */
function arguments_(name: string, list: readonly string[]): string {
  const lines: string[] = [''];
  list.forEach((one, i) => {
    const text = i < list.length - 1 ? `${one},` : `${one});`;
    const line = lines[lines.length - 1];
    if (line && line.length + text.length > 100 - name.length) lines.push(text);
    else lines[lines.length - 1] = line ? `${line} ${text}` : text;
  });
  if (list.length === 0) lines[0] = ');';
  return `${name}(${lines.join(`\n${' '.repeat(name.length + 1)}`)}`;
}

function wordsOf(channels: readonly Channel[]) {
  const types = new Map<string, Channel[]>();
  for (const channel of channels) {
    if (channel.type.shape.length === 0) continue;
    const name = wordName(channel.type);
    types.set(name, [...(types.get(name) ?? []), channel]);
  }
  return [...types]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, carried]) => {
      const { element, shape } = carried[0].type;
      const some = carried
        .slice(0, 6)
        .map((channel) => channel.name)
        .join(', ');
      return {
        name,
        lane: `${elementName(element)} lane${dimensions(shape)}`,
        carries: carried.length > 6 ? `${some} and ${carried.length - 6} more` : some,
      };
    });
}
