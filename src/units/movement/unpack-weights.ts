/**
 * Weights as memory holds them to weights as a MAT array takes them: int8, each a code of 4 or 2 bits times the scale of its group
 * (docs/integer-model.md section 3). A port word of codes is a word for the array in one cycle. The scales of a few groups come in words of
 * their own before their codes (weight-stream.ts) and wait in a register, which turns so that those of the present word lie in front.
 * Where the LM head has wider weights than the layers, a scalar says which come: several port words are then one word for the array.
 */
import type { NetworkBuilder, ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel, Scalar } from '../../kernel/ir.js';
import { sint, typeOf, uint } from '../../kernel/type.js';
import { type Extent, extent } from '../idioms/extent.js';
import { collect } from './gearbox.js';
import { SCALE_BITS, type WeightStream } from './weight-stream.js';

export interface UnpackParams {
  /** [portBytes] s8: the words of a port. */
  readonly input: Channel;
  /** [lanes] s8. */
  readonly output: Channel;
  /** Rows of tiles in all. */
  readonly tileRows: Extent;
  /** Of the narrowest weights: a port word of codes is a word for the array. */
  readonly stream: WeightStream;
  /** Wider weights, and the scalar that is 1 where these come. */
  readonly wide?: { readonly stream: WeightStream; readonly when: Scalar };
}

/** Adds one process. Steps: a port word each, but for scale words that the present step does without. */
export function unpackWeights(net: NetworkBuilder, name: string, params: UnpackParams): void {
  const { input, output, stream, wide } = params;
  const widths = wide ? `${stream.bits} or ${wide.stream.bits}` : `${stream.bits}`;
  net.process(name, 'unpack', `Weights of ${widths} bits to int8.`, (p) => {
    const { steps, blockSteps, stepTiles, lastTiles, tileWords } = stream;
    const isWide = wide ? p.arg(wide.when) : null;
    /** What is one number for the narrow weights and another for the wide ones. */
    const either = (of: (stream: WeightStream) => number, named: string) =>
      !wide || of(stream) === of(wide.stream)
        ? p.constant(of(stream))
        : isWide!.select(of(wide.stream), of(stream)).named(named);
    const scaleWords = either(({ blockWords }) => blockWords, 'scale_words');
    const words = (tiles: number, named: string) =>
      either(({ blockWords, parts }) => blockWords + tiles * tileWords * parts, named);
    const stepWords = words(stepTiles, 'step_words');
    const lastWords = words(lastTiles, 'last_step_words');
    const loops = [
      { index: 'tile_row', bound: extent(p, params.tileRows) },
      { index: 'block', bound: steps / blockSteps },
      { index: 'step', bound: blockSteps },
      { index: 'word', bound: stepWords },
    ];
    p.nest('unpack', loops, ({ block, step, word }) => {
      const hasScales = scaleWords.range.hi > 0n;
      const leads = word.lt(scaleWords).named('leads');
      const isFirst = step.eq(0).named('is_first');
      const isShort = block
        .eq(steps / blockSteps - 1)
        .and(step.eq(blockSteps - 1))
        .named('is_last_step');
      const inStep = isShort.not().or(word.lt(lastWords)).named('in_step');
      const brings = leads.not().and(inStep).named('brings_codes');
      const loads = leads.and(isFirst).named('loads_scales');
      const port = p.read(input, hasScales ? loads.or(brings).named('reads') : brings).named('port_word');
      const whole = wide
        ? p
            .counters([{ index: 'part', bound: wide.stream.parts }], brings.and(isWide!))
            .part.eq(wide.stream.parts - 1)
            .or(isWide!.not())
            .and(brings)
            .named('is_whole')
        : brings;
      const ends = word.ge(stepWords.sub(1).named('last_word')).named('ends_step');
      const weights = codes(p, params, port, isWide);
      // The code is the second factor, of which a multiplier in LUTs has a row for every two bits.
      const scaled = hasScales
        ? scalesOf(p, params, { port, loads, whole, ends }).mul(weights.codes).named('scaled')
        : weights.codes;
      const values = weights.bytes ? isWide!.select(weights.bytes, scaled) : scaled;
      p.write(output, values.named('weights'), whole);
    });
  });
}

/** Codes, one a lane, and where wide weights are no codes these. */
function codes(
  p: ProcessBuilder,
  { input, stream, wide }: UnpackParams,
  port: Val,
  isWide: Val | null,
): { readonly codes: Val; readonly bytes: Val | null } {
  const { lanes } = stream;
  const byte = input.type.element;
  const codesOf = (bits: number, count: number) => port.bitcast(byte, typeOf(sint(bits), count));
  const narrow = codesOf(stream.bits, lanes).named('codes');
  if (!wide) return { codes: narrow, bytes: null };
  const { bits, parts } = wide.stream;
  const piece = bits === 8 ? port : codesOf(bits, lanes / parts).named('wide_codes');
  const collected = collect(p, piece, sint(bits), parts);
  if (bits === 8) return { codes: narrow, bytes: collected };
  return { codes: isWide!.select(collected, narrow).named('present_codes'), bytes: null };
}

interface Progress {
  readonly port: Val;
  /** Scales come in. */
  readonly loads: Val;
  /** A word for the array is whole. */
  readonly whole: Val;
  /** Last word of a step. */
  readonly ends: Val;
}

/** 1 to 16 for every lane of the present word. */
function scalesOf(
  p: ProcessBuilder,
  { input, stream }: UnpackParams,
  { port, loads, whole, ends }: Progress,
): Val {
  const { lanes, scales, scaleLanes, blockSteps, blockWords } = stream;
  const scale = uint(SCALE_BITS);
  const arriving = port
    .bitcast(input.type.element, typeOf(scale, (input.type.shape[0] * 8) / SCALE_BITS))
    .named('arriving_scales');
  const wordScales = arriving.shape[0];
  const count = blockWords > 1 ? blockWords * wordScales : blockSteps * scales;
  const register = p.register('scales', typeOf(scale, count), null);
  const kept = register.read().named('kept_scales');
  const loaded =
    blockWords > 1
      ? p.gather([kept.lanes(wordScales, count - wordScales), arriving]).named('loaded_scales')
      : arriving.lanes(0, count);
  const own = Math.max(1, lanes / scaleLanes);
  // Steps and turns beside each other, and an enable for both, so that the way round the register is short.
  let next = kept;
  let moves = ends;
  if (own < scales) {
    const every = Math.max(1, scaleLanes / lanes);
    moves = whole;
    if (every > 1) {
      const turn = p.counters([{ index: 'scale_word', bound: every }], whole).scale_word;
      moves = turn
        .eq(every - 1)
        .and(whole)
        .named('turns');
    }
    const rest = count > scales ? [kept.lanes(scales, count - scales)] : [];
    next = p.gather([kept.lanes(own, scales - own), kept.lanes(0, own), ...rest]).named('turned_scales');
  }
  if (blockSteps > 1) {
    const others = p.gather([kept.lanes(scales, count - scales), kept.lanes(0, scales)]);
    next = ends.select(others.named('scales_of_next'), next).named('moved_scales');
  }
  register.write(loads.select(loaded, next).named('next_scales'), loads.or(moves).named('scales_move'));
  return kept
    .lanes(0, own)
    .add(1)
    .named('own_scales')
    .perRow(lanes / own)
    .reshape(lanes);
}
