/**
 * The nonlinear approximation unit's two modes (NAU): SoftPlus of dt, and the decay 2^(-dt |A|). Base 2 throughout: the shift by the
 * integer part is exact, so tables cover one octave only. docs/integer-model.md sections 6 and 9.
 */
import type { LoopSpec, NetworkBuilder, ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel, Scalar } from '../../kernel/ir.js';
import { laneCount, typeOf, uint } from '../../kernel/type.js';
import { expTable, softplusTable } from '../../quant/tables/tables.js';
import type { Extent } from '../idioms/extent.js';
import { extent, extentVal } from '../idioms/extent.js';
import { FLUSH_STEPS } from '../idioms/flush.js';
import { pmu } from '../idioms/lanes.js';
import { storageFor } from '../idioms/storage.js';
import { collect } from '../movement/gearbox.js';
import type { PwlLookup } from './pwl-lookup.js';
import { pwlLookup } from './pwl-lookup.js';

/** dt: U4.20. */
const DT = uint(24, 20);
const ABS_A_BITS = 17;
const A_SHIFT_BITS = 2;
/** A head's word in the parameter memory: which shift, above absA. */
const PARAMETERS = uint(ABS_A_BITS + A_SHIFT_BITS);
/** w = dt |A|; above, the decay is 0. */
const W = uint(25, 20);
/** The decay: U0.17, 1 being 1 - 2^-17. */
const DECAY = uint(17, 17);

export interface SoftplusParams {
  /** [R] s16, Q5.11: dt_raw + dt_bias times log2(e). */
  readonly input: Channel;
  /** [R] u24 each, all the same words. */
  readonly outputs: readonly Channel[];
  readonly tokens: Extent;
  /** Words per token. */
  readonly words: Extent;
  /** U4.20 base 2, at most 24 bits; dtMin <= dtMax. */
  readonly dtMin: Scalar;
  readonly dtMax: Scalar;
}

/** Adds one process: dt = clamp(log2(1 + 2^x), dtMin, dtMax). */
export function nauSoftplus(net: NetworkBuilder, name: string, params: SoftplusParams): void {
  net.process(name, 'NAU', 'SoftPlus to base 2, clamped between dt_min and dt_max.', (p) => {
    const table = pwlLookup(p, softplusTable());
    const least = p.arg(params.dtMin);
    const most = p.arg(params.dtMax);
    const words = extentVal(p, params.words);
    p.nest('softplus', tokenLoops(p, params.tokens, words), ({ step }) => {
      const present = step.lt(words).named('present');
      const x = p.read(params.input, present).named('x');
      const dt = softplus2(table, x).max(least).named('dt_at_least').min(most).named('dt');
      for (const output of params.outputs) p.write(output, dt, present);
    });
  });
}

/**
 * A step per word, and steps without a word after those of a token: they move its last words through the pipeline, which moves as a whole.
 * Otherwise the pipelines of a small model would hold more tokens than a chunk has, and the state space would wait for words that only the next chunk pushes out.
 */
function tokenLoops(p: ProcessBuilder, tokens: Extent, words: Val): LoopSpec[] {
  return [
    { index: 'token', bound: extent(p, tokens) },
    { index: 'step', bound: words.add(FLUSH_STEPS).named('steps') },
  ];
}

/** log2(1 + 2^x) as U4.20: relu(x) + 2^-n times a table of |x| = n + f. */
function softplus2(table: PwlLookup, x: Val): Val {
  const a = x
    .abs()
    .assume(0, 1 << 15)
    .named('magnitude');
  const n = a.shr(11).named('octave');
  // From octave 7 on, 2^n log2(1 + 2^-(n + f)) hardly changes: one row serves all.
  const row = n.min(7).named('table_row').shl(3).named('row_start');
  const segment = row.add(a.slice(10, 8)).named('segment');
  const gap = table(segment, a.slice(7, 0).named('offset'))
    .shl(3)
    .named('gap_octave_0')
    .roundShift(n)
    .named('gap');
  return x.max(0).named('relu').shl(9).named('relu_u4_20').add(gap).saturate(DT).named('softplus');
}

export interface DecayParams {
  /** [R] u24, order (token, word of heads); lanes after the last head hold anything. */
  readonly input: Channel;
  /** [R] u17. */
  readonly output: Channel;
  /** [2] u16, one word per head, padded to a multiple of R: absA and which aShift (DECAY_FIELDS of head-params.ts). */
  readonly parameters: Channel;
  readonly tokens: Extent;
  readonly heads: number;
  /** How often parameters come: 1 or 0 (1 when absent). */
  readonly passes?: Extent;
}

/** Adds one process: decay = 2^-w, w = dt |A|. Words per token: heads / R, rounded up. */
export function nauDecay(net: NetworkBuilder, name: string, params: DecayParams): void {
  const { input, output } = params;
  const words = Math.ceil(params.heads / laneCount(input.type.shape));
  net.process(name, 'NAU', 'Decay of the state: 2^(-dt |A|).', (p) => {
    const parametersOf = parameterTable(p, params, words);
    const table = pwlLookup(p, expTable());
    p.nest('decay', tokenLoops(p, params.tokens, p.constant(words)), ({ step }) => {
      const present = step.lt(words).named('present');
      const dt = p.read(input, present).named('dt');
      const { absA, coarse, odd } = parametersOf(step.min(words - 1));
      const w = shifted(pmu(dt, absA).named('dt_abs_a'), coarse, odd).saturate(W).named('w');
      p.write(output, exp2neg(table, w).named('decay'), present);
    });
  });
}

/** Adds the nest that gathers the parameters of R heads per word. Gives the look-up. */
function parameterTable(p: ProcessBuilder, { input, parameters, passes }: DecayParams, words: number) {
  const lanes = laneCount(input.type.shape);
  const type = typeOf(PARAMETERS, lanes);
  const ram = p.ram(
    'a',
    type,
    words,
    storageFor(type, words),
    'absA and which shift, one word for the heads of a word of dt',
  );
  const loops = [
    { index: 'pass', bound: passes === undefined ? 1 : extent(p, passes) },
    { index: 'word', bound: words },
    { index: 'lane', bound: lanes },
  ];
  p.nest('load', loops, ({ word, lane }) => {
    const fields = p.read(parameters).named('parameters');
    const both = fields
      .lane(1)
      .slice(A_SHIFT_BITS, 0)
      .named('a_shift_and_top')
      .shl(16)
      .or(fields.lane(0))
      .named('head_a');
    const one = both.splat([1]);
    const row = lanes === 1 ? one : collect(p, one, PARAMETERS, lanes);
    p.store(ram, word, row, lane.eq(lanes - 1));
  });
  return (word: Val) => {
    const both = p.load(ram, word).named('a_word');
    const absA = both.slice(ABS_A_BITS - 1, 0).named('abs_a');
    const odd = both.slice(ABS_A_BITS, ABS_A_BITS).named('a_shift_12_or_24');
    const coarse = both.slice(ABS_A_BITS + 1, ABS_A_BITS + 1).named('a_shift_from_18');
    return { absA, coarse, odd };
  };
}

/**
 * The product with its run-time rounding shift of 6, 12, 18 or 24: one of four windows, and the bit below it added. Beyond a fixed shift this
 * takes 127 look-up tables more a lane, where a shifter of any amount takes 280 (synthesized with Yosys, preset small of the shipped model).
 */
function shifted(product: Val, from18: Val, odd: Val): Val {
  const window = (shift: number) => ({
    floor: product.shr(shift),
    half: product.slice(shift - 1, shift - 1),
  });
  const [by6, by12, by18, by24] = [6, 12, 18, 24].map((shift) => window(shift));
  const of = (part: 'floor' | 'half') =>
    from18
      .select(
        odd.select(by24[part], by18[part]).named(`${part}_by_18_or_24`),
        odd.select(by12[part], by6[part]).named(`${part}_by_6_or_12`),
      )
      .named(`dt_abs_a_${part}`);
  return of('floor').add(of('half')).named('rounded_dt_abs_a');
}

/** 2^-w as U0.17, w U5.20. Below 1/16 the table has 16 finer segments, so that slow decays are exact enough. */
function exp2neg(table: PwlLookup, w: Val): Val {
  const n = w.slice(24, 20).named('octave');
  const fine = w
    .lt(1 << 16)
    .named('fine')
    .note('w < 1/16');
  const segment = fine
    .select(w.slice(15, 12).add(16).named('fine_segment'), w.slice(19, 16).named('coarse_segment'))
    .named('segment');
  const offset = fine
    .select(w.slice(11, 0).named('low_12_bits').shl(4).named('fine_offset'), w.slice(15, 0))
    .named('offset');
  return table(segment, offset).roundShift(n).named('rounded_power').saturate(DECAY);
}
