/** The Verilog module of a steered port: a slave for the kernel's masters or the host's, a master for each memory controller. */
import { type AxiSignal, masterSignals } from '../network/axi-signals.js';
import {
  axiInterface,
  clockPort,
  headOf,
  type InterfaceParameters,
  resetPort,
  type VivadoPort,
} from '../network/vivado-ports.js';
import { render } from '../project/template.js';

/** What a port is steered with. */
export interface SteerFacts {
  readonly name: string;
  /** In words: whose it is. */
  readonly what: string;
  readonly bits: number;
  /** Interface that reads come in through, and room for so many words of each controller; null where nothing reads. */
  readonly read: { readonly slave: string; readonly words: number; readonly bursts: number } | null;
  /** Interface that writes come in through; null where nothing writes. */
  readonly write: { readonly slave: string; readonly bursts: number } | null;
  /** Bits of the master's IDs; 0 for none. */
  readonly idBits: number;
}

/** Controllers that a port reaches: what the page steering is made for. */
export const STEERED_CONTROLLERS = 2;

export const steerModule = (name: string) => `steer_${name}`;
/** The interface towards controller `index`. */
export const steerMaster = (index: number) => `m${index}_axi`;

/** Text of the module. */
export function emitSteer(facts: SteerFacts, banner: string): string {
  const { name, what, read, write } = facts;
  const slaves = [...new Set([read?.slave, write?.slave].filter((slave) => slave !== undefined))];
  const masters = Array.from({ length: STEERED_CONTROLLERS }, (_, i) => steerMaster(i));
  const ports: VivadoPort[] = [
    clockPort('aclk', 'aresetn', [...slaves, ...masters]),
    resetPort('aresetn'),
    ...slaves.flatMap((slave) => axiInterface(slave, slaveSignals(facts, slave), parametersOf(facts, slave))),
    ...masters.flatMap((master) => axiInterface(master, outwardSignals(facts), parametersOf(facts, null))),
  ];
  return render('rtl/templates/steer.v.ejs', {
    ...{ banner, name, what, module: steerModule(name), ports: headOf(ports) },
    halves: [...(read ? [readHalf(facts, read)] : []), ...(write ? [writeHalf(facts, write)] : [])],
  });
}

/** Signals that the steering looks at: of cache and protection it makes its own. */
const steered = (direction: 'read' | 'write', bits: number) =>
  masterSignals(direction, bits).filter(({ name }) => !/cache|prot/.test(name));

const idSignals = (direction: 'read' | 'write', bits: number): AxiSignal[] => {
  const [request, answer] = direction === 'read' ? ['arid', 'rid'] : ['awid', 'bid'];
  return [
    { name: request, bits, out: true, isBus: true },
    { name: answer, bits, out: false, isBus: true },
  ];
};

const turned = (signal: AxiSignal): AxiSignal => ({ ...signal, out: !signal.out });

function slaveSignals({ read, write, bits, idBits }: SteerFacts, slave: string): AxiSignal[] {
  return (['read', 'write'] as const)
    .filter((direction) => (direction === 'read' ? read : write)?.slave === slave)
    .flatMap((direction) => [
      ...(idBits > 0 ? idSignals(direction, idBits) : []),
      ...steered(direction, bits),
    ])
    .map(turned);
}

function outwardSignals({ read, write, bits }: SteerFacts): AxiSignal[] {
  return [...(read ? masterSignals('read', bits) : []), ...(write ? masterSignals('write', bits) : [])];
}

/** Of a slave, or of both masters. */
function parametersOf({ read, write, bits, idBits }: SteerFacts, slave: string | null): InterfaceParameters {
  const reads = read !== null && (slave === null || read.slave === slave);
  const writes = write !== null && (slave === null || write.slave === slave);
  return {
    PROTOCOL: 'AXI4',
    READ_WRITE_MODE: reads && writes ? 'READ_WRITE' : reads ? 'READ_ONLY' : 'WRITE_ONLY',
    DATA_WIDTH: bits,
    ADDR_WIDTH: 64,
    ID_WIDTH: slave === null ? 0 : idBits,
    HAS_BURST: 1,
    SUPPORTS_NARROW_BURST: 0,
    ...(reads ? { NUM_READ_OUTSTANDING: read.bursts } : {}),
    ...(writes ? { NUM_WRITE_OUTSTANDING: write.bursts } : {}),
  };
}

const at = (name: string) => `.${name}`;

function readHalf({ bits, idBits }: SteerFacts, read: NonNullable<SteerFacts['read']>) {
  const { slave, words, bursts } = read;
  return {
    half: 'read',
    parameters: `.WIDTH(${bits}), .WORDS(${words}), .BURSTS(${bursts}), .ID_BITS(${Math.max(1, idBits)})`,
    connections: [
      ...idLines(slave, 'arid', 'rid', idBits),
      ...steered('read', bits).map(({ name }) => `${at(`s_${name}`)}(${slave}_${name}),`),
      '.m_araddr(araddr), .m_arlen(arlen), .m_arsize(arsize), .m_arburst(arburst),',
      '.m_arvalid({m1_axi_arvalid, m0_axi_arvalid}), .m_arready({m1_axi_arready, m0_axi_arready}),',
      ...[0, 1].map((i) => ['rdata', 'rresp', 'rlast'].map((s) => `.m${i}_${s}(m${i}_axi_${s}),`).join(' ')),
      '.m_rvalid({m1_axi_rvalid, m0_axi_rvalid}), .m_rready({m1_axi_rready, m0_axi_rready})',
    ],
    shared: withId(requestWires('ar'), 'rid', idBits),
  };
}

function writeHalf({ bits, idBits }: SteerFacts, write: NonNullable<SteerFacts['write']>) {
  const { slave, bursts } = write;
  const { wires, assigns } = withId(requestWires('aw'), 'bid', idBits);
  const data = [
    ['wdata', `[${bits - 1}:0] `],
    ['wstrb', `[${bits / 8 - 1}:0] `],
    ['wlast', ''],
  ] as const;
  return {
    half: 'write',
    parameters: `.WIDTH(${bits}), .BURSTS(${bursts}), .ID_BITS(${Math.max(1, idBits)})`,
    connections: [
      ...idLines(slave, 'awid', 'bid', idBits),
      ...steered('write', bits).map(({ name }) => `${at(`s_${name}`)}(${slave}_${name}),`),
      '.m_awaddr(awaddr), .m_awlen(awlen), .m_awsize(awsize), .m_awburst(awburst),',
      '.m_awvalid({m1_axi_awvalid, m0_axi_awvalid}), .m_awready({m1_axi_awready, m0_axi_awready}),',
      `${data.map(([name]) => `.m_${name}(${name})`).join(', ')},`,
      '.m_wvalid({m1_axi_wvalid, m0_axi_wvalid}), .m_wready({m1_axi_wready, m0_axi_wready}),',
      '.m0_bresp(m0_axi_bresp), .m1_bresp(m1_axi_bresp),',
      '.m_bvalid({m1_axi_bvalid, m0_axi_bvalid}), .m_bready({m1_axi_bready, m0_axi_bready})',
    ],
    shared: {
      wires: [...wires, ...data.map(([name, range]) => `wire ${range}${name};`)],
      assigns: [
        ...assigns,
        ...[0, 1].flatMap((i) => data.map(([name]) => `assign m${i}_axi_${name} = ${name};`)),
      ],
    },
  };
}

/** IDs of a master that has some; the steering has one bit of its own where it has none. */
function idLines(slave: string, request: string, answer: string, idBits: number): string[] {
  if (idBits === 0) return [`.s_${request}(1'b0), .s_${answer}(unused_${answer}),`];
  return [`.s_${request}(${slave}_${request}), .s_${answer}(${slave}_${answer}),`];
}

/** The steering's own ID goes nowhere. */
function withId<T extends { readonly wires: string[] }>(shared: T, answer: string, idBits: number): T {
  return idBits > 0 ? shared : { ...shared, wires: [...shared.wires, `wire unused_${answer};`] };
}

/** What both controllers are shown of a request: the same address, length and kind. Memory is normal and bufferable. */
function requestWires(channel: 'ar' | 'aw') {
  const fields = [
    ['addr', '[63:0] '],
    ['len', '[7:0] '],
    ['size', '[2:0] '],
    ['burst', '[1:0] '],
  ] as const;
  return {
    wires: fields.map(([field, range]) => `wire ${range}${channel}${field};`),
    assigns: [0, 1].flatMap((i) => [
      ...fields.map(([field]) => `assign m${i}_axi_${channel}${field} = ${channel}${field};`),
      `assign m${i}_axi_${channel}cache = 4'b0011;`,
      `assign m${i}_axi_${channel}prot = 3'b000;`,
    ]),
  };
}
