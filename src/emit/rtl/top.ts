/** The top of an accelerator: a call for each descriptor, and its control registers. Here are the facts that both templates are filled with. */
import type { Network } from '../../kernel/ir.js';
import { DESCRIPTOR_MASTER_WORDS } from '../../schedule/memory-choice.js';
import { indexBits } from '../../util/powers-of-two.js';
import { masterSignals, slaveSignals } from '../network/axi-signals.js';
import { topName } from '../network/boundary.js';
import { DESCRIPTOR_WORD_BITS, descriptorWords, FIELD_BITS } from '../network/descriptor-words.js';
import { type BufferWords, type Master, mastersOf } from '../network/masters.js';
import { NO_PLAN } from '../network/no-plan.js';
import { render } from '../project/template.js';
import { emitKernelIp } from './kernel-ip.js';
import { listed } from './lines.js';
import { axiPort, bus, modulePort, portLines } from './module-ports.js';
import { rangeText } from './term.js';

const FIELDS_PER_WORD = DESCRIPTOR_WORD_BITS / FIELD_BITS;

/** Byte addresses of the registers as Vitis HLS lays them out: what it passes by value, then pointers, 12 bytes each. */
const DESCRIPTORS_AT = 0x10;
const FIRST_AT = 0x1c;
const COUNT_AT = 0x24;
const PORTS_AT = 0x2c;
const POINTER_BYTES = 12;

/** Where the kernel says what it is: the same place whatever the network. */
const IDENTITY_AT = 0xfc0;
const DIGEST_AT = 0xfe0;
/** First word of it, "FMBA" as bytes in memory. */
const MAGIC = 0x41424d46;
/** Of this layout of registers. The host program (host/runtime/registers.hpp) knows one. */
const REGISTERS_VERSION = 1;

export interface TopOptions {
  /** First lines of the files. */
  readonly banner?: string;
  /** Of the plan that the kernel is of, 64 hexadecimal digits; zeros for a kernel of no plan. */
  readonly planDigest?: string;
  /** Words that a port's AXI master may have asked for and not delivered. */
  readonly bufferWords?: BufferWords;
}

/** The top, its control registers and its wrapper in plain Verilog, by path. */
export function emitTop(
  network: Network,
  regionName: string,
  { banner = '', planDigest = NO_PLAN, bufferWords }: TopOptions = {},
): Map<string, string> {
  const name = topName(network);
  const masters = mastersOf(network, bufferWords);
  const control = registerFacts(
    masters.map((port) => port.name),
    network.processes.map((process) => process.name),
  );
  return new Map([
    [
      `rtl/${name}.sv`,
      render('rtl/templates/top.sv.ejs', { banner, name, regionName, ...topFacts(network, masters) }),
    ],
    [
      `rtl/${name}_control.sv`,
      render('rtl/templates/control.sv.ejs', {
        banner,
        name,
        ...control,
        ...identityFacts(network, planDigest),
      }),
    ],
    [`rtl/${name}_ip.v`, emitKernelIp(name, masters, banner)],
  ]);
}

function topFacts(network: Network, masters: readonly Master[]) {
  const [descriptors, ...ports] = masters as [Master, ...Master[]];
  const words = descriptorWords(network);
  // A word counter of one bit stays 0 where a descriptor is one word.
  const wordBits = indexBits(words);
  return {
    descriptorBuffer: DESCRIPTOR_MASTER_WORDS,
    ports: portLines([
      modulePort('input', '', 'clk'),
      modulePort('input', '', 'rst'),
      ...slaveSignals.map((signal) => axiPort('s_axi_control', signal)),
      modulePort('output', '', 'interrupt'),
      ...masters.flatMap(({ name, direction, bits }) =>
        masterSignals(direction, bits).map((signal) => axiPort(`m_axi_${name}`, signal)),
      ),
    ]),
    bases: masters.map(({ name }) => `base_${name}`),
    errorsType: bus(masters.length),
    unfinishedType: bus(network.processes.length),
    lastPort: ports.length,
    slave: slaveSignals.map(({ name }) => `.s_axi_control_${name}`),
    registers: listed(masters.map(({ name }) => `.base_${name}`)),
    descriptorSignals: listed(connections(descriptors)),
    descriptorWords: words,
    wordCount: words === 1 ? '1 word' : `${words} words`,
    ...{ wordBits, receivedType: bus(wordBits), lastWord: words - 1 },
    firstWord: timesConstant('first', words),
    countWords: timesConstant('count', words),
    fields: network.scalars.map(({ name, element }, i) => {
      const low = FIELD_BITS * (i % FIELDS_PER_WORD);
      return {
        name: `scalar_${name}`,
        type: rangeText(element),
        word: `${wordBits}'d${Math.floor(i / FIELDS_PER_WORD)}`,
        bits: element.bits === 1 ? `${low}` : `${low + element.bits - 1}:${low}`,
      };
    }),
    region: listed([
      ...network.scalars.map(({ name }) => `.${name}(scalar_${name})`),
      ...ports.flatMap((port) => [
        `.m_axi_${port.name}_base(base_${port.name})`,
        ...masterSignals(port.direction, port.bits).map((signal) => `.m_axi_${port.name}_${signal.name}`),
      ]),
    ]),
  };
}

function connections({ name, direction, bits }: Master): string[] {
  return masterSignals(direction, bits).map(
    (signal) => `.m_axi_${signal.name}(m_axi_${name}_${signal.name})`,
  );
}

/** A product by a constant as shifted copies: a multiplier would take longer than a cycle. */
function timesConstant(factor: string, constant: number): string {
  return [...constant.toString(2)]
    .reverse()
    .flatMap((bit, place) => (bit === '0' ? [] : place === 0 ? [factor] : [`(${factor} << ${place})`]))
    .join(' + ');
}

function registerFacts(pointers: readonly string[], processes: readonly string[]) {
  const pointer = (name: string, at: number) => ({
    name: `base_${name}`,
    what: `${name}: byte address, low half first`,
    at,
    isWide: true,
  });
  const number = (name: string, at: number) => ({ name, what: name, at, isWide: false });
  const [descriptors, ...ports] = pointers as [string, ...string[]];
  const registers = [
    pointer(descriptors, DESCRIPTORS_AT),
    number('first', FIRST_AT),
    number('count', COUNT_AT),
    ...ports.map((name, i) => pointer(name, PORTS_AT + POINTER_BYTES * i)),
  ];
  const ownAt = PORTS_AT + POINTER_BYTES * ports.length;
  const place = (at: number) => ({ at: address(at), word: wordAddress(at) });
  const statuses = statusFacts(ownAt + 0x18, [
    ['errors', 'ports whose memory has answered with an error', pointers],
    ['awaiting', 'ports whose memory had not answered', pointers],
    ['unfinished', 'processes that were not done', processes],
  ]);
  return {
    bases: listed(pointers.map((name) => `output logic [63:0] base_${name}`)),
    registers: registers.map(({ name, what, at }) => ({ name, what, at: address(at) })),
    // Words of 32 bits: where they stand, and the register or half of it that they are.
    words: registers.flatMap(({ name, at, isWide }) =>
      isWide
        ? [
            { at: wordAddress(at), target: `${name}[31:0]` },
            { at: wordAddress(at + 4), target: `${name}[63:32]` },
          ]
        : [{ at: wordAddress(at), target: name }],
    ),
    reasons: place(ownAt),
    limit: place(ownAt + 4),
    stop: place(ownAt + 8),
    left: place(ownAt + 12),
    cycles: { ...place(ownAt + 0x10), highWord: wordAddress(ownAt + 0x14) },
    statuses,
    statusWords: statuses.flatMap(({ words }) => words),
  };
}

/** What the kernel says of itself. The digest is its 32 bytes in order, the first one at the lowest address. */
function identityFacts(network: Network, planDigest: string) {
  const one = (at: number, what: string, value: number) => ({ at, what, value });
  const words = [
    one(IDENTITY_AT, '"FMBA", a kernel of this project', MAGIC),
    one(IDENTITY_AT + 4, 'version of this layout of registers', REGISTERS_VERSION),
    one(IDENTITY_AT + 8, 'n, ports besides that of the descriptors', network.ports.length),
    one(IDENTITY_AT + 12, 'processes', network.processes.length),
    one(IDENTITY_AT + 16, 'words of 64 bytes that a descriptor takes', descriptorWords(network)),
  ];
  const digest = Array.from({ length: 8 }, (_, i) => {
    const bytes = planDigest.slice(8 * i, 8 * i + 8).match(/../g)!;
    return { at: DIGEST_AT + 4 * i, value: Number.parseInt(bytes.reverse().join(''), 16) };
  });
  return {
    identity: [
      ...words.map(({ at, what }) => ({ at: address(at), what })),
      { at: address(DIGEST_AT), what: `digest of the plan (8 words): ${planDigest}` },
    ],
    identityWords: [...words, ...digest].map(({ at, value }) => ({
      word: wordAddress(at),
      value: `32'h${value.toString(16).padStart(8, '0')}`,
    })),
  };
}

/** Registers with a bit for each of some names, one after another from `at` on, each in as many words as it takes. */
function statusFacts(at: number, lists: readonly [name: string, what: string, of: readonly string[]][]) {
  let next = at;
  return lists.map(([name, what, of]) => {
    const from = next;
    const words = Array.from({ length: Math.ceil(of.length / 32) }, (_, i) => {
      const low = 32 * i;
      const high = Math.min(of.length, low + 32) - 1;
      const zeros = 31 - (high - low);
      return {
        word: wordAddress(from + 4 * i),
        value: `{${zeros > 0 ? `${zeros}'d0, ` : ''}${name}[${high}:${low}]}`,
      };
    });
    next += 4 * words.length;
    return { name, type: bus(of.length), at: address(from), what: `${what}: bit 0 ${of.join(', ')}`, words };
  });
}

const hex = (value: number) => value.toString(16).padStart(3, '0');
const address = hex;
const wordAddress = (at: number) => `10'h${hex(at / 4)}`;
