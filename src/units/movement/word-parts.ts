/**
 * Words in parts: a word that is wider than a stream may be goes through several channels side by side, rows of it in each. Narrow words,
 * whose lanes follow each other in row-major order, fill one part after the other, and are taken from them in the same order.
 */
import type { LoopSpec, NetworkBuilder, ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Channel } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { laneCount, STREAM_BITS, sameType, typeOf } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { extent } from '../idioms/extent.js';
import { collect, dealOut, shaped } from './gearbox.js';

/**
 * In how many parts a word of `rows` x `cols` lanes of `bits` goes: the least number that divides the rows and makes parts that a stream takes, of
 * as many lanes as `narrow` ones or a multiple or divisor of them.
 */
export function partsOf(rows: number, cols: number, bits: number, narrow: number): number {
  for (let parts = 1; parts < rows; parts++) {
    const lanes = (rows / parts) * cols;
    const fits = lanes % narrow === 0 || (parts === 1 && narrow % lanes === 0);
    if (rows % parts === 0 && lanes * bits <= STREAM_BITS && fits) return parts;
  }
  return rows;
}

export interface PartsParams {
  /** [n] lanes. */
  readonly narrow: Channel;
  /** [rows, cols] lanes each, a multiple of n. */
  readonly parts: readonly Channel[];
  /** Whole words: each is one word of every part. */
  readonly words: Extent;
}

/** Adds one process that fills the parts. Throws KernelError where the lanes do not fit. */
export function fillParts(net: NetworkBuilder, name: string, params: PartsParams): void {
  const { narrow, parts } = params;
  const ratio = ratioOf(name, params);
  net.process(
    name,
    'gearbox',
    `Words of ${laneCount(narrow.type.shape)} lanes to words in ${parts.length} parts.`,
    (p) => {
      p.nest('fill', loopsOf(p, params, ratio), ({ part, piece }) => {
        const word = shaped(p.read(narrow), [laneCount(narrow.type.shape)]).named('narrow_word');
        const whole = ratio === 1 ? word : collect(p, word, narrow.type.element, ratio);
        const isWhole = piece.eq(ratio - 1).named('is_whole');
        parts.forEach((channel, i) => {
          const own = part.eq(i).and(isWhole).named(`fills_${i}`);
          p.write(channel, shaped(whole, channel.type.shape).named(`part_${i}`), own);
        });
      });
    },
  );
}

/** Adds one process that empties the parts. Throws KernelError where the lanes do not fit. */
export function emptyParts(net: NetworkBuilder, name: string, params: PartsParams): void {
  const { narrow, parts } = params;
  const ratio = ratioOf(name, params);
  const lanes = laneCount(parts[0].type.shape);
  net.process(
    name,
    'gearbox',
    `Words in ${parts.length} parts to words of ${laneCount(narrow.type.shape)} lanes.`,
    (p) => {
      p.nest('empty', loopsOf(p, params, ratio), ({ part, piece }) => {
        const fresh = piece.eq(0).named('fresh');
        const others = parts.slice(1).map((_, i) => part.eq(i).and(fresh).named(`empties_${i}`));
        // The last one's turn is said by those of the others: whoever looks at its word knows that it came.
        const last = others.reduce((rest, turn) => rest.and(turn.not()), fresh);
        const turns = [...others, others.length > 0 ? last.named(`empties_${others.length}`) : last];
        const taken = turns.map((own, i) => ({
          own,
          word: shaped(p.read(parts[i], own), [lanes]).named(`part_${i}`),
        }));
        const word = taken
          .slice(0, -1)
          .reduceRight((rest, { own, word }) => own.select(word, rest), taken[taken.length - 1].word);
        const out =
          ratio === 1 ? word : dealOut(p, word.named('whole_part'), narrow.type.element, ratio, fresh);
        p.write(narrow, shaped(out, narrow.type.shape).named('narrow_word'));
      });
    },
  );
}

/** A step a narrow word: `ratio` of them are a part. */
function loopsOf(p: ProcessBuilder, { parts, words }: PartsParams, ratio: number): LoopSpec[] {
  return [
    { index: 'word', bound: extent(p, words) },
    { index: 'part', bound: parts.length },
    { index: 'piece', bound: ratio },
  ];
}

/** Narrow words of a part. */
function ratioOf(name: string, { narrow, parts }: PartsParams): number {
  const ratio = laneCount(parts[0].type.shape) / laneCount(narrow.type.shape);
  const flat = (channel: Channel) => typeOf(channel.type.element, 1);
  if (
    !Number.isInteger(ratio) ||
    !parts.every(({ type }) => sameType(type, parts[0].type)) ||
    !sameType(flat(narrow), flat(parts[0]))
  )
    throw new KernelError(
      `${name}: parts of [${parts.map(({ type }) => type.shape.join(' x ')).join('], [')}] lanes, expected equal ones, a multiple of ${narrow.name}'s ${laneCount(narrow.type.shape)}`,
    );
  return ratio;
}
