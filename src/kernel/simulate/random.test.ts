/** Random networks with random timings: the engine against the plainest possible simulator, and calls that overlap. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NetworkBuilder } from '../build/network-builder.js';
import { checkRates, countRates } from '../check/rates.js';
import { interpret } from '../interpret/interpret.js';
import type { Channel, Network } from '../ir.js';
import { typeOf, uint } from '../type.js';
import { simulate, simulateCalls } from './simulate.js';
import type { NestTiming } from './steps.js';

/** A channel that is used in every `period`th iteration, by each end in its own phase and stage. */
interface Edge {
  from: number;
  to: number;
  period: number;
  writePhase: number;
  readPhase: number;
  depth: number;
}
interface Spec {
  iterations: number;
  edges: Edge[];
  intervals: number[];
  depths: number[];
  stages: number[];
}

const nat = (max: number, min = 0) => fc.integer({ min, max });
const specs: fc.Arbitrary<Spec> = nat(5, 2).chain((processes) =>
  fc.record({
    iterations: fc.constantFrom(12, 24, 36),
    intervals: fc.array(fc.constantFrom(1, 1, 1, 2, 3), { minLength: processes, maxLength: processes }),
    depths: fc.array(nat(9, 1), { minLength: processes, maxLength: processes }),
    stages: fc.array(nat(20), { minLength: 24, maxLength: 24 }),
    edges: fc.array(
      fc
        .record({
          a: nat(processes - 1),
          b: nat(processes - 1),
          period: fc.constantFrom(1, 1, 2, 3, 4, 12),
          writePhase: nat(11),
          readPhase: nat(11),
          depth: nat(6, 1),
        })
        .filter(({ a, b }) => a !== b)
        .map(({ a, b, ...rest }) => ({ from: Math.min(a, b), to: Math.max(a, b), ...rest })),
      { minLength: 1, maxLength: 8 },
    ),
  }),
);

function build({ iterations, edges, intervals, depths, stages }: Spec): {
  network: Network;
  timings: NestTiming[];
} {
  const net = new NetworkBuilder('random', 'A random network.');
  const rounds = net.scalar('rounds', 0, 3, 'outer iterations');
  const channels: Channel[] = edges.map(({ depth }, i) => net.channel(`c${i}`, typeOf(uint(4)), 'c', depth));
  const timings: NestTiming[] = [];
  for (const [k, interval] of intervals.entries()) {
    net.process(`p${k}`, 'test', 'p', (p) => {
      p.nest(
        'n',
        [
          { index: 'round', bound: p.arg(rounds) },
          { index: 'i', bound: iterations },
        ],
        () => {
          for (const [e, edge] of edges.entries()) {
            const phase = (which: number) => {
              const { count } = p.counters([{ index: 'count', bound: edge.period }]);
              return count.eq(which % edge.period);
            };
            if (edge.to === k) p.read(channels[e], edge.period > 1 ? phase(edge.readPhase) : undefined);
            if (edge.from === k)
              p.write(channels[e], 3, edge.period > 1 ? phase(edge.writePhase) : undefined);
          }
        },
        { interval },
      );
    });
    const issueStage = stages[k] % depths[k];
    const writeStage = Object.fromEntries(
      edges.flatMap((edge, e) =>
        edge.from === k ? [[`c${e}`, issueStage + (stages[e + 8] % (depths[k] - issueStage))]] : [],
      ),
    );
    timings.push({
      process: `p${k}`,
      nest: 'N',
      interval,
      depth: depths[k],
      issueStage,
      writeStage,
    });
  }
  return { network: net.build(), timings };
}

/** Latencies of FIFOs that differ by their depth, as those of memories do. */
const fifoLatencyCycles = (depth: number) => (Number.isFinite(depth) ? 1 + (depth % 3) : 1);

/** Cycle by cycle, stage by stage: everybody decides on the state before the cycle, then everybody moves. Null for a deadlock. */
function plainly(
  { iterations, edges }: Spec,
  rounds: number,
  timings: NestTiming[],
  bounded: boolean,
): number | null {
  const total = iterations * rounds;
  /** Words that can be read, and for each edge when those on their way can be. */
  const words = edges.map(() => 0);
  const coming: number[][] = edges.map(() => []);
  const latencies = edges.map(({ depth }) => fifoLatencyCycles(bounded ? depth : Number.POSITIVE_INFINITY));
  // Words inside and those that were promised a place.
  const places = edges.map(() => 0);
  const processes = timings.map((timing, k) => ({
    ...timing,
    reads: edges.flatMap((edge, e) => (edge.to === k ? [e] : [])),
    writes: edges.flatMap((edge, e) => (edge.from === k ? [e] : [])),
    /** The iteration in each stage, or null. */
    stages: Array<number | null>(timing.depth).fill(null),
    begun: 0,
    /** Steps of the first stage since an iteration began there. */
    phase: 0,
    ended: total === 0,
  }));
  for (const p of processes)
    if (!p.ended) {
      p.stages[0] = 0;
      p.begun = 1;
    }
  for (let cycle = 0; ; cycle++) {
    if (processes.every((p) => p.ended)) return cycle;
    coming.forEach((arrivals, e) => {
      while (arrivals.length > 0 && arrivals[0] <= cycle) {
        arrivals.shift();
        words[e]++;
      }
    });
    const [popped, pushed, promised] = [[] as number[], [] as number[], [] as number[]];
    const moves = processes.map((p) => {
      const waiting = p.stages[p.issueStage];
      const due = (e: number, i: number, phase: number) => i % edges[e].period === phase % edges[e].period;
      const reads = waiting === null ? [] : p.reads.filter((e) => due(e, waiting, edges[e].readPhase));
      const writes = waiting === null ? [] : p.writes.filter((e) => due(e, waiting, edges[e].writePhase));
      const isFree =
        reads.every((e) => words[e] > 0) && writes.every((e) => !bounded || places[e] < edges[e].depth);
      const issues = waiting !== null && isFree;
      if (issues) {
        popped.push(...reads);
        promised.push(...writes);
      }
      p.stages.forEach((i, stage) => {
        if (i === null || stage < p.issueStage || (stage === p.issueStage && !issues)) return;
        pushed.push(
          ...p.writes.filter((e) => p.writeStage[`c${e}`] === stage && due(e, i, edges[e].writePhase)),
        );
      });
      return { leads: waiting === null || issues, issues };
    });
    let moved = false;
    processes.forEach((p, k) => {
      if (p.ended) return;
      const { leads, issues } = moves[k];
      const before = [...p.stages];
      for (let stage = p.depth - 1; stage > p.issueStage + 1; stage--) p.stages[stage] = before[stage - 1];
      if (p.issueStage + 1 < p.depth) p.stages[p.issueStage + 1] = issues ? before[p.issueStage] : null;
      if (leads) {
        for (let stage = p.issueStage; stage > 0; stage--) p.stages[stage] = before[stage - 1];
        p.phase = p.phase + 1 === p.interval ? 0 : p.phase + 1;
        p.stages[0] = p.phase === 0 && p.begun < total ? p.begun++ : null;
      }
      const flows = before.some(
        (i, stage) => i !== null && (stage > p.issueStage || (stage < p.issueStage && leads)),
      );
      if (flows || issues) moved = true;
      p.ended = p.begun === total && p.stages.every((i) => i === null);
    });
    for (const e of popped) {
      words[e]--;
      places[e]--;
    }
    for (const e of promised) places[e]++;
    for (const e of pushed) coming[e].push(cycle + latencies[e]);
    if (
      !moved &&
      coming.every((arrivals) => arrivals.length === 0) &&
      popped.length + pushed.length === 0 &&
      moves.every(({ leads }, k) => processes[k].ended || !leads)
    )
      return null;
  }
}

test('the engine takes the cycles of the plain simulator, and deadlocks where it does', () => {
  const outcomes = new Set<string>();
  fc.assert(
    fc.property(specs, nat(2), (spec, rounds) => {
      const { network, timings } = build(spec);
      const free = simulate(network, { rounds }, { timings, fifoLatencyCycles, depths: 'unbounded' });
      expect(free.cycles).toBe(plainly(spec, rounds, timings, false));
      const bounded = simulate(network, { rounds }, { timings, fifoLatencyCycles });
      const expected = plainly(spec, rounds, timings, true);
      outcomes.add(bounded.outcome);
      expect(bounded.outcome).toBe(expected === null ? 'deadlock' : 'done');
      if (expected === null) expect(bounded.deadlock!.closed).toBe(true);
      else expect(bounded.cycles).toBe(expected);
      for (const p of bounded.processes)
        if (bounded.outcome === 'done')
          expect(p.busyCycles + p.starvedCycles + p.blockedCycles + p.memoryCycles).toBe(p.endCycle);
    }),
    { numRuns: 400 },
  );
  expect([...outcomes].sort()).toEqual(['deadlock', 'done']);
});

test('calls that overlap end where each by itself does, and no later than one after the other', () => {
  const outcomes = new Set<string>();
  fc.assert(
    fc.property(specs, fc.array(nat(3), { minLength: 2, maxLength: 4 }), (spec, rounds) => {
      const { network, timings } = build(spec);
      const calls = rounds.map((count) => ({ rounds: count }));
      const alone = calls.map((call) => simulate(network, call, { timings }));
      const { outcome, cycles, ends, processes, deadlock } = simulateCalls(network, calls, { timings });
      outcomes.add(outcome);
      expect(outcome).toBe(alone.every((one) => one.outcome === 'done') ? 'done' : 'deadlock');
      if (outcome === 'deadlock') {
        expect(deadlock!.closed).toBe(true);
        return;
      }
      const between = 25;
      expect(cycles).toBeLessThanOrEqual(alone.reduce((sum, one) => sum + one.cycles + between, 0));
      expect(ends).toEqual([...ends].sort((a, b) => a - b));
      expect(ends.at(-1)).toBe(cycles);
      // The work is the same.
      for (const [i, { busyCycles }] of processes.entries())
        expect(busyCycles).toBe(alone.reduce((sum, one) => sum + one.processes[i].busyCycles, 0));
    }),
    { numRuns: 200 },
  );
  expect([...outcomes].sort()).toEqual(['deadlock', 'done']);
});

test('the control slice counts the words that the interpreter moves', () => {
  fc.assert(
    fc.property(specs, nat(3), (spec, rounds) => {
      const { network } = build(spec);
      const { words } = interpret(network, { scalars: { rounds } });
      for (const { channel, written, read } of countRates(network, { rounds })) {
        expect(written).toBe(words[channel]);
        expect(read).toBe(words[channel]);
      }
      checkRates(network, [{ rounds }]);
    }),
    { numRuns: 40 },
  );
});

test('unequal rates are reported with both counts and the scalars', () => {
  const net = new NetworkBuilder('unequal', 'One word too many.');
  const n = net.scalar('n', 0, 9, 'words');
  const c = net.channel('c', typeOf(uint(4)), 'words');
  net.process('a', 'test', 'a', (p) => p.nest('n', [{ index: 'i', bound: p.arg(n) }], () => p.write(c, 1)));
  net.process('b', 'test', 'b', (p) => p.nest('n', [{ index: 'i', bound: 4 }], () => void p.read(c)));
  const network = net.build();
  checkRates(network, [{ n: 4 }]);
  expect(() => checkRates(network, [{ n: 4 }, { n: 5 }])).toThrow(
    'channel c: 5 words written, 4 read; expected as many (n 5)',
  );
  expect(() => countRates(network, { n: 10 })).toThrow('scalar n is 10, expected an integer from 0 to 9');
});
