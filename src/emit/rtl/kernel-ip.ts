/** The kernel's wrapper in plain Verilog: ports as Vivado's IP packager and block designs know them. */
import { masterSignals, slaveSignals } from '../network/axi-signals.js';
import type { Master } from '../network/masters.js';
import {
  axiInterface,
  clockPort,
  headOf,
  type InterfaceParameters,
  interruptPort,
  resetPort,
} from '../network/vivado-ports.js';
import { render } from '../project/template.js';
import { listed } from './lines.js';

/** Name of the wrapper of a top. */
export function kernelIpName(top: string): string {
  return `${top}_ip`;
}

/** Text of the wrapper of the top `name` with these masters. */
export function emitKernelIp(name: string, masters: readonly Master[], banner: string): string {
  const control = 's_axi_control';
  const interfaces = [control, ...masters.map((master) => `m_axi_${master.name}`)];
  const ports = [
    clockPort('ap_clk', 'ap_rst_n', interfaces),
    resetPort('ap_rst_n'),
    interruptPort('interrupt'),
    ...axiInterface(control, slaveSignals, { PROTOCOL: 'AXI4LITE', DATA_WIDTH: 32, ADDR_WIDTH: 12 }),
    ...masters.flatMap((master) =>
      axiInterface(
        `m_axi_${master.name}`,
        masterSignals(master.direction, master.bits),
        masterParameters(master),
      ),
    ),
  ];
  const own = [
    'interrupt',
    ...slaveSignals.map((signal) => `${control}_${signal.name}`),
    ...masters.flatMap(({ name, direction, bits }) =>
      masterSignals(direction, bits).map((signal) => `m_axi_${name}_${signal.name}`),
    ),
  ];
  return render('rtl/templates/kernel_ip.v.ejs', {
    ...{ banner, name, ports: headOf(ports) },
    connections: listed(own.map((port) => `.${port}(${port})`)),
  });
}

/** What an interconnect should know of a master: it has no IDs, and its bursts are of whole words. */
function masterParameters({ direction, bits, burst, outstanding }: Master): InterfaceParameters {
  const isRead = direction === 'read';
  return {
    PROTOCOL: 'AXI4',
    READ_WRITE_MODE: isRead ? 'READ_ONLY' : 'WRITE_ONLY',
    DATA_WIDTH: bits,
    ADDR_WIDTH: 64,
    ID_WIDTH: 0,
    HAS_BURST: 1,
    SUPPORTS_NARROW_BURST: 0,
    MAX_BURST_LENGTH: burst,
    [isRead ? 'NUM_READ_OUTSTANDING' : 'NUM_WRITE_OUTSTANDING']: outstanding,
  };
}
