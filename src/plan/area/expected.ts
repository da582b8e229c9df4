/**
 * What each counted feature costs by the construction of a slice: one look-up table a bit of a carry chain, a multiplexer or a pair of shifter
 * steps, one flip-flop a register bit. The fit stays near these where synthesized units do not say otherwise.
 */
import type { UnitKind } from './structure.js';

export interface Expected {
  readonly lut: Readonly<Record<string, number>>;
  readonly ff: Readonly<Record<string, number>>;
}

const fifo = { lut: { counter: 1, one: 10, deep: 1 }, ff: { word: 1, counter: 1, one: 5 } };
const master = { lut: { master: 200, size: 1 }, ff: { master: 260, size: 1 } };

/** Coefficients by kind of unit and feature; a feature that is not here costs nothing of the resource. */
export const expectedCosts: Readonly<Record<UnitKind, Expected>> = {
  process: {
    lut: {
      ...{ add: 1, inverters: 1, rounding: 0.05, less: 0.8, lessConstant: 0.5, equal: 0.35, logic: 0.5 },
      ...{ mux: 1, mask: 1, maskRegistered: 1, hold: 0.1, saturate: 1, saturateUpper: 0.3, shift: 1 },
      ...{ leadingZeros: 0.7, rom: 1, romChosen: 2, pick: 0.35, treeAdd: 1, treeLess: 1.5, multiply: 0.9 },
      ...{ counter: 1, counterVaries: 0.4, accesses: 2, joined: 1 },
    },
    ff: {
      ...{ ffCopy: 1, ffDsp: 0.1, ffDspShared: 0.1, ffMemory: 1, ffTree: 1 },
      ...{ ffRegister: 1, ffSettled: 1, ffControl: 1, ffRows: 1 },
    },
  },
  registers: { lut: { word: 1, one: 5 }, ff: { places: 1, one: 4 } },
  lutram: fifo,
  bram: { lut: { ...fifo.lut, counter: 2, one: 15 }, ff: { word: 2, counter: 1, one: 20 } },
  'read master': master,
  'write master': master,
  region: {
    lut: { processes: 4, ports: 0.3, follows: 100, one: 5 },
    ff: { processes: 12, ports: 2.07, copiedBits: 1, follows: 60, one: 20 },
  },
  control: { lut: { pointers: 120, one: 150 }, ff: { pointers: 65, one: 150 } },
  top: { lut: { scalarBits: 0.05, one: 120 }, ff: { scalarBits: 1, one: 110 } },
};
