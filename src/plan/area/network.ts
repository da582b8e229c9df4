/**
 * Area of a scheduled network, unit by unit: processes, FIFOs, AXI masters, frame. Planned figures (counted from the network as its RTL is
 * emitted, see area/), never to be mixed with synthesized ones.
 */
import type { Network } from '../../kernel/ir.js';
import type { Schedule } from '../../schedule/schedule.js';
import { unitArea } from './model.js';
import type { NetworkResources } from './resources.js';
import type { UnitStructure } from './structure.js';
import { networkStructure } from './units.js';

/** Every unit of a network. */
export function networkResources(network: Network, schedule: Schedule): NetworkResources {
  const { processes, fifos, ports, frame } = networkStructure(network, schedule);
  const sized = (units: readonly UnitStructure[]) =>
    units.map((unit) => ({ name: unit.name, unit: unit.unit, resources: unitArea(unit) }));
  return { processes: sized(processes), fifos: sized(fifos), ports: sized(ports), frame: sized(frame) };
}
