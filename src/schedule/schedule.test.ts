import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NetworkBuilder, type ProcessBuilder } from '../kernel/build/network-builder.js';
import type { Network } from '../kernel/ir.js';
import { sint, typeOf, uint } from '../kernel/type.js';
import { scheduleNetwork } from './asap.js';
import { dotProducts } from './dot-products.js';
import { biasedSums, preAddedFactors } from './dsp-fusion.js';
import { dspBlocks } from './operator-timing.js';
import { randomSchedule } from './random-schedule.js';
import { nestSchedule, type Schedule } from './schedule.js';
import { vc709Timing } from './target.js';
import { verifySchedule } from './verify.js';

/** A network of one process with an input [lanes] s16 and an output s48. */
function one(lanes: number, body: (p: ProcessBuilder, net: ReturnType<typeof channels>) => void): Network {
  const net = new NetworkBuilder('test', 'One process.');
  const io = channels(net, lanes);
  net.process('worker', 'test', 'Does it.', (p) => body(p, io));
  return net.build();
}

function channels(net: NetworkBuilder, lanes: number) {
  return {
    input: net.channel('input', typeOf(sint(16), lanes), 'in'),
    output: net.channel('output', typeOf(sint(48)), 'out'),
  };
}

const dotProduct = (lanes: number) =>
  one(lanes, (p, { input, output }) => {
    p.nest('main', [{ index: 'i', bound: 100 }], () => {
      const x = p.read(input);
      p.write(output, x.mul(x).sum());
    });
  });

describe('scheduler', () => {
  it('gives a DSP multiply its registers and pipelines a deep adder tree', () => {
    const network = dotProduct(64);
    const { depth, issueStage, writeStage } = scheduleNetwork(network, vc709Timing).nests[0];
    expect(issueStage).toBe(0);
    // 3 stages of the DSP, then 6 levels of adders of which 2 fit a stage, the first two after the DSP's own register.
    expect(writeStage.output).toBe(3 + 2);
    expect(depth).toBe(6);
    expect(verifySchedule(network, scheduleNetwork(network, vc709Timing))).toEqual([]);
  });

  it('gives an adder tree a stage of its own where what is in front of it takes too long', () => {
    const treeStage = (isLong: boolean) => {
      const network = one(64, (p, { input, output }) => {
        p.nest('main', [{ index: 'i', bound: 100 }], () => {
          const x = p.read(input);
          p.write(output, (isLong ? x.add(1).max(7) : x).sum());
        });
      });
      const schedule = scheduleNetwork(network, vc709Timing);
      expect(verifySchedule(network, schedule)).toEqual([]);
      const { body } = network.processes[0].nests[0];
      return schedule.nests[0].nodes[body.findIndex((n) => n.operation.kind === 'reduce')].stage;
    };
    expect([treeStage(false), treeStage(true)]).toEqual([0, 1]);
  });

  it('counts time for the constant after a product only where the DSP block cannot add it', () => {
    const sumNs = (isShared: boolean) => {
      const network = one(1, (p, { input, output }) => {
        p.nest('main', [{ index: 'i', bound: 100 }], () => {
          const x = p.read(input).reshape();
          const product = x.mul(x);
          const sum = product.add(12345);
          p.write(output, (isShared ? sum.max(product) : sum).wrap(sint(48)));
        });
      });
      const schedule = scheduleNetwork(network, vc709Timing);
      expect(verifySchedule(network, schedule)).toEqual([]);
      const { body } = network.processes[0].nests[0];
      const { startNs, resultNs } =
        schedule.nests[0].nodes[body.findIndex(({ operation: o }) => o.kind === 'binary' && o.op === 'add')];
      return resultNs - startNs;
    };
    expect(sumNs(false)).toBe(0);
    expect(sumNs(true)).toBeGreaterThan(1);
  });

  it('closes an accumulator register in the stage of its addition', () => {
    const network = one(4, (p, { input, output }) => {
      p.nest('main', [{ index: 'i', bound: 100 }], () => {
        const total = p.register('total', typeOf(sint(48)));
        const x = p.read(input);
        const next = total.read().add(x.mul(x).sum()).wrap(sint(48));
        total.write(next);
        p.write(output, next);
      });
    });
    const schedule = scheduleNetwork(network, vc709Timing);
    expect(verifySchedule(network, schedule)).toEqual([]);
    const nest = network.processes[0].nests[0];
    const stage = (kind: string) =>
      schedule.nests[0].nodes[nest.body.findIndex((n) => n.operation.kind === kind)].stage;
    expect(stage('regRead')).toBe(stage('regWrite'));
    expect(stage('regRead')).toBeGreaterThanOrEqual(3);
  });

  it('refuses a multiply inside a loop-carried register path and says what would do', () => {
    const network = one(1, (p, { output }) => {
      p.nest('main', [{ index: 'i', bound: 100 }], () => {
        const total = p.register('total', typeOf(sint(24)));
        const next = total.read().mul(3001).mul(total.read()).wrap(sint(24));
        total.write(next);
        p.write(output, next);
      });
    });
    expect(() => scheduleNetwork(network, vc709Timing)).toThrow(
      /process worker, nest Main: interval 1 is too short .* register total needs interval \d+/,
    );
  });

  it('finds the sums that a DSP block makes in front of its multiplier', () => {
    const found = (a: number, d: number, b: number, isShared = false) => {
      const net = new NetworkBuilder('t', 't');
      const channel = (name: string, bits: number) => net.channel(name, typeOf(sint(bits)), '');
      const inputs = [channel('a', a), channel('d', d), channel('b', b)];
      const output = net.channel('output', typeOf(sint(64)), '');
      net.process('w', 't', '', (p) => {
        p.nest('main', [{ index: 'i', bound: 1 }], () => {
          const [x, y, z] = inputs.map((input) => p.read(input));
          const sum = x.add(y);
          p.write(output, isShared ? sum.mul(z).add(sum) : sum.mul(z));
        });
      });
      return preAddedFactors(net.build().processes[0].nests[0]).size;
    };
    expect([found(24, 8, 8), found(24, 24, 18)]).toEqual([1, 1]);
    // 26 bits of sum, 19 bits of the other factor, a sum that somebody else wants too.
    expect([found(25, 8, 8), found(24, 8, 19), found(24, 8, 8, true)]).toEqual([0, 0, 0]);
  });

  it('finds short sums of products, and what the first block of one can add', () => {
    const found = (terms: number, bits: number, addend: 'early' | 'carried' | 'late') => {
      const net = new NetworkBuilder('t', 't');
      const vector = (name: string, b: number) => net.channel(name, typeOf(sint(b), terms), '');
      const [a, b] = [vector('a', bits), vector('b', 8)];
      const single = net.channel('single', typeOf(sint(20)), '');
      const output = net.channel('output', typeOf(sint(64)), '');
      net.process('w', 't', '', (p) => {
        p.nest('main', [{ index: 'i', bound: 9 }], () => {
          const register = p.register('kept', typeOf(sint(20)));
          const kept = register.read();
          const early = p.read(single);
          const dot = p.read(a).mul(p.read(b)).sum();
          register.write(early);
          const added = { early, carried: kept, late: early.add(1) }[addend];
          p.write(output, dot.add(added));
        });
      });
      const network = net.asWritten();
      const [nest] = network.processes[0].nests;
      expect(verifySchedule(network, scheduleNetwork(network, vc709Timing))).toEqual([]);
      return [dotProducts(nest).size, biasedSums(nest).size];
    };
    expect([found(4, 20, 'early'), found(1, 20, 'early')]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    // What an earlier iteration left, and what is made after the products, have adders of their own.
    expect([found(4, 20, 'carried'), found(4, 20, 'late')]).toEqual([
      [1, 0],
      [1, 0],
    ]);
    // Too many for DSP blocks, and for LUTs; two blocks a product.
    expect([found(5, 20, 'early'), found(9, 8, 'early'), found(4, 26, 'early')]).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(found(8, 8, 'early')).toEqual([1, 0]);
  });

  it('uses the distance of a RAM, and says which distance a shorter one lacks', () => {
    const accumulate = (distance: number) =>
      one(2, (p, { input, output }) => {
        const ram = p.ram('sums', typeOf(sint(40)), 16, 'bram', 'partial sums');
        p.nest(
          'main',
          [
            { index: 'round', bound: 5 },
            { index: 'slot', bound: 16 },
          ],
          ({ slot }) => {
            const x = p.read(input);
            const next = p.load(ram, slot).add(x.mul(x).sum()).wrap(sint(40));
            p.store(ram, slot, next);
            p.write(output, next);
          },
          { distances: new Map([[ram, distance]]) },
        );
      });
    const network = accumulate(4);
    expect(verifySchedule(network, scheduleNetwork(network, vc709Timing))).toEqual([]);
    expect(() => scheduleNetwork(accumulate(2), vc709Timing)).toThrow(/ram sums needs distance 3, has 2/);
  });

  it('counts DSP blocks as 25 x 18 signed pieces', () => {
    const blocks = (a: number, b: number) => {
      const net = new NetworkBuilder('t', 't');
      let found = -1;
      const left = net.channel('left', typeOf(sint(a)), '');
      const right = net.channel('right', typeOf(sint(b)), '');
      net.process('w', 't', '', (p) => {
        p.nest('main', [{ index: 'i', bound: 1 }], () => {
          const product = p.read(left).mul(p.read(right));
          if (product.node.operation.kind === 'binary')
            found = dspBlocks(product.node.operation.a, product.node.operation.b);
        });
      });
      return found;
    };
    expect(blocks(8, 8)).toBe(0);
    expect(blocks(16, 16)).toBe(1);
    expect(blocks(25, 18)).toBe(1);
    expect(blocks(24, 17)).toBe(1);
    expect(blocks(32, 17)).toBe(2);
    expect(blocks(25, 25)).toBe(2);
  });
});

describe('verifier', () => {
  const network = dotProduct(64);
  const schedule = scheduleNetwork(network, vc709Timing);

  it('finds any operation moved before its operands', () => {
    const nest = schedule.nests[0];
    const users = nest.nodes.filter((n) => n.stage > 0).map((n) => n.node);
    fc.assert(
      fc.property(fc.constantFrom(...users), (victim) => {
        const nodes = nest.nodes.map((n) =>
          n.node === victim ? { ...n, stage: n.stage - 1, resultStage: n.resultStage - 1 } : n,
        );
        const broken: Schedule = { ...schedule, nests: [{ ...nest, nodes }] };
        expect(verifySchedule(network, broken).length).toBeGreaterThan(0);
      }),
    );
  });

  it('finds a missing nest and a wrong latency', () => {
    expect(verifySchedule(network, { ...schedule, nests: [] })).toEqual([
      'worker.Main: 0 schedules, expected 1',
    ]);
    const nest = schedule.nests[0];
    const nodes = nest.nodes.map((n) =>
      n.resultStage > n.stage ? { ...n, resultStage: n.resultStage - 1 } : n,
    );
    expect(verifySchedule(network, { ...schedule, nests: [{ ...nest, nodes }] }).join()).toMatch(
      /takes \d stages, expected 3/,
    );
  });
});

describe('random schedules', () => {
  it('are legal, reproducible, and often not the ASAP one', () => {
    const net = new NetworkBuilder('test', '');
    const input = net.channel('input', typeOf(uint(16), 8), '');
    const output = net.channel('output', typeOf(uint(40)), '');
    net.process('worker', 'test', '', (p) => {
      p.nest('main', [{ index: 'i', bound: 9 }], ({ i }) => {
        const total = p.register('total', typeOf(uint(40)));
        const x = p.read(input);
        const next = total.read().add(x.mul(x).sum()).add(i).wrap(uint(40));
        total.write(next);
        p.write(output, next.roundShift(i).saturate(uint(40)));
      });
    });
    const network = net.build();
    const asap = nestSchedule(scheduleNetwork(network, vc709Timing), 'worker', 'Main');
    let different = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const schedule = randomSchedule(network, vc709Timing, seed);
        expect(verifySchedule(network, schedule)).toEqual([]);
        expect(randomSchedule(network, vc709Timing, seed)).toEqual(schedule);
        if (schedule.nests[0].depth !== asap.depth) different++;
      }),
      { numRuns: 100 },
    );
    expect(different).toBeGreaterThan(20);
  });
});
