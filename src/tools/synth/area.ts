/** Area of a mapped module: its cells counted by what they take of the device. */
import { CheckFailed } from '../../errors.js';
import type { NetlistModule } from './netlist.js';

/** What a module takes. Everything is counted in cells as mapped, before a placer packs or removes any. */
export interface Area {
  /** Look-up tables, those used as memory included. */
  readonly lut: number;
  readonly ff: number;
  readonly carry4: number;
  readonly dsp: number;
  readonly ramb18: number;
  readonly ramb36: number;
  /** Look-up tables used as memory or shift register. */
  readonly lutram: number;
}

export const noArea: Area = { lut: 0, ff: 0, carry4: 0, dsp: 0, ramb18: 0, ramb36: 0, lutram: 0 };

/** Look-up tables that a memory or shift register cell occupies (UG474). */
const memoryTables: Readonly<Record<string, number>> = {
  RAM32X1S: 1,
  RAM64X1S: 1,
  RAM128X1S: 2,
  RAM256X1S: 4,
  RAM32X1D: 2,
  RAM64X1D: 2,
  RAM128X1D: 4,
  RAM32M: 4,
  RAM64M: 4,
  SRL16: 1,
  SRL16E: 1,
  SRLC16E: 1,
  SRLC32E: 1,
};

/** Cells that take none of the counted resources. */
const free = /^(MUXF[78]|BUFG|GND|VCC|\$scopeinfo)$/;

export interface CountedModule {
  readonly area: Area;
  /** Names of its instances of other modules. */
  readonly instances: readonly string[];
}

/** What a cell takes; undefined for one that is none of the 7 series' logic, memory or DSP cells (nor one that is free). */
export function countCell(type: string): Area | undefined {
  const tables = memoryTables[type];
  if (tables !== undefined) return { ...noArea, lut: tables, lutram: tables };
  if (/^LUT[1-6]$|^INV$/.test(type)) return { ...noArea, lut: 1 };
  if (/^FD[RSCP]E(_1)?$/.test(type)) return { ...noArea, ff: 1 };
  if (type === 'CARRY4') return { ...noArea, carry4: 1 };
  if (type === 'DSP48E1') return { ...noArea, dsp: 1 };
  if (type === 'RAMB18E1') return { ...noArea, ramb18: 1 };
  if (type === 'RAMB36E1') return { ...noArea, ramb36: 1 };
  return free.test(type) ? noArea : undefined;
}

/** Counts a module. Cells whose type is among `modules` are instances. Throws CheckFailed for a cell it does not know. */
export function countArea(name: string, module: NetlistModule, modules: ReadonlySet<string>): CountedModule {
  const counts = new Map<string, number>();
  const instances: string[] = [];
  for (const [instance, { type }] of Object.entries(module.cells)) {
    if (modules.has(type)) instances.push(instance);
    else if (countCell(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
    else throw new CheckFailed(`synth: ${name}: ${instance} is a ${type}, which no slice has`);
  }
  const area = [...counts].reduce((sum, [type, times]) => addArea(sum, countCell(type)!, times), noArea);
  return { area, instances };
}

export function addArea(a: Area, b: Area, times = 1): Area {
  const kinds = Object.keys(noArea) as (keyof Area)[];
  return Object.fromEntries(kinds.map((kind) => [kind, a[kind] + times * b[kind]])) as unknown as Area;
}

/** Block RAM in 36 Kbit: two of 18 make one. */
export const bram36 = ({ ramb18, ramb36 }: Area): number => ramb36 + ramb18 / 2;
