/**
 * Writes one process: prologue and loop nests, straight-line code on `Val`s. Operations made outside a nest form the prologue (control values
 * for bounds). What stores and memories allow is in access-writer.ts.
 */
import type { Loop, Nest, Port, Process, Ram, Scalar } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import { type Count, countOf, type Size, sizeOf } from '../size.js';
import { elementFor } from '../type.js';
import { AccessWriter } from './access-writer.js';
import { constant, gather } from './results.js';
import { Val } from './value.js';

/** One loop of a nest: the name of its index and its bound (a constant or a prologue value), with what a constant of the prologue is called. */
export interface LoopSpec {
  readonly index: string;
  readonly bound: Val | Count;
  readonly size?: Size | null;
}

/** What a nest may say beside its loops. */
export interface NestOptions {
  readonly doc?: string;
  readonly interval?: number;
  readonly distances?: ReadonlyMap<Ram, number>;
  /** Word address of the innermost loop's first word, from the outer indices (indices by name). */
  readonly burst?: { readonly port: Port; readonly address: (index: Record<string, Val>) => Val };
}

/** Writes one process; `NetworkBuilder.process` makes it, and names the process in the KernelErrors that it throws. */
export class ProcessBuilder extends AccessWriter {
  private readonly nests: Nest[] = [];

  /** The value of a network scalar. */
  arg(scalar: Scalar): Val {
    return this.made({ operation: { kind: 'arg', scalar }, range: scalar.range, shape: [], fracBits: 0 });
  }

  /** A constant. */
  constant(value: number | bigint, fracBits = 0): Val {
    return this.made(constant([BigInt(value)], [], fracBits));
  }

  /** A constant a lane. */
  constants(values: readonly (number | bigint)[], fracBits = 0): Val {
    return this.made(constant(values.map(BigInt), [values.length], fracBits));
  }

  /** Concatenates along the first axis; scalars become lanes, vectors rows only if `rows`. */
  gather(parts: readonly Val[], rows = false): Val {
    return this.made(
      gather(
        parts.map((part) => part.node),
        rows,
      ),
    );
  }

  /**
   * Nested counters, the last digit fastest, that advance by one whenever `when` holds (always when absent): a second
   * walk through an index space, in another order than the nest's own. Digits wrap round.
   */
  counters(digits: readonly LoopSpec[], when?: Val): Record<string, Val> {
    const values: Record<string, Val> = {};
    let carry: Val | undefined = when;
    for (const { index, bound: given } of [...digits].reverse()) {
      const bound = this.bound(given);
      const most = lastOf(bound.range.hi);
      const register = this.register(
        index,
        { element: elementFor({ lo: 0n, hi: most }), shape: [] },
        0,
        true,
      );
      const value = register.read().assume(0, most);
      // Compared before the addition, not after it, so that the way round the register is one addition and one selection.
      const least = given instanceof Val ? bound.sub(1) : countOf(given) - 1;
      const last = value.ge(least).named(`last_${index}`);
      register.write(last.select(0, value.add(1)).assume(0, most), carry);
      carry = carry ? carry.and(last).named(`${index}_done`) : last;
      values[index] = value;
    }
    return values;
  }

  /** A perfect loop nest, outermost first. `body` gets the indices by name. */
  nest(
    label: string,
    loops: readonly LoopSpec[],
    body: (index: Record<string, Val>) => void,
    { doc = '', interval = 1, distances = new Map(), burst }: NestOptions = {},
  ): void {
    if (this.body) throw new KernelError(`nest ${label} inside a nest`);
    const bounds = loops.map(({ index, bound: given, size }): Loop => {
      const { node, range } = this.bound(given);
      return {
        label: `${capital(label)}_${capital(index)}`,
        ...{ index, bound: node, maxBound: Number(range.hi) },
        size: size ?? (given instanceof Val ? null : sizeOf(given)),
      };
    });
    this.body = [];
    this.registers = [];
    const index: Record<string, Val> = {};
    bounds.forEach((loop, position) => {
      const range = { lo: 0n, hi: lastOf(BigInt(loop.maxBound)) };
      const value = this.made({
        operation: { kind: 'index', loop: position },
        range,
        shape: [],
        fracBits: 0,
      });
      this.name(value.node, loop.index);
      index[loop.index] = value;
    });
    const port = burst ? { port: burst.port, address: burst.address(index).node } : null;
    body(index);
    const { registers } = this;
    this.nests.push({
      label: capital(label),
      ...{ doc, loops: bounds, body: this.body, registers, interval, distances, burst: port },
    });
    this.body = null;
  }

  /** The process as written so far. @internal */
  finish(about: Pick<Process, 'name' | 'unit' | 'doc'>): Process {
    const { prologue, nests, rams, roms } = this;
    return { ...about, prologue, nests, rams, roms };
  }

  private bound(given: Val | Count): Val {
    return given instanceof Val ? given : this.constant(countOf(given));
  }
}

/** The last index of a loop with that bound; 0 where it never runs. */
const lastOf = (bound: bigint) => (bound > 1n ? bound - 1n : 0n);

const capital = (name: string) =>
  name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
