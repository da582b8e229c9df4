/**
 * Causal depthwise convolution over K taps (MAT: a multiplier adder tree a lane), docs/integer-model.md section 4. A token is `groups`
 * words of Lc channels. The last K-1 inputs of a group come back `groups` steps later; a token that takes has those of its sequence from
 * memory instead, and after one that gives they go there. Parameters (conv-params.ts) are loaded once a call.
 */
import type { NetworkBuilder, ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel, Scalar } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { type Count, countOf } from '../../kernel/size.js';
import { laneCount, sint, typeOf, uint } from '../../kernel/type.js';
import { tokenFlags } from '../idioms/call-parts.js';
import { delayLine } from '../idioms/delay.js';
import type { Extent } from '../idioms/extent.js';
import { extent, extentVal } from '../idioms/extent.js';
import { pau, pmu } from '../idioms/lanes.js';
import { storageFor } from '../idioms/storage.js';
import { convFields } from '../movement/conv-params.js';

export interface ConvParams {
  /** [Lc] s16, order (token, group). */
  readonly input: Channel;
  /** [Lc] s16. */
  readonly output: Channel;
  /** [fields x Lc] u16, order (group): see conv-params.ts. */
  readonly parameters: Channel;
  /** [(K-1) x Lc] s16, oldest input first, order (group): read with every token that takes. Absent when K = 1. */
  readonly oldInputs?: Channel;
  /** The same, written with every token that gives. */
  readonly newInputs?: Channel;
  readonly tokens: Extent;
  /** Which tokens take and give: the parts of the call (call-parts.ts). */
  readonly parts: readonly Scalar[];
  /** Parts that take, the first ones; before the others there were no inputs. */
  readonly takes: Scalar;
  /** Words per token. */
  readonly groups: Count;
  /** K. */
  readonly taps: number;
  /** How often parameters come: 1, or 0 where a call has nothing to convolve (1 when absent). */
  readonly passes?: Extent;
}

/** Adds one process. Throws KernelError where the lanes of the channels do not fit together. */
export function conv(net: NetworkBuilder, name: string, params: ConvParams): void {
  const { input, output, groups, taps } = params;
  const lanes = laneCount(input.type.shape);
  check(name, params, lanes);
  net.process(name, 'MAT', `Causal depthwise convolution over ${taps} taps.`, (p) => {
    const table = parameterTable(p, params, lanes);
    table.load();
    const tokens = extentVal(p, params.tokens);
    const kept = taps - 1;
    const flags = tokenFlags(p, params.parts, params.takes);
    const history = kept > 0 ? delayLine(p, 'history', typeOf(sint(16), kept * lanes), groups) : null;
    const loops = [
      { index: 'token', bound: tokens },
      { index: 'group', bound: groups },
    ];
    p.nest(
      'conv',
      loops,
      ({ token, group }) => {
        const newest = p.read(input).named('newest');
        const window = [newest];
        if (history && params.oldInputs && params.newInputs) {
          const { takes, gives, starts } = flags.of(token);
          const line = history.step(group);
          const old = p
            .read(params.oldInputs, takes)
            .named('old_inputs')
            .reshape(kept * lanes);
          const before = takes.select(old, 0).named('old_inputs_or_none');
          const past = starts.select(before, line.oldest.named('own_past')).named('past');
          const next = kept === 1 ? newest : p.gather([past.lanes(lanes, (kept - 1) * lanes), newest]);
          line.push(next.named('next_past'));
          const newInputs = next.reshape(...params.newInputs.type.shape).named('new_inputs');
          p.write(params.newInputs, newInputs, gives);
          for (let k = kept - 1; k >= 0; k--) window.unshift(past.lanes(k * lanes, lanes));
        }
        const { weights, bias, shift } = table.at(group);
        const products = window.map((x, k) => pmu(weights.lane(k), x).named(`product_${k}`));
        const sum = pau(tree(products, 0), bias).named('sum');
        p.write(output, sum.roundShift(shift).named('rounded_sum').saturate(sint(16)).named('convolved'));
      },
      { distances: history?.distances ?? new Map() },
    );
  });
}

/** The memories of the parameters, and the nest that fills them. */
function parameterTable(p: ProcessBuilder, { parameters, groups, taps, passes }: ConvParams, lanes: number) {
  const memory = (name: string, type: ReturnType<typeof typeOf>, doc: string) =>
    p.ram(name, type, groups, storageFor(type, countOf(groups)), doc);
  const weights = memory(
    'weights',
    typeOf(sint(16), taps, lanes),
    'weights of each group of channels, oldest tap first',
  );
  const biases = memory(
    'biases',
    typeOf(sint(32), lanes),
    'bias of each group of channels, in the scale of the sum',
  );
  const shifts = memory('shifts', typeOf(uint(6), lanes), 'shift of each group of channels');
  return {
    load() {
      const loops = [
        { index: 'pass', bound: passes === undefined ? 1 : extent(p, passes) },
        { index: 'group', bound: groups },
      ];
      p.nest('load', loops, ({ group }) => {
        const fields = p.read(parameters).reshape(convFields(taps), lanes).named('fields');
        p.store(weights, group, fields.lanes(0, taps).wrap(sint(16)).named('taps'));
        const bias = fields
          .lane(taps + 1)
          .shl(16)
          .named('bias_high')
          .or(fields.lane(taps));
        p.store(biases, group, bias.wrap(sint(32)).named('bias'));
        p.store(
          shifts,
          group,
          fields
            .lane(taps + 2)
            .slice(5, 0)
            .named('shift'),
        );
      });
    },
    at: (group: Val) => ({
      weights: p.load(weights, group).named('weight'),
      bias: p.load(biases, group).named('group_bias'),
      shift: p.load(shifts, group).named('group_shift').assume(0, 36),
    }),
  };
}

/** Sum of the products from tap `first` on, pairwise. */
function tree(products: readonly Val[], first: number): Val {
  if (products.length === 1) return products[0];
  const half = Math.ceil(products.length / 2);
  const sum = pau(tree(products.slice(0, half), first), tree(products.slice(half), first + half));
  return sum.named(`taps_${first}_to_${first + products.length - 1}`);
}

function check(name: string, params: ConvParams, lanes: number): void {
  const { parameters, oldInputs, newInputs, taps, groups } = params;
  const expected = convFields(taps) * lanes;
  if (laneCount(parameters.type.shape) !== expected)
    throw new KernelError(
      `conv ${name}: ${parameters.name} has ${laneCount(parameters.type.shape)} lanes, expected ${expected}`,
    );
  const states = [oldInputs, newInputs];
  const right = states.every((state) =>
    taps === 1 ? state === undefined : state && laneCount(state.type.shape) === (taps - 1) * lanes,
  );
  if (!right || taps < 1 || countOf(groups) < 1)
    throw new KernelError(
      `conv ${name}: expected oldInputs and newInputs of ${(taps - 1) * lanes} lanes (none for one tap), and groups >= 1`,
    );
}
