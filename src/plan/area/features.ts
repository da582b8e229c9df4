/**
 * Structural features of a process: how many bits of adders, multiplexers, registers and so on its RTL has. The area is a sum of them, each
 * times a coefficient that is fitted to synthesized units (`src/maintain/fit-area.ts`).
 */

/** What is counted, in bits unless said otherwise. */
export const processFeatures = [
  /** Carry chains: sums and differences; of those with a constant the inverters in front; roundings; comparisons by less. */
  'add',
  'inverters',
  'rounding',
  'less',
  'lessConstant',
  'equal',
  'logic',
  'mux',
  /** Multiplexers against zero, which often become a register's reset. */
  'mask',
  'maskRegistered',
  /** Values kept unless something is written: a register's enable. */
  'hold',
  'saturate',
  'saturateUpper',
  /** Bits times steps of shifters by a variable. */
  'shift',
  'leadingZeros',
  /** Different tables of 64 bits in ROMs. */
  'rom',
  'romChosen',
  /** Bits times lanes to choose from. */
  'pick',
  'treeAdd',
  'treeLess',
  'multiply',
  /** Look-up tables of shift registers and of memory: exact. */
  'srl',
  'lutram',
  /** Counters of loops, and of their ends those that vary. */
  'counter',
  'counterVaries',
  /** Channels and ports that are waited for, and more places that use the same one. */
  'accesses',
  'joined',
  /** Flip-flops: copies for later stages, those a DSP block may take in, those after memories, in trees, of registers, of the prologue. */
  'ffCopy',
  'ffDsp',
  'ffDspShared',
  'ffMemory',
  'ffTree',
  'ffRegister',
  'ffSettled',
  'ffControl',
  /** Registers of rows that drive a share of a wide word each. */
  'ffRows',
] as const;

export type ProcessFeature = (typeof processFeatures)[number];

/** Counts; what is not there is 0. */
export class FeatureCounts {
  private readonly counts = new Map<string, number>();

  add(feature: ProcessFeature, count: number): void {
    if (count !== 0) this.counts.set(feature, (this.counts.get(feature) ?? 0) + count);
  }

  addAll(features: readonly (readonly [ProcessFeature, number])[]): void {
    for (const [feature, count] of features) this.add(feature, count);
  }

  /** The count so far, which is not among the features any more. */
  take(feature: ProcessFeature): number {
    const count = this.counts.get(feature) ?? 0;
    this.counts.delete(feature);
    return count;
  }

  /** In the order of the list above. */
  toJSON(): Record<string, number> {
    return Object.fromEntries(
      processFeatures.flatMap((name) => (this.counts.has(name) ? [[name, this.counts.get(name)!]] : [])),
    );
  }
}
