/** The simplified network does what the network did: the same words on every channel, on random networks, wherever simplifying stops. */
import { describe, expect, it } from 'vitest';
import { randomCase } from '../../verify/campaign/random-network.js';
import { networkProblems } from '../check/network.js';
import { compileNetwork } from '../interpret/interpret.js';
import type { Network } from '../ir.js';
import { printNetwork } from '../print.js';
import { simplify, simplifyCounted } from './simplify.js';

const SEEDS = 25;

/** Names of the channels that nobody writes, and that nobody reads. */
function boundaryOf(network: Network): { inputs: string[]; outputs: string[] } {
  const used = (kind: 'read' | 'write') =>
    new Set(
      network.processes.flatMap(({ nests }) =>
        nests.flatMap(({ body }) =>
          body.flatMap(({ operation: o }) => (o.kind === kind ? [o.channel.name] : [])),
        ),
      ),
    );
  const [read, written] = [used('read'), used('write')];
  const names = network.channels.map(({ name }) => name);
  return {
    inputs: names.filter((name) => !written.has(name)),
    outputs: names.filter((name) => !read.has(name)),
  };
}

describe('simplified random networks', () => {
  it.each(Array.from({ length: SEEDS }, (_, seed) => seed))('seed %i', (seed) => {
    const { asWritten: network, calls } = randomCase(seed, 3, 24, 8);
    const plain = compileNetwork(network, { checkRanges: true });
    const expected = calls.map((call) => plain.run(call));
    const { counts } = simplifyCounted(network);
    const steps = Object.keys(counts).length;
    for (const stopAfter of [Number.POSITIVE_INFINITY, 1, steps, 3 * steps]) {
      const simple = simplify(network, { stopAfter });
      expect(networkProblems(simple, boundaryOf(network))).toEqual([]);
      const compiled = compileNetwork(simple, { checkRanges: true });
      for (const [i, call] of calls.entries()) {
        expect(compiled.run(call)).toEqual(expected[i]);
        expect(compiled.run(call, { poison: 7 }).words).toEqual(expected[i].words);
      }
    }
    const once = simplify(network);
    expect(simplifyCounted(once).counts).toEqual({});
    expect(printNetwork(simplify(network))).toBe(printNetwork(once));
  });
});
