/**
 * Random networks for the back ends: many unconnected processes in one network (one compilation), each with random operations on words of
 * all shapes and widths, loops of constant and run-time bounds, conditional reads and writes, registers, a RAM and tables.
 */
import { NetworkBuilder, type ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { KernelCall } from '../../kernel/interpret/interpret.js';
import type { Channel, Network } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import {
  type DataType,
  elementFor,
  laneCount,
  rangeOf,
  STREAM_BITS,
  sint,
  typeOf,
  uint,
} from '../../kernel/type.js';
import { Random } from '../../util/random.js';
import { randomLane, randomOperation, shapes, Tape } from './random-operation.js';

/** A network, and calls with as many input words as it reads. */
export interface RandomCase {
  readonly network: Network;
  /** The same before it is simplified. */
  readonly asWritten: Network;
  readonly calls: readonly KernelCall[];
}

/** Few, because every type of word costs compile time in the testbench; operations make all other widths. */
const WIDTHS = [1, 9, 16, 33, 64];
const TIMES = [3, 1, 0, 4];

/** How often an input is read in a call whose run-time bound is `times`. */
type Reads = readonly { readonly channel: Channel; readonly words: (times: number) => number }[];

/** `interval` cycles an iteration: 1 for networks that are never scheduled, since their loop-carried paths are long. */
export function randomCase(seed: number, processes: number, operations: number, interval = 1): RandomCase {
  const random = new Random(seed);
  const tape = new Tape(Array.from({ length: processes * operations * 8 }, () => random.bits()));
  const net = new NetworkBuilder('random', 'Random processes.');
  const times = net.scalar('times', 0, 5, 'a run-time bound');
  const reads: Reads[number][] = [];
  const type = (): DataType => {
    const bits = tape.of(WIDTHS);
    return typeOf(tape.below(2) ? sint(bits) : uint(bits), ...tape.of(shapes));
  };
  for (let k = 0; k < processes; ++k)
    net.process(`process_${k}`, 'test', 'random operations', (p) => {
      const one = new RandomProcess(net, p, tape, type, k, interval);
      reads.push(...one.build(operations, p.arg(times)));
    });
  const calls = TIMES.map((count) => {
    const inputs: Record<string, bigint[]> = {};
    for (const { channel, words } of reads) {
      const range = rangeOf(channel.type.element);
      const lanes = words(count) * laneCount(channel.type.shape);
      inputs[channel.name] = Array.from({ length: lanes }, () =>
        randomLane(range, random.bits() >>> 1, random.bits() >>> 1),
      );
    }
    return { scalars: { times: count }, inputs };
  });
  return { network: net.build(), asWritten: net.asWritten(), calls };
}

class RandomProcess {
  private readonly reads: Reads[number][] = [];

  constructor(
    private readonly net: NetworkBuilder,
    private readonly p: ProcessBuilder,
    private readonly tape: Tape,
    private readonly type: () => DataType,
    private readonly number: number,
    private readonly interval: number,
  ) {}

  build(operations: number, times: Val): Reads {
    const { p, tape } = this;
    const inner = 1 + tape.below(4);
    const ram = p.ram('memory', this.type(), 8, tape.below(2) ? 'bram' : 'lutram', 'a memory');
    p.nest('fill_memory', [{ index: 'place', bound: 8 }], ({ place }) => {
      p.store(
        ram,
        place,
        this.input('first', ram.type, () => 8),
      );
    });
    // The run-time bound is the outer one (nested loops), the inner one (a flat loop), or missing.
    const form = tape.below(3);
    const rounds = form === 0 ? times : 2;
    const steps = form === 1 ? times : inner;
    const iterations = (count: number) => (form === 0 ? count : 2) * (form === 1 ? count : inner);
    const loops = [
      { index: 'round', bound: rounds },
      { index: 'step', bound: steps },
    ];
    const distance = form === 1 ? 1 : inner;
    p.nest(
      'work',
      loops,
      ({ round, step }) => {
        const first = step.eq(0).named('first_step');
        const firsts = (count: number) => (iterations(count) === 0 ? 0 : form === 0 ? count : 2);
        const pool: Val[] = [round, step, first, p.constants([5, -3, 2]), p.constant(tape.below(100) - 50)];
        pool.push(this.input('a', this.type(), iterations), this.input('b', this.type(), iterations));
        pool.push(this.input('c', this.type(), firsts, first));
        const kept = p.register('kept', this.type());
        const moved = p.register('moved', this.type());
        pool.push(p.load(ram, step), kept.read(), moved.read());
        this.grow(pool, operations);
        kept.write(this.fitted(pool, kept.register.type));
        moved.write(this.fitted(pool, moved.register.type), tape.below(2) ? first : undefined);
        p.store(ram, step, this.fitted(pool, ram.type), tape.below(2) ? first.not() : undefined);
        this.writeEverything(pool);
        const last = pool.at(-1)!;
        p.write(this.output(last), last, first);
      },
      { distances: new Map([[ram, distance]]), interval: this.interval },
    );
    return this.reads;
  }

  private input(name: string, type: DataType, words: (times: number) => number, when?: Val): Val {
    const channel = this.net.channel(`in_${this.number}_${name}`, type, 'random words');
    this.reads.push({ channel, words });
    return this.p.read(channel, when);
  }

  /** Half of all values, lane by lane in words of what a stream takes, so that whatever goes wrong is seen. The others are used once and stay inlined. */
  private writeEverything(pool: readonly Val[]): void {
    const chosen = pool
      .filter((value) => value.node.operation.kind !== 'const' && this.tape.below(2) === 0)
      .map((value) => value.wrap(uint(64)))
      .map((value) => (value.shape.length > 1 ? value.reshape(laneCount(value.shape)) : value));
    const words: Val[][] = [[]];
    let lanes = 0;
    for (const value of [...chosen, this.p.constant(1)]) {
      lanes += laneCount(value.shape);
      if (64 * lanes > STREAM_BITS) {
        words.push([]);
        lanes = laneCount(value.shape);
      }
      words.at(-1)!.push(value);
    }
    words.forEach((parts, i) => {
      const word = this.p.gather(parts);
      const type = typeOf(uint(64), ...word.shape);
      this.p.write(this.net.channel(`all_${this.number}_${i}`, type, 'results'), word);
    });
  }

  private output(value: Val): Channel {
    const { bits, signed } = elementFor(value.range);
    const width = WIDTHS.find((one) => one >= bits)!;
    const type = typeOf(signed ? sint(width) : uint(width), ...value.shape);
    return this.net.channel(`last_${this.number}`, type, 'the last result');
  }

  private grow(pool: Val[], operations: number): void {
    for (let made = 0; made < operations; ) {
      try {
        const value = randomOperation(this.p, pool, this.tape);
        if (laneCount(value.shape) > 64) continue;
        pool.push(this.tape.below(4) === 0 ? value.named(`value_${made}`) : value);
        ++made;
      } catch (error) {
        if (!(error instanceof KernelError || error instanceof RangeError || error instanceof TypeError))
          throw error;
        ++made;
      }
    }
  }

  /** Some value of the pool, bent to a type. */
  private fitted(pool: readonly Val[], type: DataType): Val {
    const lanes = pool.filter((value) => laneCount(value.shape) === laneCount(type.shape));
    const scalars = pool.filter((value) => value.shape.length === 0);
    const value = this.tape.of(lanes.length > 0 ? lanes : scalars);
    const wrapped = this.tape.below(2) ? value.wrap(type.element) : value.saturate(type.element);
    if (laneCount(type.shape) !== laneCount(value.shape)) return wrapped.splat(type.shape);
    return type.shape.length > 0 && value.shape.length > 0
      ? wrapped.reshape(...type.shape)
      : this.scalar(wrapped, type);
  }
  private scalar(value: Val, type: DataType): Val {
    if (type.shape.length === 0) return value.shape.length === 0 ? value : this.firstLane(value);
    return value.splat(type.shape);
  }
  private firstLane(value: Val): Val {
    return value.shape.length === 0 ? value : this.firstLane(value.lane(0));
  }
}
