/** Values that drive more than one register can: how they are counted, scheduled, and written. */
import { describe, expect, it } from 'vitest';
import { emitRtl } from '../emit/rtl/project.js';
import { NetworkBuilder } from '../kernel/build/network-builder.js';
import type { Network } from '../kernel/ir.js';
import { sint, typeOf } from '../kernel/type.js';
import { scheduleNetwork } from './asap.js';
import { FanOut } from './fan-out.js';
import { vc709Timing } from './target.js';
import { verifySchedule } from './verify.js';

const BITS = 16;

/** A word of [lanes] s16, taken or made 1 as a condition on the index says, and added to a bank where another one does. */
function chooser(lanes: number): Network {
  const net = new NetworkBuilder('test', '');
  const type = typeOf(sint(BITS), lanes);
  const input = net.channel('input', type, '');
  const output = net.channel('output', type, '');
  net.process('worker', 'test', '', (p) => {
    p.nest('main', [{ index: 'i', bound: 9 }], ({ i }) => {
      const word = p.read(input);
      const chosen = i.lt(5).named('early').select(word, 1).named('chosen');
      const bank = p.register('bank', type);
      bank.write(chosen, i.eq(3).named('third'));
      p.write(output, bank.read());
    });
  });
  return net.build();
}

function scheduled(network: Network) {
  const schedule = scheduleNetwork(network, vc709Timing);
  expect(verifySchedule(network, schedule)).toEqual([]);
  const { body } = network.processes[0].nests[0];
  const [nest] = schedule.nests;
  const stageOf = (name: string) => nest.nodes[body.findIndex((node) => node.name === name)].stage;
  const nodeOf = (name: string) => body.find((node) => node.name === name)!;
  const bank = nest.nodes[body.findIndex(({ operation }) => operation.kind === 'regWrite')].stage;
  return {
    schedule,
    nest,
    stageOf,
    nodeOf,
    bank,
    fanOut: new FanOut(network.processes[0].nests[0], vc709Timing),
  };
}

const { mostLoads } = vc709Timing;
const narrow = Math.floor(mostLoads / BITS);

describe('a scalar that steers a wide word', () => {
  it('counts the pins of a bit, up to what one register drives', () => {
    for (const lanes of [1, narrow]) {
      const { fanOut, nodeOf } = scheduled(chooser(lanes));
      expect(fanOut.loadsOf(nodeOf('early'))).toBe(lanes * BITS);
      expect(fanOut.isBroad(nodeOf('early'))).toBe(false);
    }
    const { fanOut, nodeOf } = scheduled(chooser(3 * narrow));
    expect(fanOut.loadsOf(nodeOf('early'))).toBe(mostLoads);
    expect(fanOut.copiesOf(nodeOf('early'))).toBe(3);
    expect(fanOut.isSpread(nodeOf('chosen'), nodeOf('early'))).toBe(true);
  });

  it('stands a stage before it, and a bank after the issue stage', () => {
    const few = scheduled(chooser(narrow));
    expect(few.stageOf('chosen')).toBe(few.nest.issueStage);
    const many = scheduled(chooser(3 * narrow));
    expect(many.stageOf('chosen')).toBeGreaterThan(many.stageOf('early'));
    expect(many.bank).toBeGreaterThan(many.nest.issueStage);
    expect(many.bank).toBeGreaterThan(many.stageOf('third'));
  });

  it('is refused in the stage of its own condition', () => {
    const network = chooser(3 * narrow);
    const { schedule, stageOf } = scheduled(network);
    const { body } = network.processes[0].nests[0];
    const nodes = schedule.nests[0].nodes.map((node, i) =>
      body[i].name === 'chosen' ? { ...node, stage: stageOf('early'), resultStage: stageOf('early') } : node,
    );
    const wrong = { ...schedule, nests: [{ ...schedule.nests[0], nodes }] };
    expect(verifySchedule(network, wrong).join('\n')).toContain('operation chosen (select): in stage 0');
  });

  it('is written as a row of registers, each with its share of the lanes', () => {
    const network = chooser(3 * narrow);
    const text = emitRtl(network, scheduled(network).schedule).get('rtl/worker.sv')!;
    expect(text).toContain('.COPIES(3)) early_s1_copies_registers');
    expect(text).toContain(`early_s1_copies[i / ${narrow}] ?`);
    expect(text).toContain(`if (bank_enables_2[i / ${narrow}]) bank[i].value <=`);
    const small = emitRtl(chooser(narrow), scheduled(chooser(narrow)).schedule).get('rtl/worker.sv')!;
    expect(small).not.toContain('register_copies');
  });
});

/** Words of [rows, cols] s16, doubled in each row where the condition holds that the row has: equal for all rows. */
function rowChooser(cols: number): Network {
  const rows = 4;
  const net = new NetworkBuilder('test', '');
  const input = net.channel('input', typeOf(sint(BITS), rows, cols), '');
  const output = net.channel('output', typeOf(sint(BITS + 1), rows, cols), '');
  net.process('worker', 'test', '', (p) => {
    p.nest('main', [{ index: 'i', bound: 9 }], ({ i }) => {
      const word = p.read(input);
      const isOfRow = i
        .splat([rows])
        .lt(p.constants([5, 5, 5, 5]))
        .named('is_of_row');
      // A product takes stages, after which the condition is wanted.
      const product = word.mul(word).named('product');
      p.write(
        output,
        isOfRow
          .perRow(cols)
          .select(product.wrap(sint(BITS + 1)), 1)
          .named('chosen'),
      );
    });
  });
  return net.build();
}

it('equal conditions of rows that steer too much together stay registers of their own', () => {
  const perRow = mostLoads / 4 / BITS;
  for (const [cols, isKept] of [
    [Math.floor(perRow / 2), false],
    [Math.ceil(perRow) + 1, true],
  ] as const) {
    const network = rowChooser(cols);
    const [nest] = network.processes[0].nests;
    const condition = nest.body.find(({ name }) => name === 'is_of_row')!;
    expect(new FanOut(nest, vc709Timing).isSteering(condition)).toBe(isKept);
    const text = emitRtl(network, scheduleNetwork(network, vc709Timing)).get('rtl/worker.sv')!;
    expect(/kept_register .*is_of_row\w*_kept/.test(text)).toBe(isKept);
  }
});
