/** What the constraints of a board are filled with: a pin a port, transceivers, clocks. */
import type { Board } from '../../plan/board/board.js';
import type { ControllerTiming } from './memory-timing.js';

interface Lamp {
  readonly port: string;
  readonly pin: string;
  readonly standard: string;
}

export function constraintFacts(board: Board, timing: ControllerTiming, lamps: readonly Lamp[]) {
  const { pcie, reset, clocks, configuration } = board;
  const [reference] = clocks;
  const outer = [...new Set([reference, timing.clock])];
  const pin = (port: string, name: string, properties: Readonly<Record<string, string>> = {}) => ({
    port,
    pin: name,
    properties: Object.entries(properties)
      .map(([key, value]) => ` ${key} ${value}`)
      .join(''),
  });
  const pair = (name: string, [p, n]: readonly [string, string], properties = {}) => [
    pin(`${name}_clk_p[0]`, p, properties),
    pin(`${name}_clk_n[0]`, n, properties),
  ];
  const clock = (name: string, megahertz: number) => ({
    name,
    port: `${name}_clk_p[0]`,
    // Never longer than the oscillator's own.
    period: String(Math.floor(1e6 / megahertz) / 1000),
  });
  return {
    pins: [
      ...outer.flatMap(({ name, pins, standard }) => pair(name, pins, { IOSTANDARD: standard })),
      ...pair('pcie_clock', pcie.referencePins),
      pin('pcie_reset_n', pcie.reset.pin, { IOSTANDARD: pcie.reset.standard, PULLUP: 'true' }),
      pin('reset', reset.pin, { IOSTANDARD: reset.standard }),
      ...lamps.map((lamp) => pin(lamp.port, lamp.pin, { IOSTANDARD: lamp.standard })),
      ...pcie.lanes.flatMap(({ rx, tx }, lane) => [
        pin(`pcie_rxp[${lane}]`, rx[0]),
        pin(`pcie_rxn[${lane}]`, rx[1]),
        pin(`pcie_txp[${lane}]`, tx[0]),
        pin(`pcie_txn[${lane}]`, tx[1]),
      ]),
    ],
    lanes: pcie.lanes.map(({ channel }, lane) => ({ lane, channel })),
    clockNames: [...outer.map(({ name }) => name), 'pcie_clock'].join(', '),
    clocks: [
      ...outer.map(({ name, megahertz }) => clock(name, megahertz)),
      clock('pcie_clock', pcie.referenceMegahertz),
    ],
    controllerClock: timing.clock.name,
    lamps: lamps.map(({ port }) => port).join(' '),
    configuration: Object.entries(configuration).map(([name, value]) => ({ name, value })),
  };
}
