import { describe, expect, it } from 'vitest';
import { NetworkBuilder } from '../kernel/build/network-builder.js';
import type { Network } from '../kernel/ir.js';
import { sint, typeOf } from '../kernel/type.js';
import { scheduleNetwork } from './asap.js';
import { carriedBits } from './carried.js';
import { vc709Timing } from './target.js';
import { verifySchedule } from './verify.js';

/** A bank of [lanes] s16 that one word fills and a product reads two multiplications after its input came; the bank before it, if any. */
function bank(lanes: number, isDouble: boolean): Network {
  const net = new NetworkBuilder('test', '');
  const words = net.channel('words', typeOf(sint(16)), '');
  const input = net.channel('input', typeOf(sint(16), lanes), '');
  const output = net.channel('output', typeOf(sint(64), lanes), '');
  net.process('worker', 'test', '', (p) => {
    p.nest('main', [{ index: 'i', bound: 100 }], ({ i }) => {
      const loading = i.lt(50);
      const spare = p.register('spare', typeOf(sint(16), lanes));
      const filled = loading.select(p.read(words, loading), spare.read());
      spare.write(filled);
      const kept = isDouble ? p.register('working', typeOf(sint(16), lanes)) : spare;
      if (isDouble) kept.write(filled, i.eq(40));
      const x = p.read(input);
      p.write(output, x.mul(x).wrap(sint(24)).mul(kept.read()));
    });
  });
  return net.build();
}

function stages(network: Network) {
  const schedule = scheduleNetwork(network, vc709Timing);
  expect(verifySchedule(network, schedule)).toEqual([]);
  const { body } = network.processes[0].nests[0];
  const { nodes } = schedule.nests[0];
  return (kind: string, register: string) => {
    const found = body.findIndex(
      ({ operation: o }) => o.kind === kind && 'register' in o && o.register.name === register,
    );
    return nodes[found].stage;
  };
}

describe('sinking of loop-carried paths', () => {
  it('reads a register in the stage of its only reader', () => {
    const at = stages(bank(8, false));
    expect([at('regRead', 'spare'), at('regWrite', 'spare')]).toEqual([4, 4]);
  });

  it('fills a register from the one that held the value a stage before', () => {
    const at = stages(bank(8, true));
    expect([at('regRead', 'working'), at('regWrite', 'working')]).toEqual([4, 4]);
    expect(at('regWrite', 'spare')).toBe(3);
  });

  it('leaves the outside as it was, and carries fewer bits', () => {
    const network = bank(8, true);
    const nest = network.processes[0].nests[0];
    const [sunk, early] = [undefined, () => 0].map((reluctance) => {
      const own = scheduleNetwork(network, vc709Timing, reluctance).nests[0];
      return { own, bits: carriedBits(nest)(new Map(nest.body.map((node, i) => [node, own.nodes[i]]))) };
    });
    expect(sunk.own.depth).toBe(early.own.depth);
    expect(sunk.own.writeStage).toEqual(early.own.writeStage);
    expect(sunk.own.issueStage).toBe(early.own.issueStage);
    // Early: the working bank, 8 x 16 bits, three stages. Late: the word that fills it, 16 bits, two stages, the index and conditions.
    expect(early.bits).toBeGreaterThanOrEqual(8 * 16 * 3 - 8 * 16);
    expect(sunk.bits).toBeLessThanOrEqual(2 * 16 + 16);
  });
});
