/**
 * The private memories of a process, each with one read and one write port that its nests share. Only one nest runs at a time, so that sharing
 * is choosing.
 */
import { printType, totalBits } from '../../kernel/type.js';
import { isWideMemory } from '../../schedule/wide.js';
import { indexBits } from '../../util/powers-of-two.js';
import type { ProcessContext, RamWrite } from './context.js';

/** What the template says of a memory. */
export interface MemoryFacts {
  readonly comment: string;
  readonly instance: string;
  readonly bits: number;
  readonly depth: number;
  readonly storage: string;
  readonly readStages: number;
  readonly readAddress: string;
  readonly readData: string;
  readonly write: string;
  readonly writeAddress: string;
  readonly writeData: string;
  /** Of a wide memory: its writers, and what is high in the cycle before the nest of each begins; the first one lowest. */
  readonly wide: readonly { readonly slice: number; readonly writers: number; readonly enter: string }[];
}

export function memoriesOf({ process, target, names, ramReads, ramWrites }: ProcessContext): MemoryFacts[] {
  return process.rams.map((ram) => {
    const reads = ramReads.filter((read) => read.ram === ram);
    const writes = ramWrites.filter((write) => write.ram === ram);
    const nowhere = `${indexBits(ram.depth)}'d0`;
    const ports = isWideMemory(ram, target) && writes.length > 0 ? byNest(writes) : [writes];
    const wide = { slice: target.sliceBits, writers: ports.length, enter: sideBySide(ports.map(enterOf)) };
    return {
      comment: `${ram.name}, ${ram.depth} x ${printType(ram.type)}: ${ram.doc}`,
      instance: names.claim(`${ram.name}_memory`),
      bits: totalBits(ram.type),
      depth: ram.depth,
      storage: ram.storage,
      readStages: ram.storage === 'bram' ? target.bramStages : target.lutramStages,
      readAddress: choice(
        reads.map(({ wants, address }) => [wants, address]),
        nowhere,
      ),
      readData: `${ram.name}_read_data`,
      write: sideBySide(ports.map((own) => (own.length > 0 ? any(own.map(({ wants }) => wants)) : "1'b0"))),
      writeAddress: sideBySide(
        ports.map((own) =>
          choice(
            own.map(({ wants, address }) => [wants, address]),
            nowhere,
          ),
        ),
      ),
      writeData: sideBySide(
        ports.map((own) =>
          choice(
            own.map(({ wants, word }) => [wants, word]),
            "'0",
          ),
        ),
      ),
      wide: isWideMemory(ram, target) ? [wide] : [],
    };
  });
}

/** Uses by the nests that make them, which `enter` tells apart: only one nest runs at a time. */
export function byNest<T extends { readonly enter: string }>(uses: readonly T[]): T[][] {
  const enters = [...new Set(uses.map(({ enter }) => enter))];
  return enters.map((enter) => uses.filter((one) => one.enter === enter));
}

const enterOf = (own: readonly RamWrite[]) => own[0]?.enter ?? "1'b0";

/** Side by side, the first one lowest. */
export function sideBySide(values: readonly string[]): string {
  return values.length === 1 ? values[0] : `{${[...values].reverse().join(', ')}}`;
}

/** The value whose condition is high, the last one where none is; `none` where there is no value. */
export function choice(options: readonly (readonly [when: string, value: string])[], none = ''): string {
  const last = options.at(-1)?.[1] ?? none;
  return options.slice(0, -1).reduceRight((rest, [when, value]) => `${when} ? ${value} : ${rest}`, last);
}

/** High where one of the conditions is; fit to stand beside an operator. */
export function any(conditions: readonly string[]): string {
  return conditions.length === 1 ? conditions[0] : `(${conditions.join(' | ')})`;
}
