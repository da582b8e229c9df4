/** What the templates of the project place: everything about a network but the text of its processes. */
import type { Network, Port, Process } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { printType, totalBits } from '../../kernel/type.js';
import { boundaryOf, hasTop, regionName, topName } from '../network/boundary.js';
import { DESCRIPTOR_WORD_BITS, descriptorWords, FIELD_BITS } from '../network/descriptor-words.js';
import { type Interface, interfaceOf } from '../network/interface.js';
import { mastersOf } from '../network/masters.js';
import { NO_PLAN } from '../network/no-plan.js';
import { bannerOf } from '../project/banner.js';
import type { EmitOptions } from './options.js';
import { type Arguments, argumentsOf, call, parametersOf, signature } from './signature.js';
import { streamsOf, wordsOf } from './stream-facts.js';
import { elementName } from './type.js';
import { integerBits } from './widest.js';

/** Words of memory that the vendor's cosimulation gives a port of which nothing is known. */
const COSIM_WORDS = 65536;

/** In the kernel everything goes by its own name. */
const inKernel: Arguments = { stream: ({ name }) => name, port: ({ name }) => name, scalar: (name) => name };
/** In the testbench streams are its own, ports its memories, scalars those of a descriptor. */
const benchPort = ({ name, type }: Pick<Port, 'name' | 'type'>) => `b.port<${totalBits(type)}>("${name}")`;
const inBench: Arguments = {
  stream: ({ name }) => `s.${name}`,
  port: benchPort,
  scalar: (name) => `d.${name}`,
};

/** Throws KernelError for a scalar that does not fit a descriptor field or an integer that ap_int cannot hold. */
export function factsOf(network: Network, options: EmitOptions) {
  const top = hasTop(network);
  const region = regionName(network);
  const outer: Interface = { ...boundaryOf(network), ports: network.ports, scalars: network.scalars };
  const streams = streamsOf(network);
  return {
    network,
    doc: network.doc,
    tops: top ? [topName(network)] : [],
    topName: topName(network),
    regionName: region,
    regionLinkage: top ? '' : 'extern "C" ',
    banner: bannerOf(network, options),
    model: options.model,
    planDigest: options.planDigest,
    identity: options.identity ?? NO_PLAN,
    /** A model's project has a memory image and the host program. */
    hasHost: options.identity !== undefined,
    command: options.command,
    part: options.device?.part ?? 'xc7vx690tffg1761-2',
    period: options.device?.periodNanoseconds ?? 4,
    kernelHeaders: ['config.hpp', 'processes.hpp', 'region.hpp', ...(top ? ['top.hpp'] : [])],
    /** How the testbench is told to call the top. */
    topMode: top ? 'top' : 'region',
    widest: integerBits(network.processes),
    ...descriptorFacts(network),
    sizes: network.sizes,
    asserts: options.asserts ?? [],
    streams,
    innerStreams: streams.filter(({ side }) => side === 'inner'),
    ports: network.ports.map((port) => ({ ...port, word: printType(port.type) })),
    words: wordsOf(network),
    masters: mastersOf(network, options.bufferWords).map((master) => ({
      ...master,
      words: options.cosimWords?.(master.name) ?? COSIM_WORDS,
    })),
    /** What the control registers hold besides the masters' addresses. */
    registers: top ? ['first', 'count'] : network.scalars.map(({ name }) => name),
    regionDeclaration: signature(region, parametersOf(outer), ';'),
    regionSignature: signature(region, parametersOf(outer), ' {'),
    regionCallInTop: call(region, argumentsOf(outer, { ...inKernel, scalar: inBench.scalar }), 4),
    regionCallInBench: call(region, argumentsOf(outer, inBench), 4),
    ...topFacts(network),
    processes: network.processes.map((process) => processFacts(process, network)),
  };
}

function descriptorFacts(network: Network) {
  const fields = network.scalars.map(({ name, element, range, doc }, index) => {
    if (element.bits > FIELD_BITS)
      throw new KernelError(`scalar ${name}: ${element.bits} bits, a descriptor field holds ${FIELD_BITS}`);
    return { index, byte: (index * FIELD_BITS) / 8, name, type: elementName(element), doc, range };
  });
  return {
    fields,
    wordBits: DESCRIPTOR_WORD_BITS,
    fieldsPerWord: DESCRIPTOR_WORD_BITS / FIELD_BITS,
    descriptorWords: descriptorWords(network),
    descriptorBytes: (descriptorWords(network) * DESCRIPTOR_WORD_BITS) / 8,
  };
}

function topFacts(network: Network) {
  const parameters = [
    {
      type: 'const ap_uint<config::descriptor_word_bits>*',
      name: 'descriptors',
      note: 'scalars of each call, see config.hpp',
    },
    { type: 'ap_uint<32>', name: 'first', note: 'descriptor of the first call' },
    { type: 'ap_uint<32>', name: 'count', note: 'calls' },
    ...parametersOf({ inputs: [], outputs: [], ports: network.ports, scalars: [] }),
  ];
  const descriptors = `b.port<config::descriptor_word_bits>("descriptors")`;
  return {
    topDeclaration: signature(topName(network), parameters, ';'),
    topSignature: signature(topName(network), parameters, ' {'),
    topCall: call(topName(network), [descriptors, 'first', 'count', ...network.ports.map(benchPort)], 2),
  };
}

function processFacts(process: Process, network: Network) {
  const own = interfaceOf(process, network);
  const { name, unit, doc } = process;
  const names = (of: Interface['inputs'], direction: Port['direction']) =>
    [...of, ...own.ports.filter((port) => port.direction === direction)].map((one) => one.name).join(', ');
  const parameters = parametersOf(own).map((parameter) => `${parameter.type} ${parameter.name}`);
  return {
    name,
    unit,
    doc,
    declaration: call(`void ${name}`, parameters),
    call: call(name, argumentsOf(own, inKernel), 2),
    callInBench: call(name, argumentsOf(own, inBench), 4),
    reads: names(own.inputs, 'read'),
    writes: names(own.outputs, 'write'),
  };
}
