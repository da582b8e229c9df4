/** Small networks whose every cycle was worked out by hand: a process moves in the cycle after its word was written. */
import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../build/network-builder.js';
import { checkNetwork } from '../check/network.js';
import type { Channel, Network } from '../ir.js';
import { sint, typeOf, uint } from '../type.js';
import { type OnWait, simulate, simulateCalls } from './simulate.js';
import type { NestTiming } from './steps.js';

const word = typeOf(uint(8));

interface Stage {
  name: string;
  words: number;
  reads?: Channel[];
  writes?: Channel[];
  interval?: number;
}

function process(net: NetworkBuilder, { name, words, reads = [], writes = [], interval = 1 }: Stage): void {
  net.process(name, 'test', name, (p) => {
    p.nest(
      'n',
      [{ index: 'i', bound: words }],
      () => {
        for (const channel of reads) p.read(channel);
        for (const channel of writes) p.write(channel, 1);
      },
      { interval },
    );
  });
}

const timing = (name: string, own: Partial<NestTiming> = {}): NestTiming => ({
  process: name,
  nest: 'N',
  interval: 1,
  depth: 1,
  issueStage: 0,
  writeStage: {},
  ...own,
});

function pair(depth: number, words = 5): Network {
  const net = new NetworkBuilder('pair', 'A producer and a consumer.');
  const c = net.channel('c', word, 'words', depth);
  process(net, { name: 'producer', words, writes: [c] });
  process(net, { name: 'consumer', words, reads: [c] });
  return net.build();
}

describe('cycles worked out by hand', () => {
  test('a word is read in the cycle after it was written', () => {
    const result = simulate(pair(2), {});
    expect(result).toMatchObject({ outcome: 'done', cycles: 6, deadlock: null });
    expect(result.processes).toEqual([
      {
        process: 'producer',
        busyCycles: 5,
        starvedCycles: 0,
        blockedCycles: 0,
        memoryCycles: 0,
        endCycle: 5,
      },
      {
        process: 'consumer',
        busyCycles: 5,
        starvedCycles: 1,
        blockedCycles: 0,
        memoryCycles: 0,
        endCycle: 6,
      },
    ]);
    expect(result.channels).toEqual([
      { channel: 'c', depth: 2, highestFill: 2, fullCycles: 0, emptyCycles: 1 },
    ]);
  });

  test('room is seen in the cycle after the read: a FIFO of one word passes one word in two cycles', () => {
    const { cycles, processes } = simulate(pair(1), {});
    expect(cycles).toBe(10);
    expect(processes[0].blockedCycles).toBe(4);
  });

  test('stages delay writes; the interval spreads iterations', () => {
    const late = [timing('producer', { depth: 4, writeStage: { c: 3 } }), timing('consumer')];
    expect(simulate(pair(5), {}, { timings: late }).cycles).toBe(3 + 5 + 1);
    const later = [timing('producer', { depth: 4, issueStage: 2, writeStage: { c: 3 } }), timing('consumer')];
    expect(simulate(pair(3), {}, { timings: later }).cycles).toBe(3 + 5 + 1);
    const slow = [timing('producer', { interval: 2 }), timing('consumer')];
    expect(simulate(pair(2), {}, { timings: slow }).cycles).toBe(2 * 4 + 1 + 1);
    // A word that can be read three cycles after it was written.
    expect(simulate(pair(5), {}, { fifoLatencyCycles: () => 3 }).cycles).toBe(3 + 5);
  });

  test('a word has its place from the issue on: a FIFO must hold those on their way to pass one every cycle', () => {
    const late = [timing('producer', { depth: 4, writeStage: { c: 3 } }), timing('consumer')];
    // Issued in 0 and 1, written in 3 and 4, read in 4 and 5; the next two are issued in 5 and 6, and the last in 10.
    const { cycles, processes, channels } = simulate(pair(2), {}, { timings: late });
    expect(cycles).toBe(10 + 3 + 1 + 1);
    expect(processes[0].blockedCycles).toBe(3 + 3);
    expect(channels[0].highestFill).toBe(2);
  });

  test('nests of a process follow each other when the pipeline is empty; empty ones take no time', () => {
    const net = new NetworkBuilder('nests', 'Two nests.');
    const n = net.scalar('n', 0, 9, 'iterations of the second');
    net.process('p', 'test', 'two nests', (p) => {
      p.nest('one', [{ index: 'i', bound: 6 }], () => undefined);
      p.nest('two', [{ index: 'i', bound: p.arg(n) }], () => undefined);
    });
    const network = net.build();
    const timings = ['One', 'Two'].map((nest) => timing('p', { nest, depth: 4 }));
    expect(simulate(network, { n: 3 }, { timings }).cycles).toBe(5 + 4 + 2 + 4);
    expect(simulate(network, { n: 0 }, { timings }).cycles).toBe(5 + 4);
  });

  test('a starved pipeline keeps nothing back', () => {
    const net = new NetworkBuilder('chain', 'A slow source in front of a pipeline.');
    const a = net.channel('a', word, 'in');
    const b = net.channel('b', word, 'out');
    process(net, { name: 'source', words: 3, writes: [a], interval: 3 });
    process(net, { name: 'middle', words: 3, reads: [a], writes: [b] });
    process(net, { name: 'sink', words: 3, reads: [b] });
    const timings = [
      timing('source', { interval: 3 }),
      timing('middle', { depth: 3, writeStage: { b: 2 } }),
      timing('sink'),
    ];
    // source writes in 0, 3, 6; middle reads in 1, 4, 7 and its results leave in 3, 6, 9; sink reads in 4, 7, 10.
    const { cycles, processes } = simulate(net.build(), {}, { timings });
    expect(cycles).toBe(11);
    expect(processes.map((p) => p.starvedCycles)).toEqual([0, 1 + 2 + 2, 4 + 2 + 2]);
  });

  test('an observer is told of every wait: who, for what, from when to when', () => {
    const told: unknown[] = [];
    const onWait: OnWait = (process, { kind }, from, to) => told.push([process, kind, from, to]);
    // One word at a time: written in 0, 2, 4, ..., read in 1, 3, 5, ...
    simulate(pair(1, 3), {}, { onWait });
    expect(told).toEqual([
      ['consumer', 'empty', 0, 1],
      ['producer', 'full', 1, 2],
      ['consumer', 'empty', 2, 3],
      ['producer', 'full', 3, 4],
      ['consumer', 'empty', 4, 5],
    ]);
  });
});

describe('calls that follow each other', () => {
  // A process ends a call a cycle after its last, and moves 7 cycles after it has taken the next; the second call is offered in 12.
  test('a process waits for the next one to be offered', () => {
    // Words in 0..4 and, taken in 12, in 19..23; read in 1..5 and 20..24.
    const { outcome, cycles, ends } = simulateCalls(pair(5), [{}, {}]);
    expect({ outcome, cycles, ends }).toEqual({ outcome: 'done', cycles: 25, ends: [7, 25] });
  });

  test('it begins while others are still at the one before', () => {
    // The producer ends in 30 and takes the next one in 31; it writes again in 38, and the consumer, which ended in 31, reads in 39.
    const { cycles, ends } = simulateCalls(pair(5, 30), [{}, {}]);
    expect({ cycles, ends }).toEqual({ cycles: 39 + 30, ends: [32, 69] });
    // Ten words a call, read every third cycle: all there before the first call has ended, so that the reader only pauses for its own start.
    const slow = [timing('producer'), timing('consumer', { interval: 3 })];
    const late = simulateCalls(pair(20, 10), [{}, {}], { timings: slow });
    // Read in 1, 4, ..., 28; ended in 30, taken in 30, read from 37 on.
    expect({ cycles: late.cycles, ends: late.ends }).toEqual({ cycles: 37 + 27 + 1, ends: [30, 65] });
  });

  test('the third is offered when all have taken the second', () => {
    const slow = [timing('producer'), timing('consumer', { interval: 3 })];
    const waits: [number, number][] = [];
    const onWait: OnWait = (process, { kind }, from, to) =>
      process === 'consumer' && kind === 'empty' && waits.push([from, to]);
    // Second call taken in 12 and 30; the third is offered in 42. The consumer ends the second in 66.
    const { ends, channels } = simulateCalls(pair(40, 10), [{}, {}, {}], { timings: slow, onWait });
    // Its words come in 49..58; of the ten before them seven have been read by then, in 37, 40, ..., 55.
    expect(channels[0].highestFill).toBe(13);
    expect(ends).toEqual([30, 66, 66 + 7 + 27 + 1]);
    expect(waits).toEqual([[0, 1]]);
  });

  test('a port that follows another waits until that has ended the call before', () => {
    const net = new NetworkBuilder('copy', 'Memory to memory.');
    const to = net.port('to', 'write', word, 'where');
    const from = net.port('from', 'read', word, 'whence', { follows: 'to' });
    const c = net.channel('c', word, 'words', 8);
    net.process('load', 'mover', 'reads', (p) => {
      const burst = { port: from, address: () => p.constant(0) };
      p.nest('n', [{ index: 'i', bound: 5 }], () => p.write(c, p.portRead(from)), { burst });
    });
    net.process('store', 'mover', 'writes', (p) => {
      const burst = { port: to, address: () => p.constant(0) };
      p.nest('n', [{ index: 'i', bound: 5 }], () => p.portWrite(to, p.read(c)), { burst, interval: 10 });
    });
    const network = net.build();
    checkNetwork(network);
    const waits: [number, number][] = [];
    const onWait: OnWait = (_, { kind }, from, to) => kind === 'port' && waits.push([from, to]);
    // Stored in 1, 11, ..., 41, acknowledged a cycle later; the writer takes the next call in 43. The reader is there in 19.
    simulateCalls(network, [{}, {}], { onWait });
    expect(waits).toEqual([[19, 43]]);
  });
});

describe('memory', () => {
  function mover(direction: 'read' | 'write', words: number): Network {
    const net = new NetworkBuilder('memory', 'A mover.');
    const port = net.port('m', direction, word, 'memory');
    net.process('mover', 'mover', 'moves', (p) => {
      const burst = { port, address: () => p.constant(0) };
      const body = () => {
        if (direction === 'read') p.portRead(port);
        else p.portWrite(port, p.constant(1));
      };
      p.nest('n', [{ index: 'i', bound: words }], body, { burst });
    });
    return net.build();
  }

  test('reads come after the latency, at the rate, as far ahead as may be asked for', () => {
    // Words 0..3 asked for in 0: they come in 10, 12, 14, 16; word 4 asked for in 11: 21, 23, 25, 27; word 8 in 22: 32.
    const m = { cyclesPerWord: 2, latencyCycles: 10, outstandingWords: 4 };
    const { cycles, processes } = simulate(mover('read', 9), {}, { ports: { m } });
    expect(cycles).toBe(33);
    expect(processes[0]).toMatchObject({ busyCycles: 9, memoryCycles: 24 });
    expect(simulate(mover('read', 9), {}).cycles).toBe(9);
  });

  test('writes wait for room and the call for the last acknowledgement', () => {
    // Taken in 0, 1, 2, 4, 7; stored in 1, 4, 7, 10, 13; acknowledged in 18.
    const m = { cyclesPerWord: 3, latencyCycles: 5, outstandingWords: 2 };
    expect(simulate(mover('write', 5), {}, { ports: { m } }).cycles).toBe(18);
  });

  test('pauses and burst starts cost their cycles', () => {
    const m = {
      cyclesPerWord: 1,
      latencyCycles: 0,
      outstandingWords: 8,
      pause: { everyWords: 2, cycles: 3 },
    };
    // Words 0, 1, then 3 cycles pause each after two: 0 1 5 6 10.
    expect(simulate(mover('read', 5), {}, { ports: { m } }).cycles).toBe(11);
    const bursts = { cyclesPerWord: 1, latencyCycles: 0, outstandingWords: 8, burstCycles: 4 };
    expect(simulate(mover('read', 5), {}, { ports: { m: bursts } }).cycles).toBe(5);
  });
});

/** The source feeds both ways; the join wants the sum of all first, so that its other input must hold all words. */
function reconverging(words: number, depth: number): Network {
  const net = new NetworkBuilder('fork', 'Paths that part and meet again.');
  const a = net.channel('a', word, 'to the sum');
  const b = net.channel('b', word, 'past the sum', depth);
  const s = net.channel('s', typeOf(sint(20)), 'the sum');
  process(net, { name: 'source', words, writes: [a, b] });
  net.process('total', 'test', 'sums', (p) => {
    p.nest('n', [{ index: 'i', bound: words }], ({ i }) => {
      const read = p.read(a);
      p.write(s, read, i.eq(words - 1));
    });
  });
  net.process('join', 'test', 'joins', (p) => {
    p.nest('n', [{ index: 'i', bound: words }], ({ i }) => {
      p.read(s, i.eq(0));
      p.read(b);
    });
  });
  return net.build();
}

describe('deadlock', () => {
  test('on a reconverging path with too shallow a FIFO it is found and named', () => {
    const { outcome, deadlock } = simulate(reconverging(10, 4), {});
    expect(outcome).toBe('deadlock');
    expect(deadlock!.message).toBe(
      'deadlock in cycle 6: source waits for b (full, 4 words) <- join waits for s (empty) <- total waits for a (empty) <- source',
    );
    expect(deadlock!.closed).toBe(true);
  });

  test('as many words as come meanwhile cure it, and one word less does not', () => {
    const network = reconverging(10, 4);
    // The sum is written in cycle 10 and read, with the first word of b, in cycle 11: all ten words have come by then.
    expect(simulate(network, {}, { depths: { b: 10 } }).cycles).toBe(21);
    expect(simulate(network, {}, { depths: { b: 9 } }).outcome).toBe('deadlock');
  });

  test('words that never come are told apart from a circle', () => {
    const net = new NetworkBuilder('short', 'Too few words.');
    const c = net.channel('c', word, 'words');
    process(net, { name: 'producer', words: 3, writes: [c] });
    process(net, { name: 'consumer', words: 4, reads: [c] });
    const { deadlock } = simulate(net.build(), {});
    expect(deadlock).toMatchObject({ closed: false });
    expect(deadlock!.message).toMatch(/consumer waits for c \(empty\) <- producer, which has ended$/);
  });

  test('a cycle limit ends a run that is too long', () => {
    expect(simulate(pair(2, 1000), {}, { cycleLimit: 100 })).toMatchObject({ outcome: 'limit', cycles: 100 });
  });
});

test('names and timings that do not fit the network are refused', () => {
  expect(() => simulate(pair(2), {}, { depths: { d: 3 } })).toThrow('no channel d');
  expect(() =>
    simulate(pair(2), {}, { ports: { d: { cyclesPerWord: 1, latencyCycles: 1, outstandingWords: 1 } } }),
  ).toThrow('no port d');
  expect(() => simulate(pair(2), {}, { timings: [timing('producer')] })).toThrow(
    'process consumer, nest N: no timing',
  );
  const late = [timing('producer', { writeStage: { c: 1 } }), timing('consumer')];
  expect(() => simulate(pair(2), {}, { timings: late })).toThrow('c written in stage 1, issued in 0 of 1');
});
