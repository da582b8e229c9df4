/** What a unit takes of a device, and sums of it. */

/** Area: look-up tables, flip-flops, DSP blocks, block RAMs of 36 Kbit. */
export interface Resources {
  readonly lut: number;
  readonly ff: number;
  readonly dsp: number;
  readonly bram36: number;
}

/** A unit of the RTL by the name of its instance. */
export interface UnitResources {
  readonly name: string;
  /** The paper's name of the unit, or a plain word. */
  readonly unit: string;
  readonly resources: Resources;
}

/** In network order; the frame is the top, its control registers, the region and the descriptors' AXI master. */
export interface NetworkResources {
  readonly processes: readonly UnitResources[];
  readonly fifos: readonly UnitResources[];
  readonly ports: readonly UnitResources[];
  readonly frame: readonly UnitResources[];
}

export const noResources: Resources = { lut: 0, ff: 0, dsp: 0, bram36: 0 };

export function addResources(a: Resources, b: Resources): Resources {
  return { lut: a.lut + b.lut, ff: a.ff + b.ff, dsp: a.dsp + b.dsp, bram36: a.bram36 + b.bram36 };
}

/** All units of a network as one list. */
export function allUnits({ processes, fifos, ports, frame }: NetworkResources): UnitResources[] {
  return [...processes, ...fifos, ...ports, ...frame];
}

/** What they take together. */
export function totalResources(units: readonly UnitResources[]): Resources {
  return units.reduce<Resources>((sum, { resources }) => addResources(sum, resources), noResources);
}
