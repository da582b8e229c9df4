/**
 * The Vivado project of a kernel on a board: Tcl from the sources to the bitstream, constraints, the memory controllers' project files, and the
 * modules that join kernel and controllers. Everything that depends on the plan, its ports, widths and clock, is filled in here.
 */
import { readFileSync } from 'node:fs';
import { UserError } from '../../errors.js';
import type { Network } from '../../kernel/ir.js';
import type { Board } from '../../plan/board/board.js';
import type { Device } from '../../plan/board/device.js';
import { packagePath } from '../../util/package-path.js';
import { indexBits } from '../../util/powers-of-two.js';
import { hasTop, topName } from '../network/boundary.js';
import { type BufferWords, type Master, mastersOf } from '../network/masters.js';
import { render } from '../project/template.js';
import { constraintFacts } from './constraints.js';
import { emitController } from './controller.js';
import { type ControllerTiming, controllerTiming } from './memory-timing.js';
import { emitSteer, STEERED_CONTROLLERS, type SteerFacts, steerModule } from './steer-module.js';
import { MOST_INPUTS, type SteeredPort, steeredPorts } from './steered-ports.js';

export interface BoardProject {
  readonly network: Network;
  readonly device: Device;
  readonly board: Board;
  readonly model: string;
  /** As much of it as people compare. */
  readonly planDigest: string;
  /** Lines of comment at the top of every module. */
  readonly banner: string;
  /** Words that the AXI master of a port may have asked for and not delivered. */
  readonly bufferWords: BufferWords;
}

/** Where the board's files lie in a project. */
export const boardFolder = 'vitis/board';
/** Kilobytes of the kernel's registers, 12 bits of address, and of the host's window on them. */
const REGISTER_KILOBYTES = 4;
const WINDOW_KILOBYTES = 64;
/** IDs of the host's DMA (PG195), and its longest burst in words of its interface. */
const HOST_ID_BITS = 4;
const HOST_BURST_WORDS = 128;
const HOST_BURSTS = 32;

/** Files by path. Throws UserError where the board cannot carry the kernel: too many masters, no clock for its memory. */
export function emitBoard(project: BoardProject): Map<string, string> {
  const { network, device, board, model, planDigest, banner, bufferWords } = project;
  if (!hasTop(network)) throw new UserError(`board: ${network.name} has no top with memory ports`);
  if (board.controllers.length !== STEERED_CONTROLLERS || device.memory.channels !== STEERED_CONTROLLERS)
    throw new UserError(
      `board: found ${device.memory.channels} memory channels of ${device.name} and ${board.controllers.length} controllers of ${board.name}, expected ${STEERED_CONTROLLERS}`,
    );
  const masters = mastersOf(network, bufferWords);
  const steered = steeredPorts(masters);
  const timing = controllerTiming(device, board.clocks);
  const cells = [...steered.map(kernelCell), hostCell(board)];
  const common = {
    ...{ model, planDigest, board: board.name, device: device.name, part: device.part },
    ...{
      top: topName(network),
      boardPart: board.boardPart,
      jtag: device.part.replace(/t[a-z]+\d+-.*$/, 't'),
    },
  };
  const tcl = (name: string, facts: object = {}) =>
    [`${boardFolder}/${name}`, render(`vitis/board/${name}.ejs`, { ...common, ...facts })] as const;
  const comment = banner ? `${banner}\n\n` : '';
  return new Map([
    tcl('package_kernel.tcl'),
    tcl('project.tcl'),
    tcl('design.tcl', designFacts(project, steered, timing)),
    tcl('build.tcl'),
    tcl('program.tcl'),
    tcl('constraints.xdc', constraintFacts(board, timing, lamps(board))),
    ...board.controllers.map(
      (controller) =>
        [
          `${boardFolder}/${controller.name}.prj`,
          emitController(board, controller, device, timing, idBitsOf(cells.length)),
        ] as const,
    ),
    ...['page_steer_read.sv', 'page_steer_write.sv', 'interrupt_crossing.v'].map(
      (name) =>
        [`${boardFolder}/rtl/${name}`, readFileSync(packagePath('rtl', 'board', name), 'utf8')] as const,
    ),
    ...cells.map(
      (facts) => [`${boardFolder}/rtl/${steerModule(facts.name)}.v`, emitSteer(facts, comment)] as const,
    ),
  ]);
}

/** Room for all that a master may have asked for, of each controller: then no request waits for room. */
function kernelCell({ name, bits, read, write }: SteeredPort): SteerFacts {
  const both = [read, write].filter((master) => master !== null).map((master) => `m_axi_${master.name}`);
  return {
    ...{ name, bits, what: `${both.join(' and ')} of the kernel`, idBits: 0 },
    read: read && { slave: 's_read', words: read.burst * read.outstanding, bursts: read.outstanding },
    write: write && { slave: 's_write', bursts: write.outstanding },
  };
}

function hostCell({ pcie }: Board): SteerFacts {
  return {
    ...{ name: 'host', bits: pcie.dataBits, what: "the host's DMA", idBits: HOST_ID_BITS },
    read: { slave: 's_axi', words: 4 * HOST_BURST_WORDS, bursts: HOST_BURSTS },
    write: { slave: 's_axi', bursts: HOST_BURSTS },
  };
}

/** What the board shows: that its memories work, and that there is a link. */
function lamps({ controllers, leds }: Board) {
  const shown = [
    ...controllers.map(({ name }) => ({ port: `${name}_works`, from: `${name}/init_calib_complete` })),
    { port: 'link_is_up', from: 'pcie/user_lnk_up' },
  ];
  return shown.map((lamp, i) => ({ ...lamp, pin: leds.pins[i], standard: leds.standard }));
}

function designFacts(
  { device, board }: BoardProject,
  steered: readonly SteeredPort[],
  timing: ControllerTiming,
) {
  const { pcie, memory, controllers, clocks } = board;
  const [reference] = clocks;
  const outer = [...new Set([reference, timing.clock])];
  const shown = lamps(board);
  const slaveOf = (slave: string, master: Master | null) =>
    master ? [slave, `kernel/m_axi_${master.name}`] : [];
  return {
    host: { ...pcie, lanes: pcie.lanes.length },
    kernelMegahertz: device.clockMHz,
    controllers: controllers.map(({ name }) => name),
    controllerMegahertz: timing.inputMegahertz,
    controllerClock: timing.clock.name,
    ...{ reference: reference.name, referenceMegahertz: reference.megahertz },
    outerClocks: outer.map((clock) => ({
      name: clock.name,
      hertz: hertzOf(clock === timing.clock ? timing.inputMegahertz : clock.megahertz),
    })),
    pcieHertz: hertzOf(pcie.referenceMegahertz),
    memoryBytes: memory.bytes * controllers.length,
    controllerBytes: memory.bytes,
    memoryRange: rangeText(memory.bytes * controllers.length),
    controllerRange: rangeText(memory.bytes),
    registerKilobytes: REGISTER_KILOBYTES,
    windowKilobytes: WINDOW_KILOBYTES,
    lamps: shown,
    lampNets: shown.map(({ from, port }) => ({ from, to: port })),
    groups: groupSizes(steered.length + 1),
    ports: [
      ...steered.map(({ name, read, write }) => ({
        cell: steerModule(name),
        ...{ clock: 'kernel_clock/clk_out1', reset: 'kernel_reset/peripheral_aresetn' },
        slaves: [...slaveOf('s_read', read), ...slaveOf('s_write', write)].join(' '),
      })),
      {
        cell: steerModule('host'),
        ...{ clock: 'pcie/axi_aclk', reset: 'pcie/axi_aresetn' },
        slaves: 's_axi pcie/M_AXI',
      },
    ].map((port, i) => ({ ...port, entry: entryOf(i, steered.length + 1) })),
  };
}

/** Inputs of the interconnects that ports enter first: of as few as can be, as even as can be. */
function groupSizes(ports: number): number[] {
  const groups = Math.ceil(ports / MOST_INPUTS);
  return Array.from({ length: groups }, (_, i) => Math.ceil((ports - i) / groups));
}

/** Where port `index` of so many enters: interconnect and input. Neighbours go to different ones. */
function entryOf(index: number, ports: number): string {
  const groups = groupSizes(ports).length;
  return `${index % groups}/S${String(Math.floor(index / groups)).padStart(2, '0')}`;
}

/** Bits that tell ports apart at a controller: each step of interconnects adds its own. */
const idBitsOf = (ports: number) => {
  const groups = groupSizes(ports);
  return indexBits(groups.length) + indexBits(groups[0]);
};

const hertzOf = (megahertz: number | string) => Math.round(Number(megahertz) * 1e6);

/** As Vivado takes sizes. */
const rangeText = (bytes: number) => `${bytes / 2 ** 30}G`;
