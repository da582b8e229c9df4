/** What is known of a unit before any coefficient: the counted features, and what is exact. */

export type UnitKind =
  | 'process'
  | 'registers'
  | 'lutram'
  | 'bram'
  | 'read master'
  | 'write master'
  | 'region'
  | 'control'
  | 'top';

export interface UnitStructure {
  /** Of the instance in the RTL: a process's name, `fifo_` or `axi_` and a channel's or port's, a module's. */
  readonly name: string;
  readonly kind: UnitKind;
  /** The paper's name of the unit, or a plain word. */
  readonly unit: string;
  readonly features: Readonly<Record<string, number>>;
  /** Look-up tables used as memory and shift registers, DSP blocks and block RAM: these follow from sizes alone. */
  readonly exact: { readonly tables: number; readonly dsp: number; readonly bram36: number };
}
