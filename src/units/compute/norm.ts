/**
 * RMSNorm without floats in three processes: square (PMA: the values pass through, their squares are summed), root (NAU: reciprocal root
 * of sum + eps) and scale (PMU: value times root). docs/integer-model.md sections 2, 8 and 9. The values wait between square and scale
 * in a FIFO that must hold a row and what comes during the root; a row is what is normalised together (a token, or a group of it).
 */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel, Scalar } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { elementFor, sint, typeOf, uint } from '../../kernel/type.js';
import { rootTable } from '../../quant/tables/tables.js';
import type { Extent } from '../idioms/extent.js';
import { extent, extentSize, extentVal } from '../idioms/extent.js';
import { FLUSH_STEPS } from '../idioms/flush.js';
import { pau, pmu } from '../idioms/lanes.js';
import { pwlLookup } from './pwl-lookup.js';

/** Bits of a sum of squares with eps. */
export const SUM_BITS = 50;
/** Bits of eps_low; eps_high holds the rest. */
export const EPS_LOW_BITS = 32;
/** Bits of the values of a norm with `inShift`. */
const VALUE_BITS = 18;

export interface NormSquareParams {
  /** [lanes] s32 with `inShift`, else [lanes] signed of at most 18 bits. */
  readonly input: Channel;
  /** [lanes] s18 with `inShift`, else the type of `input`. */
  readonly values: Channel;
  /** u50, one a row. */
  readonly sums: Channel;
  readonly rows: Extent;
  /** Words per row. */
  readonly words: Extent;
  /** Rounding shift from the residual stream to 18 bits, 0 to 31. */
  readonly inShift?: Scalar;
}

export interface NormRootParams {
  readonly sums: Channel;
  /** u18: 1 / sqrt(S) = q 2^-(17 + k). */
  readonly q: Channel;
  /** u5. */
  readonly k: Channel;
  readonly rows: Extent;
  /** eps = epsHigh 2^32 + epsLow, in the scale of the sums. */
  readonly epsLow: Scalar;
  readonly epsHigh: Scalar;
}

export interface NormScaleParams {
  readonly values: Channel;
  readonly q: Channel;
  readonly k: Channel;
  /** [lanes] s16. */
  readonly output: Channel;
  readonly rows: Extent;
  readonly words: Extent;
  /** At most 17. */
  readonly outFracBits: Scalar;
}

/** Adds the process that shifts (section 2, first line), passes the values on and sums their squares. Throws KernelError if a row's sum can leave 50 bits. */
export function normSquare(net: NetworkBuilder, name: string, params: NormSquareParams): void {
  const { input, values, sums } = params;
  net.process(name, 'PMA', 'Sums the squares of a row and passes the values on.', (p) => {
    const words = extentVal(p, params.words);
    const lastWord = words.sub(1);
    const inShift = params.inShift && p.arg(params.inShift);
    const loops = [
      { index: 'row', bound: extent(p, params.rows) },
      { index: 'word', bound: words, size: extentSize(params.words) },
    ];
    p.nest('square', loops, ({ word }) => {
      let value = p.read(input).named('v_in');
      if (inShift) {
        const rounded = value.roundShift(inShift).named('rounded_v');
        value = rounded.saturate(sint(VALUE_BITS)).named('v');
      }
      p.write(values, value);

      const most = value.range.lo * value.range.lo;
      const squares = pmu(value, value).named('square').assume(0, most).named('squares');
      const partial = squares.sum().named('partial');
      const largest = partial.range.hi * (words.range.hi > 0n ? words.range.hi : 1n);
      if (largest >> BigInt(SUM_BITS) > 0n)
        throw new KernelError(`norm ${name}: a sum of squares can need more than ${SUM_BITS} bits`);
      // Never reset: a multiplexer before the adder would not fit the cycle that the loop has. What it held before the row is subtracted.
      const sumType = elementFor({ lo: 0n, hi: largest });
      const running = p.register('sum_so_far', typeOf(sumType));
      const rowStart = p.register('sum_before_row', typeOf(sumType));
      const total = pau(running.read(), partial).wrap(sumType).named('total').note('modulo its width');
      running.write(total);
      const last = word.eq(lastWord).named('last_word');
      p.write(sums, total.sub(rowStart.read()).wrap(sumType).named('row_sum'), last);
      rowStart.write(total, last);
    });
  });
}

/**
 * Adds the process that finds k and q of S = max(1, sum + eps), once a row. The other steps of the row move it through the pipeline: with
 * one step per row, a root would come out as many rows late as the pipeline has stages.
 */
export function normRoot(net: NetworkBuilder, name: string, params: NormRootParams): void {
  net.process(name, 'NAU', 'Reciprocal root of the sum of squares: exponent k and mantissa q.', (p) => {
    const eps = pau(p.arg(params.epsHigh).shl(EPS_LOW_BITS), p.arg(params.epsLow)).named('eps');
    const table = pwlLookup(p, rootTable());
    const loops = [
      { index: 'row', bound: extent(p, params.rows) },
      { index: 'step', bound: 1 + FLUSH_STEPS },
    ];
    p.nest('root', loops, ({ step }) => {
      const first = step.eq(0).named('first_step').note('the other steps carry the row through the pipeline');
      const sum = pau(p.read(params.sums, first).named('sum'), eps)
        .max(1)
        .assume(1, (1n << BigInt(SUM_BITS)) - 1n)
        .named('sum_eps');
      const leading = leadingZeros(sum).named('leading');
      const k = p
        .constant(SUM_BITS - 1)
        .sub(leading)
        .shr(1)
        .named('exponent')
        .note('4^k <= S < 4^(k+1)');
      const mantissa = normalise(sum, k);
      const upper = mantissa
        .slice(17, 17)
        .named('upper')
        .note('1 where m is in [2, 4), 0 where it is in [1, 2)');
      const segment = upper
        .select(mantissa.slice(16, 12).add(32).named('upper_segment'), mantissa.slice(15, 11))
        .named('segment');
      const position = upper
        .select(
          mantissa.slice(11, 0),
          mantissa.slice(10, 0).named('low_11_bits').shl(1).named('lower_position'),
        )
        .named('position');
      p.write(params.k, k, first);
      p.write(
        params.q,
        table(segment, position)
          .assume(0, 1 << 17)
          .named('q'),
        first,
      );
    });
  });
}

/** Leading zeros of S >= 1 in 50 bits, in two halves: a priority encoder of 50 bits does not fit a cycle. */
function leadingZeros(sum: Val): Val {
  const lowBits = 24;
  const high = sum.slice(SUM_BITS - 1, lowBits).named('high_half');
  const ofHigh = high.leadingZeros(SUM_BITS - lowBits).named('zeros_high');
  const ofLow = sum
    .slice(lowBits - 1, 0)
    .leadingZeros(lowBits)
    .named('zeros_low');
  return high
    .ne(0)
    .named('in_high_half')
    .select(ofHigh, ofLow.add(SUM_BITS - lowBits).named('zeros_to_low'))
    .named('zeros_of_sum')
    .assume(0, SUM_BITS - 1);
}

/** floor(S 2^16 / 4^k), 18 bits, at least 2^16: to the left for small S, to the right for large. */
function normalise(sum: Val, k: Val): Val {
  const isSmall = k.le(8).named('is_small');
  const toLeft = k
    .operand(16)
    .sub(k.min(8).named('small_k').shl(1).named('twice_small_k'))
    .named('left_shift');
  const toRight = k.max(8).named('large_k').shl(1).named('twice_large_k').sub(16).named('right_shift');
  const left = sum
    .slice(17, 0)
    .named('low_18_bits')
    .shl(toLeft)
    .named('small_shifted')
    .slice(17, 0)
    .named('from_small');
  const right = sum.shr(toRight).named('large_shifted').slice(17, 0).named('from_large');
  return isSmall
    .select(left, right)
    .assume(1 << 16, (1 << 18) - 1)
    .named('mantissa');
}

/** Adds the process that multiplies each value with its row's root: sat16(rsh(v q, 17 + k - outFracBits)). */
export function normScale(net: NetworkBuilder, name: string, params: NormScaleParams): void {
  const { values, output } = params;
  net.process(name, 'PMU', 'Multiplies each value by the reciprocal root of its row.', (p) => {
    const words = extentVal(p, params.words);
    const leastShift = p.constant(17).sub(p.arg(params.outFracBits)).named('least_shift');
    const loops = [
      { index: 'row', bound: extent(p, params.rows) },
      { index: 'word', bound: words, size: extentSize(params.words) },
    ];
    p.nest('scale', loops, ({ word }) => {
      const first = word.eq(0).named('first_word');
      const heldQ = p.register('held_q', typeOf(uint(params.q.type.element.bits)));
      const heldK = p.register('held_k', typeOf(uint(params.k.type.element.bits)));
      const q = first.select(p.read(params.q, first).named('new_q'), heldQ.read()).named('row_q');
      const k = first
        .select(p.read(params.k, first).named('new_k'), heldK.read())
        .assume(0, SUM_BITS / 2 - 1)
        .named('row_k');
      heldQ.write(q);
      heldK.write(k);
      const product = pmu(p.read(values).named('v'), q).named('product');
      const rounded = product.roundShift(pau(k, leastShift).named('shift')).named('rounded_product');
      p.write(output, rounded.saturate(sint(16)).named('normed'));
    });
  });
}
