import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Wakes } from './wakes.js';

/** What a process does when it looks: which process is to look again, and after how many cycles (half ones too, Infinity for not by itself). */
const move = fc.record({
  of: fc.nat(),
  after: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) },
    fc.integer({ min: 2, max: 1000 }).map((halves) => halves / 2),
    fc.constant(Number.POSITIVE_INFINITY),
  ),
});

describe('wakes', () => {
  test('the processes that are due look, from the last to the first, in each cycle that has any', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 70, maxLength: 70 }),
        fc.array(move, { maxLength: 400 }),
        (processes, starts, moves) => {
          const expected: [cycle: number, process: number][] = [];
          const due = starts.slice(0, processes);
          let at = 0;
          const turn = (process: number): [number, number] | null => {
            due[process] = Number.POSITIVE_INFINITY;
            if (at === moves.length) return null;
            const { of, after } = moves[at++];
            return [of % processes, after];
          };
          for (;;) {
            const now = Math.ceil(Math.min(...due));
            if (now === Number.POSITIVE_INFINITY) break;
            const ready = due.flatMap((cycle, i) => (cycle <= now ? [i] : [])).reverse();
            for (const process of ready) {
              expected.push([now, process]);
              const next = turn(process);
              // A process that is still to look in this cycle is not put off by others.
              if (next && !(due[next[0]] <= now)) due[next[0]] = now + next[1];
            }
          }

          const wakes = new Wakes(processes);
          for (const [i, cycle] of starts.slice(0, processes).entries()) wakes.set(i, cycle);
          const found: [number, number][] = [];
          at = 0;
          for (let now = wakes.next(); now >= 0; now = wakes.next())
            for (let i = wakes.take(); i >= 0; i = wakes.take()) {
              found.push([now, i]);
              wakes.set(i, Number.POSITIVE_INFINITY);
              if (at === moves.length) continue;
              const { of, after } = moves[at++];
              const other = of % processes;
              if (!(wakes.of(other) <= now)) wakes.set(other, now + after);
            }
          expect(found).toEqual(expected);
        },
      ),
    );
  });
});
