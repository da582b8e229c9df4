/**
 * Gearboxes: change the number of lanes per word without changing the order of the lanes. One side's lanes must be a multiple of
 * the other's (a factor of one, where a wire would do, is refused). A matrix word counts as its lanes in row-major order.
 * `rowGearbox` does so row by row, where rows end inside a word and the lanes after the end are dropped.
 */
import type { LoopSpec, NetworkBuilder, ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import type { ElementType } from '../../kernel/type.js';
import { laneCount, sameType, typeOf } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { extent } from '../idioms/extent.js';

export interface GearboxParams {
  readonly input: Channel;
  readonly output: Channel;
  /** Words of the side with more lanes. */
  readonly wideWords: Extent;
}

export interface RowGearboxParams {
  readonly input: Channel;
  readonly output: Channel;
  readonly rows: Extent;
  /** Valid lanes per row: a row is ceil(rowLanes / lanes) words on either side. */
  readonly rowLanes: number;
}

/** Adds one process that repacks whole words. Throws KernelError where lanes or elements do not fit together. */
export function gearbox(net: NetworkBuilder, name: string, params: GearboxParams): void {
  const { ratio, doc } = gearing(name, params);
  net.process(name, 'gearbox', `${doc}.`, (p) => {
    const loops = [
      { index: 'word', bound: extent(p, params.wideWords) },
      { index: 'part', bound: ratio },
    ];
    repack(p, loops, params, ratio);
  });
}

/**
 * Adds one process that repacks rows of `rowLanes` valid lanes. What comes after the end of a row is dropped; where the output
 * has lanes after the end, they hold whatever the input had there, or 0. Throws KernelError as `gearbox` does.
 */
export function rowGearbox(net: NetworkBuilder, name: string, params: RowGearboxParams): void {
  const { rowLanes } = params;
  const { ratio, narrow, wide, doc } = gearing(name, params);
  net.process(name, 'gearbox', `${doc}; a row has ${rowLanes} valid lanes.`, (p) => {
    const loops = [
      { index: 'row', bound: extent(p, params.rows) },
      { index: 'word', bound: Math.ceil(rowLanes / wide) },
      { index: 'part', bound: ratio },
    ];
    repack(p, loops, params, ratio, (index) =>
      index.word
        .mul(ratio)
        .add(index.part)
        .named('place_in_row')
        .lt(Math.ceil(rowLanes / narrow))
        .named('in_row'),
    );
  });
}

/** The parts of a wide word, one an iteration, lowest lanes first: `wide` is looked at where `fresh` holds, the rest waits in a register. */
export function dealOut(p: ProcessBuilder, wide: Val, element: ElementType, ratio: number, fresh: Val): Val {
  const lanes = wide.shape[0];
  const narrow = lanes / ratio;
  const rest = p.register('rest', typeOf(element, lanes - narrow), null);
  const waiting = rest.read().named('waiting');
  const shifted =
    ratio === 2
      ? waiting
      : p
          .gather([waiting.lanes(narrow, lanes - 2 * narrow), waiting.lanes(0, narrow)])
          .named('waiting_shifted');
  rest.write(fresh.select(wide.lanes(narrow, lanes - narrow), shifted).named('next_rest'));
  return fresh.select(wide.lanes(0, narrow), waiting.lanes(0, narrow)).named('dealt');
}

/** The last `ratio` narrow words as one, the oldest in the lowest lanes: whole in the last part. */
export function collect(p: ProcessBuilder, narrow: Val, element: ElementType, ratio: number): Val {
  const lanes = narrow.shape[0];
  const before = p.register('collected', typeOf(element, lanes * (ratio - 1)), null);
  const whole = p.gather([before.read(), narrow]).named('whole');
  before.write(whole.lanes(lanes, lanes * (ratio - 1)));
  return whole;
}

/** The lanes of a word in row-major order, or a word of `shape` made of them. */
export function shaped(word: Val, shape: readonly number[]): Val {
  const same = word.shape.length === shape.length && word.shape.every((axis, i) => axis === shape[i]);
  return same ? word : word.reshape(...shape);
}

function repack(
  p: ProcessBuilder,
  loops: readonly LoopSpec[],
  { input, output }: { input: Channel; output: Channel },
  ratio: number,
  inRow?: (index: Record<string, Val>) => Val,
): void {
  const { element } = input.type;
  const inputLanes = laneCount(input.type.shape);
  const narrowing = inputLanes > laneCount(output.type.shape);
  p.nest('repack', loops, (index) => {
    const part = index.part;
    const valid = inRow?.(index);
    if (narrowing) {
      const fresh = part.eq(0).named('fresh');
      const word = shaped(p.read(input, fresh), [inputLanes]).named('wide_word');
      const dealt = dealOut(p, word, element, ratio, fresh);
      p.write(output, shaped(dealt, output.type.shape).named('narrow_word'), valid);
    } else {
      const word = shaped(p.read(input, valid), [inputLanes]).named('narrow_word');
      const whole = collect(p, valid ? valid.select(word, 0).named('valid_word') : word, element, ratio);
      p.write(
        output,
        shaped(whole, output.type.shape).named('wide_word'),
        part.eq(ratio - 1).named('is_whole'),
      );
    }
  });
}

function gearing(name: string, { input, output }: { input: Channel; output: Channel }) {
  const from = laneCount(input.type.shape);
  const to = laneCount(output.type.shape);
  const wide = Math.max(from, to);
  const narrow = Math.min(from, to);
  if (wide === narrow || wide % narrow !== 0)
    throw new KernelError(`gearbox ${name}: ${from} to ${to} lanes, expected one a multiple of the other`);
  const flat = (channel: Channel) => typeOf(channel.type.element, 1);
  if (!sameType(flat(input), flat(output)))
    throw new KernelError(`gearbox ${name}: ${input.name} and ${output.name} hold different elements`);
  return {
    ratio: wide / narrow,
    wide,
    narrow,
    doc: `Words of ${from} lanes to words of ${to}, lanes in the same order`,
  };
}
