/**
 * A test bench for single units: a network of one unit, values for its inputs, scalars and memories, and what comes out, all as flat lists of
 * lanes. Every run is made twice: as the unit was written, and simplified with garbage wherever a value is undefined. Both must agree; every
 * range is checked; words left over or missing are errors of the interpreter, and the counted rates must be those of the run.
 */
import { NetworkBuilder } from '../../src/kernel/build/network-builder.js';
import { countRates } from '../../src/kernel/check/rates.js';
import {
  type CallResult,
  compileNetwork,
  type Lanes,
  makeLanes,
} from '../../src/kernel/interpret/interpret.js';
import type { Channel, Port, Scalar } from '../../src/kernel/ir.js';
import { KernelError } from '../../src/kernel/kernel-error.js';
import type { ElementType } from '../../src/kernel/type.js';
import { laneCount, typeOf } from '../../src/kernel/type.js';

export class UnitBench {
  readonly net = new NetworkBuilder('bench', 'One unit under test.');
  private readonly scalars: Record<string, number> = {};
  private readonly inputs: Record<string, number[]> = {};
  private readonly memories = new Map<Port, readonly number[]>();

  channel(name: string, element: ElementType, ...shape: number[]): Channel {
    return this.net.channel(name, typeOf(element, ...shape), `${name} of the unit under test`);
  }

  port(name: string, direction: 'read' | 'write', element: ElementType, ...shape: number[]): Port {
    return this.net.port(name, direction, typeOf(element, ...shape), `${name} of the unit under test`);
  }

  /** A scalar and its value in this run. */
  scalar(name: string, lo: number, hi: number, value: number): Scalar {
    this.scalars[name] = value;
    return this.net.scalar(name, lo, hi, `${name} of the unit under test`);
  }

  /** Appends values to an input channel, lane after lane. */
  send(channel: Channel, values: readonly number[]): void {
    const sent = (this.inputs[channel.name] ??= []);
    for (const value of values) sent.push(value);
  }

  /** What a port's memory holds at the start, lane after lane. */
  memory(port: Port, values: readonly number[]): void {
    this.memories.set(port, values);
  }

  /** Runs the unit. Throws KernelError where the two runs differ. */
  run(): UnitResult {
    const network = this.net.build();
    // Simplifying drops assumptions about what nobody reads; written, they count.
    const written = compileNetwork(this.net.asWritten(), { checkRanges: true });
    const compiled = compileNetwork(network, { checkRanges: true });
    const plain = this.call((call) => written.run(call));
    const poisoned = this.call((call) => compiled.run(call, { poison: 1 }));
    for (const [name, words] of Object.entries(plain.result.channels)) {
      const others = poisoned.result.channels[name];
      if (words.length !== others.length || words.some((value, i) => value !== others[i]))
        throw new KernelError(`channel ${name} depends on undefined values`);
    }
    for (const { channel, written, read } of countRates(network, this.scalars)) {
      const words = plain.result.words[channel];
      if ((written ?? words) !== words || (read ?? words) !== words)
        throw new KernelError(`channel ${channel}: ${written} written, ${read} read, ${words} in the run`);
    }
    return plain;
  }

  private call(
    run: (call: {
      scalars: Record<string, number>;
      inputs: Record<string, number[]>;
      ports: Record<string, Lanes>;
    }) => CallResult,
  ): UnitResult {
    const ports: Record<string, Lanes> = {};
    for (const [port, values] of this.memories) {
      ports[port.name] = makeLanes(port.type, values.length / laneCount(port.type.shape));
      values.forEach((value, i) => {
        ports[port.name][i] = value;
      });
    }
    return new UnitResult(run({ scalars: this.scalars, inputs: this.inputs, ports }), ports);
  }
}

/** What a run left. */
export class UnitResult {
  constructor(
    readonly result: CallResult,
    private readonly ports: Readonly<Record<string, Lanes>>,
  ) {}

  /** Everything that crossed a channel, lane after lane. */
  received(channel: Channel): number[] {
    return Array.from(this.result.channels[channel.name], Number);
  }

  memory(port: Port): number[] {
    return Array.from(this.ports[port.name], Number);
  }
}
