/** Builds kernel networks: declares scalars, channels and ports, and adds processes, each written on a `ProcessBuilder`. */
import { inFlowOrder } from '../flow-order.js';
import type { Channel, Network, Port, Process, Scalar } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import { simplify } from '../simplify/simplify.js';
import type { NamedSize } from '../size.js';
import { type DataType, elementFor, streamProblem } from '../type.js';
import { ProcessBuilder } from './process-builder.js';

export { type LoopSpec, type NestOptions, ProcessBuilder } from './process-builder.js';
export { RegisterHandle } from './register-handle.js';

/** Declares what a network is made of; `build` gives it. */
export class NetworkBuilder {
  private readonly sizes: NamedSize[] = [];
  private readonly scalars: Scalar[] = [];
  private readonly channels: Channel[] = [];
  private readonly depths = new Map<Channel, number>();
  private readonly ports: Port[] = [];
  private readonly processes: Process[] = [];
  private readonly names = new Set<string>();

  constructor(
    readonly name: string,
    readonly doc: string,
  ) {}

  /** Makes a size known by its name; loops and memories of the processes may be called after it. */
  size(size: NamedSize): void {
    this.sizes.push(size);
  }

  /** A run-time argument that the kernel accepts from `lo` to `hi`. */
  scalar(name: string, lo: number, hi: number, doc: string): Scalar {
    const range = { lo: BigInt(lo), hi: BigInt(hi) };
    const scalar: Scalar = { name: this.claim(name), element: elementFor(range), range, doc };
    this.scalars.push(scalar);
    return scalar;
  }

  /**
   * A FIFO that holds `depth` words (2 unless planned otherwise); they come no more often than `everyCycles` says. Throws KernelError for words
   * wider than a stream may be.
   */
  channel(name: string, type: DataType, doc: string, depth = 2, everyCycles = 1): Channel {
    const problem = streamProblem(type);
    if (problem) throw new KernelError(`channel ${name}: ${problem}`);
    const channel: Channel = {
      name: this.claim(name),
      type,
      doc,
      ...(everyCycles > 1 ? { everyCycles } : {}),
    };
    this.channels.push(channel);
    this.depths.set(channel, depth);
    return channel;
  }

  /** Makes the FIFO of a channel hold at least so many words. */
  deepen(channel: Channel, depth: number): void {
    this.depths.set(channel, Math.max(depth, this.depths.get(channel) ?? depth));
  }

  /** A port to external memory: words read or written in bursts. */
  port(
    name: string,
    direction: 'read' | 'write',
    type: DataType,
    doc: string,
    more: Pick<Port, 'follows' | 'everyCycles'> = {},
  ): Port {
    const port: Port = { name: this.claim(name), direction, type, doc, ...more };
    this.ports.push(port);
    return port;
  }

  /** Adds a process; `unit` is the paper's name of what it is (MAT, HAT, PAU, PMU, PMA, NAU) or a plain word. */
  process(name: string, unit: string, doc: string, build: (p: ProcessBuilder) => void): Process {
    const builder = new ProcessBuilder();
    this.claim(name);
    try {
      build(builder);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw new KernelError(`process ${name}: ${error.message}`, { cause: error });
    }
    const process = builder.finish({ name, unit, doc });
    this.processes.push(process);
    return process;
  }

  /** The network simplified, processes in topological order: what everybody works with. Throws KernelError for a cycle of processes. */
  build(): Network {
    return simplify(this.asWritten());
  }

  /** The network with every operation that the units wrote: what `build` simplifies. */
  asWritten(): Network {
    return {
      name: this.name,
      doc: this.doc,
      sizes: this.sizes,
      scalars: this.scalars,
      channels: [...this.channels],
      depths: new Map(this.depths),
      ports: this.ports,
      processes: inFlowOrder(this.processes),
    };
  }

  private claim(name: string): string {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new KernelError(`name '${name}': expected lower_snake_case`);
    if (this.names.has(name)) throw new KernelError(`name '${name}' is used twice in network ${this.name}`);
    this.names.add(name);
    return name;
  }
}
