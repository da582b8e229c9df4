/**
 * SiLU on every lane (NAU): relu(v) - r(|v|) with r a piecewise linear table, docs/integer-model.md sections 5 and 9. A token is one or
 * more segments of words (B, C, x behind the convolution; z alone), each with its own formats and its own output channel.
 */
import type { NetworkBuilder } from '../kernel/builder.js';
import type { Channel, Scalar } from '../kernel/ir.js';
import { sint } from '../kernel/type.js';
import type { Val } from '../kernel/value.js';
import { siluTable } from '../quant/tables.js';
import type { Extent } from './extent.js';
import { extent, extentVal } from './extent.js';
import type { PwlLookup } from './pwl-lookup.js';
import { pwlLookup } from './pwl-lookup.js';

/** Part of a token: the words that share formats and go to one channel. */
export interface SiluSegment {
  /** [lanes] s16. */
  readonly output: Channel;
  /** Words a token. */
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
  net.process(name, 'NAU', 'SiLU as ReLU less a table of the absolute value.', (p) => {
    const table = pwlLookup(p, siluTable());
    let begin = p.constant(0);
    const segments = params.segments.map((segment) => {
      const end = begin.add(extentVal(p, segment.words));
      const shifts = {
        toTable: p.constant(14).sub(p.arg(segment.inFracBits)),
        toOutput: p.constant(16).sub(p.arg(segment.outFracBits)),
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
      /** What belongs to the word's segment. */
      const own = (of: (segment: typeof last) => Val) =>
        segments.slice(0, -1).reduceRight((rest, s) => word!.lt(s.end).select(of(s), rest), of(last));
      const value = p.read(params.input).named('value');
      const activated = activate(table, value, own((s) => s.toTable).named('to_table'));
      const result = activated
        .roundShift(own((s) => s.toOutput).named('to_output'))
        .saturate(sint(16))
        .named('result');
      segments.forEach((s, i) => {
        const conditions = [];
        if (i > 0) conditions.push(word!.ge(s.begin));
        if (s !== last) conditions.push(word!.lt(s.end));
        const when = conditions.length > 1 ? conditions[0]!.and(conditions[1]!) : conditions[0];
        p.write(s.output, result, when);
      });
    });
  });
}

/** SiLU with 16 fraction bits of int16 lanes with 14 - `toTable` fraction bits. */
function activate(table: PwlLookup, value: Val, toTable: Val): Val {
  const magnitude = value.abs().assume(0, 1 << 15);
  const a = magnitude.shl(toTable).named('position').note('U5.14');
  const beyond = a
    .ge(1 << 18)
    .named('beyond')
    .note('from 16 on SiLU is ReLU');
  // Segments of 1/16 below 1, 1/8 below 4, 1/4 below 8, 1 below 16; the rest of the position scaled to 14 bits.
  const from8 = a.slice(17, 17).named('from_8');
  const from4 = a.slice(16, 16).named('from_4');
  const from1 = a.slice(15, 14).ne(0).named('from_1');
  const segment = from8
    .select(
      a.slice(16, 14).add(56),
      from4.select(a.slice(15, 12).add(40), from1.select(a.slice(15, 11).add(8), a.slice(13, 10))),
    )
    .named('segment');
  const within = from8
    .select(
      a.slice(13, 0),
      from4.select(a.slice(11, 0).shl(2), from1.select(a.slice(10, 0).shl(3), a.slice(9, 0).shl(4))),
    )
    .named('within');
  const gap = beyond.select(0, table(segment, within)).named('gap');
  const rectified = value.max(0).shl(toTable.add(2)).named('rectified');
  return rectified.sub(gap).named('activated');
}
