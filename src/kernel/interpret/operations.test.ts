/** Random straight-line processes (all operations, scalars to matrices, widths to 64) against the BigInt oracle. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomLane, randomOperation, shapes, Tape } from '../../verify/campaign/random-operation.js';
import { NetworkBuilder } from '../build/network-builder.js';
import type { Val } from '../build/value.js';
import { evaluate } from '../evaluate.js';
import type { Network, Node } from '../ir.js';
import { KernelError } from '../kernel-error.js';
import { elementFor, laneCount, rangeOf, sint, streamProblem, typeOf, uint } from '../type.js';
import { compileNetwork } from './interpret.js';

function randomNetwork(tape: Tape): Network {
  const net = new NetworkBuilder('random', 'Random straight-line code.');
  net.process('p', 'test', 'random', (p) => {
    const pool: Val[] = [];
    p.nest('n', [{ index: 'i', bound: 3 }], () => {
      for (let c = 0; c < 4; c++) {
        const bits = tape.of([1, 4, 8, 9, 16, 18, 24, 31, 32, 33, 50, 53, 54, 63, 64]);
        const element = tape.below(2) ? sint(bits) : uint(bits);
        pool.push(p.read(net.channel(`in${c}`, typeOf(element, ...tape.of(shapes)), 'input')));
      }
      pool.push(p.constants([5, -3, 2]), p.constant(tape.below(100) - 50));
      while (tape.left) {
        try {
          const made = randomOperation(p, pool, tape);
          const { lo, hi } = made.range;
          pool.push(tape.below(10) === 0 ? made.assume(lo, hi) : made);
        } catch (error) {
          if (!(error instanceof KernelError || error instanceof RangeError || error instanceof TypeError))
            throw error;
        }
      }
      const typeOfValue = (value: Val) => typeOf(elementFor(value.range), ...value.shape);
      const fitting = pool.filter((value) => streamProblem(typeOfValue(value)) === null);
      fitting.slice(-8).forEach((value, i) => {
        p.write(net.channel(`out${i}`, typeOfValue(value), 'output'), value);
      });
    });
  });
  return net.build();
}

test('every operation gives what its definition in BigInt gives, in both modes', () => {
  const number = fc.nat({ max: 2 ** 31 - 1 });
  const kinds = new Set<string>();
  const cases = fc.tuple(
    fc.array(number, { minLength: 20, maxLength: 150, size: 'max' }),
    fc.array(number, { minLength: 100, maxLength: 100 }),
  );
  fc.assert(
    fc.property(cases, ([numbers, data]) => {
      const network = randomNetwork(new Tape(numbers));
      const { body } = network.processes[0].nests[0];
      const tape = new Tape(data);
      const inputs: Record<string, bigint[]> = {};
      const expected: Record<string, bigint[]> = {};
      for (const { operation: o } of body) {
        if (o.kind === 'read') inputs[o.channel.name] = [];
        if (o.kind === 'write') expected[o.channel.name] = [];
      }
      for (let iteration = 0; iteration < 3; iteration++) {
        const values = new Map<Node, readonly bigint[]>();
        for (const node of body) {
          const o = node.operation;
          kinds.add(o.kind);
          if (o.kind === 'read') {
            const lanes = Array.from({ length: laneCount(node.shape) }, (_, i) =>
              randomLane(rangeOf(o.channel.type.element), tape.below(2 ** 31), tape.below(2 ** 31) + i),
            );
            inputs[o.channel.name].push(...lanes);
            values.set(node, lanes);
          } else if (o.kind === 'write') expected[o.channel.name].push(...values.get(o.value)!);
          else if (o.kind === 'index') values.set(node, [BigInt(iteration)]);
          else
            values.set(
              node,
              evaluate(node, (n) => values.get(n)!),
            );
        }
      }
      for (const checkRanges of [false, true]) {
        const { channels } = compileNetwork(network, { checkRanges }).run({ inputs });
        for (const [name, lanes] of Object.entries(expected))
          expect([...channels[name]].map(BigInt), name).toEqual(lanes);
        for (const lanes of Object.values(channels))
          for (const v of lanes) expect(Object.is(v, -0)).toBe(false);
      }
    }),
    { numRuns: 250, endOnFailure: true },
  );
  expect(kinds.size).toBeGreaterThanOrEqual(22);
});
