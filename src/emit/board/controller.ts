/** The project file of a memory controller (MIG 7 series): pins, timing and the AXI interface of one memory module. */
import type { Board, BoardController, MemorySignal } from '../../plan/board/board.js';
import type { Device } from '../../plan/board/device.js';
import { render } from '../project/template.js';
import type { ControllerTiming } from './memory-timing.js';

/** XML of one controller; `idBits` are those that the interconnect adds to requests. */
export function emitController(
  board: Board,
  controller: BoardController,
  device: Device,
  timing: ControllerTiming,
  idBits: number,
): string {
  const { memory } = board;
  return render('vitis/board/controller.prj.ejs', {
    ...{ name: controller.name, socket: controller.socket, board: board.name, device: device.name },
    ...{ memory, timing, idBits, target: targetOf(device.part), dciCascade: memory.dciCascade ? 1 : 0 },
    dataBits: controller.pins.dq.length,
    addressBits: Math.log2(memory.bytes),
    vcoMegahertz: Math.round(1e6 / timing.picoseconds),
    pins: pinsOf(controller),
    parameters: Object.entries(timing.parameters)
      .map(([name, value]) => `${name}="${Number(value.toFixed(3))}"`)
      .join(' '),
  });
}

/** Signals that are vectors also where they have one bit. */
const VECTORS: readonly MemorySignal[] = ['cs_n', 'cke', 'odt', 'ck_p', 'ck_n'];

/** Every pin of a controller with its signal as MIG names it, and its standard (those of TaPaSCo's and fpga-network-stack's files). */
export function pinsOf({ pins }: BoardController) {
  return Object.entries(pins).flatMap(([signal, list]) =>
    list.map((pin, i) => ({
      name:
        list.length > 1 || VECTORS.includes(signal as MemorySignal)
          ? `ddr3_${signal}[${i}]`
          : `ddr3_${signal}`,
      pin,
      standard: standardOf(signal),
    })),
  );
}

function standardOf(signal: string): string {
  if (signal === 'reset_n') return 'LVCMOS15';
  if (signal === 'dq') return 'SSTL15_T_DCI';
  if (signal.startsWith('dqs_')) return 'DIFF_SSTL15_T_DCI';
  return signal.startsWith('ck_') ? 'DIFF_SSTL15' : 'SSTL15';
}

/** xc7vx690tffg1761-2 as MIG has it: xc7vx690t-ffg1761/-2. */
function targetOf(part: string): string {
  return part.replace(/^(xc7\w+?t)([a-z]+\d+)(-\d\w*)$/, '$1-$2/$3');
}
