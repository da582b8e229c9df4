/**
 * SiLU on every lane (NAU): relu(v) - r(|v|) with r a piecewise linear table, docs/integer-model.md sections 5 and 9. A token is one or
 * more segments of words (B, C, x from the convolution; z alone), each with its own formats and its own output channel.
 */
import type { NetworkBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel, Scalar } from '../../kernel/ir.js';
import { sint } from '../../kernel/type.js';
import { siluTable } from '../../quant/tables/tables.js';
import type { Extent } from '../idioms/extent.js';
import { extent, extentVal } from '../idioms/extent.js';
import type { PwlLookup } from './pwl-lookup.js';
import { pwlLookup } from './pwl-lookup.js';

/** Part of a token: the words that share formats and go to one channel. */
export interface SiluSegment {
  /** [lanes] s16. */
  readonly output: Channel;
  /** Words per token. */
  readonly words: Extent;
  /** 7 to 14. */
  readonly inFracBits: Scalar;
  /** 0 to 15. */
  readonly outFracBits: Scalar;
}

export interface SiluParams {
  /** [lanes] s16: every token the words of all segments, in order. */
  readonly input: Channel;
  readonly tokens: Extent;
  readonly segments: readonly SiluSegment[];
}

/** Adds one process: out = sat16(rsh(silu(v, inFracBits), 16 - outFracBits)), to the channel of the word's segment. */
export function silu(net: NetworkBuilder, name: string, params: SiluParams): void {
  net.process(name, 'NAU', 'SiLU: ReLU minus a table entry for the absolute value.', (p) => {
    const table = pwlLookup(p, siluTable());
    let begin = p.constant(0);
    const segments = params.segments.map((segment) => {
      const end = begin.add(extentVal(p, segment.words));
      const shifts = {
        toTable: p.constant(14).sub(p.arg(segment.inFracBits)).named(`${segment.output.name}_to_table`),
        toOutput: p.constant(16).sub(p.arg(segment.outFracBits)).named(`${segment.output.name}_to_output`),
      };
      const placed = { output: segment.output, begin, end, ...shifts };
      begin = end;
      return placed;
    });
    const loops = [
      { index: 'token', bound: extent(p, params.tokens) },
      { index: 'word', bound: begin },
    ];
    p.nest('silu', loops, ({ word }) => {
      const last = segments.at(-1)!;
      /** What belongs to the word's segment, called `name`. */
      const own = (name: string, of: (segment: typeof last) => Val) =>
        segments.slice(0, -1).reduceRight(
          (rest, s) =>
            word
              .lt(s.end)
              .named(`${name}_in_${s.output.name}`)
              .select(of(s), rest)
              .named(s === segments[0] ? name : `${name}_from_${s.output.name}`),
          of(last),
        );
      const v = p.read(params.input).named('v');
      const activated = activate(
        table,
        v,
        own('to_table', (s) => s.toTable),
      );
      const rounded = activated.roundShift(own('to_output', (s) => s.toOutput)).named('rounded');
      const result = rounded.saturate(sint(16)).named('result');
      segments.forEach((s, i) => {
        const conditions = [];
        if (i > 0) conditions.push(word.ge(s.begin));
        if (s !== last) conditions.push(word.lt(s.end));
        const when = conditions.length > 1 ? conditions[0].and(conditions[1]) : conditions[0];
        p.write(s.output, result, when);
      });
    });
  });
}

/** SiLU with 16 fraction bits of int16 lanes with 14 - `toTable` fraction bits. */
function activate(table: PwlLookup, v: Val, toTable: Val): Val {
  const magnitude = v
    .max(v.neg().named('minus_v'))
    .named('abs_v')
    .assume(0, 1 << 15);
  const a = magnitude.shl(toTable).named('position').note('U5.14');
  const beyond = a
    .ge(1 << 18)
    .named('beyond')
    .note('from 16 on SiLU is ReLU');
  const { segment, offset } = place(a);
  const gap = beyond.select(0, table(segment, offset)).named('gap');
  const rectified = v.max(0).named('relu').shl(toTable.add(2).named('to_result')).named('rectified');
  return rectified.sub(gap).named('activated');
}

/**
 * Segment of the table and position in it. Segments of 1/16 below 1, 1/8 below 4, 1/4 below 8, 1 below 16; what is left of the position is
 * scaled to 14 bits.
 */
function place(a: Val): { segment: Val; offset: Val } {
  const from8 = a.slice(17, 17).named('from_8');
  const from4 = a.slice(16, 16).named('from_4');
  const from1 = a.slice(15, 14).ne(0).named('from_1');
  const segment = from8
    .select(
      a.slice(16, 14).add(56).named('segment_from_8'),
      from4
        .select(
          a.slice(15, 12).add(40).named('segment_from_4'),
          from1
            .select(a.slice(15, 11).add(8).named('segment_from_1'), a.slice(13, 10).named('segment_from_0'))
            .named('segment_below_4'),
        )
        .named('segment_below_8'),
    )
    .named('segment');
  const low = (bits: number) => a.slice(bits - 1, 0).named(`low_${bits}_bits`);
  const offset = from8
    .select(
      low(14),
      from4
        .select(
          low(12).shl(2).named('offset_from_4'),
          from1
            .select(low(11).shl(3).named('offset_from_1'), low(10).shl(4).named('offset_from_0'))
            .named('offset_below_4'),
        )
        .named('offset_below_8'),
    )
    .named('offset');
  return { segment, offset };
}
