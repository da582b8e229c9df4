/** A netlist as Yosys writes it in JSON, as far as synthesis reports need it. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CheckFailed } from '../../errors.js';

/** A net's number, or a constant. */
export type Bit = number | string;

export interface Cell {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly port_directions: Readonly<Record<string, string>>;
  readonly connections: Readonly<Record<string, readonly Bit[]>>;
}

/** A module: cells of the 7 series, and instances of modules that were left as black boxes. */
export interface NetlistModule {
  readonly ports: Readonly<Record<string, { readonly direction: string; readonly bits: readonly Bit[] }>>;
  readonly cells: Readonly<Record<string, Cell>>;
  readonly netnames: Readonly<Record<string, { readonly hide_name?: number; readonly bits: readonly Bit[] }>>;
}

export type Netlist = Readonly<Record<string, NetlistModule>>;

// Only the outline is checked: the cells of a large array are hundreds of thousands, and written by the tool just run.
const outline = z.object({
  modules: z.record(z.string(), z.object({ cells: z.record(z.string(), z.unknown()) }).loose()),
});

/** Reads the modules of a netlist. Throws CheckFailed naming the file where it is none. */
export function readNetlist(path: string): Netlist {
  const text = readFileSync(path, 'utf8');
  const value: unknown = JSON.parse(text);
  if (!outline.safeParse(value).success) throw new CheckFailed(`${path}: not a netlist of Yosys`);
  return (value as { modules: Netlist }).modules;
}

/** A parameter as Yosys writes it (32 or more binary digits, or a text) as a number or text. */
export function parameterValue(written: string): number | string {
  return /^[01]+$/.test(written) ? Number(BigInt(`0b${written}`)) : written.trimEnd();
}

/** A name of a net that a person gave it, else any. */
export function netName({ netnames }: NetlistModule, bit: number): string {
  let other = `net ${bit}`;
  for (const [name, { bits, hide_name }] of Object.entries(netnames)) {
    const index = bits.indexOf(bit);
    if (index < 0) continue;
    const full = bits.length > 1 ? `${name}[${index}]` : name;
    if (!hide_name) return full;
    other = full;
  }
  return other;
}
