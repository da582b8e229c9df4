/**
 * Every unit of src/units side by side in one network, each with boundary channels, scalars and ports of its own, so that one compiled program
 * tries them all; and random cases for a call of all of them: lengths around a chunk, scalars and data with the ends of their ranges.
 * Expected words come from the unit-reference files. Seeded: the same seed gives the same shapes and cases.
 */
import { packWords, portMemory, type VectorWriter } from '../../src/emit/testbench/vectors.js';
import { NetworkBuilder } from '../../src/kernel/build/network-builder.js';
import type { Channel, Network, Port, Scalar } from '../../src/kernel/ir.js';
import type { ElementType } from '../../src/kernel/type.js';
import { laneCount, typeOf } from '../../src/kernel/type.js';
import { Random } from '../../src/util/random.js';

/** What one call gives a network and must get back. */
export interface UnitCase {
  readonly scalars: Record<string, number>;
  readonly feeds: Map<Channel, number[]>;
  readonly expects: Map<Channel, number[]>;
}

/** A port's memory: what it holds before the first call. The values change as calls are drawn, to what it must hold after them. */
export interface PortMemory {
  readonly port: Port;
  readonly values: number[];
}

/** Puts the values of one case of a unit where they belong: `give` for its scalars, `send` and `expect` for its channels. */
export type Draw = (random: Random) => void;
/** Adds one unit to the network, with lanes and sizes drawn by `random`, and tells how its cases are drawn. */
export type UnitPlan = (at: UnitPlace, random: Random) => Draw;

/** One unit's place in the network: declares what the unit touches and collects the values of a case. */
export class UnitPlace {
  readonly memories: PortMemory[] = [];
  private drawn: UnitCase = emptyCase();

  constructor(
    readonly net: NetworkBuilder,
    readonly name: string,
    private readonly laneCounts: readonly number[],
  ) {}

  /** Lanes of a word: one of the network's few counts, since every type of word costs the compiler time. */
  lanes(random: Random): number {
    return pick(random, ...this.laneCounts);
  }
  channel(name: string, element: ElementType, ...shape: number[]): Channel {
    return this.net.channel(`${this.name}_${name}`, typeOf(element, ...shape), `${name} of ${this.name}`);
  }
  scalar(name: string, lo: number, hi: number): Scalar {
    return this.net.scalar(`${this.name}_${name}`, lo, hi, `${name} of ${this.name}`);
  }
  port(direction: 'read' | 'write', values: number[], element: ElementType, ...shape: number[]): Port {
    const port = this.net.port(
      `${this.name}_memory`,
      direction,
      typeOf(element, ...shape),
      `port of ${this.name}`,
    );
    this.memories.push({ port, values });
    return port;
  }

  give(scalar: Scalar, value: number): void {
    this.drawn.scalars[scalar.name] = value;
  }
  send(channel: Channel, values: readonly number[]): void {
    append(this.drawn.feeds, channel, values);
  }
  expect(channel: Channel, values: readonly number[]): void {
    append(this.drawn.expects, channel, values);
  }
  take(): UnitCase {
    const taken = this.drawn;
    this.drawn = emptyCase();
    return taken;
  }
}

/** All units in one network. */
export class UnitCases {
  readonly network: Network;
  readonly places: readonly UnitPlace[];
  private readonly draws: readonly Draw[];

  constructor(plans: Readonly<Record<string, UnitPlan>>, seed: number) {
    const net = new NetworkBuilder('units', 'Every unit by itself.');
    const random = new Random(seed);
    const laneCounts = [random.integer(1, 2), random.integer(3, 4), random.integer(5, 8)];
    this.places = Object.keys(plans).map((name) => new UnitPlace(net, name, laneCounts));
    this.draws = Object.values(plans).map((plan, i) => plan(this.places[i], new Random(seed, `unit ${i}`)));
    this.network = net.build();
  }

  get memories(): PortMemory[] {
    return this.places.flatMap((place) => place.memories);
  }

  /** A case for every unit, as one call. */
  draw(seed: number): UnitCase {
    const all = emptyCase();
    this.places.forEach((place, i) => {
      this.draws[i](new Random(seed, `unit ${i}`));
      const own = place.take();
      Object.assign(all.scalars, own.scalars);
      for (const [channel, values] of own.feeds) all.feeds.set(channel, values);
      for (const [channel, values] of own.expects) all.expects.set(channel, values);
    });
    return all;
  }

  /** The unit that a channel or port belongs to. */
  unitOf(name: string): string {
    const names = this.places.map((place) => place.name).filter((unit) => name.startsWith(`${unit}_`));
    if (names.length === 0) throw new RangeError(`${name} belongs to no unit`);
    return names.reduce((a, b) => (a.length > b.length ? a : b));
  }
}

/** Writes a script of `calls` calls of all units, the memories of their ports compared after each. Returns the cases. */
export function writeCalls(vectors: VectorWriter, units: UnitCases, calls: number): UnitCase[] {
  for (const { port, values } of units.memories)
    portMemory(vectors, port, values, values.length / laneCount(port.type.shape));
  return Array.from({ length: calls }, (_, call) => {
    const drawn = units.draw(call);
    for (const [channel, values] of drawn.feeds) if (values.length > 0) vectors.feed(channel, values);
    for (const [channel, values] of drawn.expects) if (values.length > 0) vectors.expect(channel, values);
    vectors.call(drawn.scalars);
    for (const { port, values } of units.memories)
      if (port.direction === 'write') vectors.check(port.name, 0, packWords(values, port.type));
    return drawn;
  });
}

/** Lanes from lo to hi: of all sizes, or only the ends, or only small ones, as the call has it. */
export function lanesFrom(random: Random, count: number, lo: number, hi: number): number[] {
  const kind = random.integer(0, 7);
  const small = Math.max(1, 2 ** random.integer(0, Math.ceil(Math.log2(hi - lo + 1))));
  const draw = () => {
    if (kind === 0) return random.bits() & 1 ? lo : hi;
    if (kind <= 2) return random.integer(Math.max(lo, -small), Math.min(hi, small));
    return random.edgy(lo, hi);
  };
  return Array.from({ length: count }, draw);
}

export const int16s = (random: Random, count: number) => lanesFrom(random, count, -32768, 32767);

/** One of these. */
export function pick<T>(random: Random, ...choices: readonly T[]): T {
  return choices[random.integer(0, choices.length - 1)]!;
}

const emptyCase = (): UnitCase => ({ scalars: {}, feeds: new Map(), expects: new Map() });

function append(words: Map<Channel, number[]>, channel: Channel, values: readonly number[]): void {
  const before = words.get(channel);
  if (!before) words.set(channel, values.slice());
  else for (const value of values) before.push(value);
}
