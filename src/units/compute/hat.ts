/**
 * HAT, the Hadamard adder tree, as a fast transform: blocks of n consecutive values times the Sylvester matrix of +1 and -1, exact, a bit
 * more a stage (log2 n stages); docs/integer-model.md section 3. Stages within a word are lane additions in one process; a stage across
 * words is a single-path delay feedback butterfly (one process each): it keeps the first words of the pairs until the second come, and sends the
 * sums, then the differences. Stages of different distances commute, so results leave in natural order.
 */
import type { NetworkBuilder, ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { sint, typeOf } from '../../kernel/type.js';
import { delayLine } from '../idioms/delay.js';
import type { Extent } from '../idioms/extent.js';
import { extent, extentVal } from '../idioms/extent.js';
import { pau } from '../idioms/lanes.js';

export interface HatParams {
  /** [lanes] s16 (any width w), lanes a power of two. */
  readonly input: Channel;
  /** [lanes] s(w + log2 n). */
  readonly output: Channel;
  /** n: values per block, a power of two above 1; may be less than the lanes of a word. */
  readonly block: number;
  /** Words in all: whole blocks. */
  readonly words: Extent;
}

/** Adds the processes `name_lanes`, `name_words_1`, `name_words_2`, ... Throws KernelError where a size is no power of two or the output too narrow. */
export function hat(net: NetworkBuilder, name: string, params: HatParams): void {
  const { input, output, block, words } = params;
  const lanes = input.type.shape[0] ?? 0;
  const { bits } = input.type.element;
  checkSizes(name, params, lanes);

  const inWord = Math.min(block, lanes);
  const distances: number[] = [];
  for (let distance = 1; distance * lanes < block; distance *= 2) distances.push(distance);
  let stages = 0;
  /** The channel after the next `count` stages: `output` after the last. */
  const next = (count: number, doc: string): Channel => {
    stages += count;
    if (stages === Math.log2(block)) return output;
    return net.channel(`${name}_stage_${stages}`, typeOf(sint(bits + stages), lanes), doc);
  };

  let source = input;
  if (inWord > 1) {
    const target = next(Math.log2(inWord), `Sums and differences over ${inWord} neighbours, within a word.`);
    laneButterflies(net, `${name}_lanes`, { input: source, output: target, block: inWord, words });
    source = target;
  }
  for (const distance of distances) {
    const target = next(1, `Sums and differences over ${distance * lanes * 2} neighbours.`);
    wordButterfly(net, `${name}_words_${distance}`, { input: source, output: target, distance, words });
    source = target;
  }
}

function laneButterflies(
  net: NetworkBuilder,
  name: string,
  { input, output, block, words }: HatParams,
): void {
  net.process(name, 'HAT', `Butterflies within a word, in blocks of ${block} lanes.`, (p) => {
    p.nest('butterflies', [{ index: 'word', bound: extent(p, words) }], () => {
      let values = p.read(input).named('values');
      for (let distance = 1; distance < block; distance *= 2) {
        values = butterfly(p, values, distance).named(`distance_${distance}`);
      }
      p.write(output, values);
    });
  });
}

/** Every pair of lanes `distance` apart becomes its sum (lower lane) and its difference. */
function butterfly(p: ProcessBuilder, values: Val, distance: number): Val {
  const lanes = values.shape[0];
  const starts = Array.from({ length: lanes / (2 * distance) }, (_, pair) => 2 * distance * pair);
  const half = (name: string, from: number) =>
    p.gather(starts.map((start) => values.lanes(start + from, distance))).named(`${name}_${distance}`);
  const lower = half('lower', 0);
  const upper = half('upper', distance);
  const sums = pau(lower, upper).named(`sums_${distance}`);
  const differences = lower.sub(upper).named(`differences_${distance}`);
  return p.gather(
    starts.flatMap((start) => [sums.lanes(start / 2, distance), differences.lanes(start / 2, distance)]),
  );
}

/**
 * Words in groups of two times `distance`. While the first half of a group comes, it goes into the delay line and the differences of the
 * group before leave; while the second half comes, sums leave and differences go into the line. `distance` more iterations empty it.
 */
function wordButterfly(
  net: NetworkBuilder,
  name: string,
  { input, output, distance, words }: Omit<HatParams, 'block'> & { readonly distance: number },
): void {
  const place = Math.log2(distance);
  net.process(
    name,
    'HAT',
    `Butterflies of words ${distance} apart; a delay line holds the earlier one.`,
    (p) => {
      const count = extentVal(p, words, 'words_in');
      const delay = delayLine(p, 'delayed', output.type, distance);
      p.nest(
        'butterfly',
        [{ index: 'word', bound: count.add(distance) }],
        ({ word }) => {
          const second = word.slice(place, place).named('second_half');
          const fresh = p.read(input, word.lt(count).named('is_input')).named('fresh');
          const line = delay.step(
            distance === 1 ? p.constant(0) : word.slice(place - 1, 0).named('line_place'),
          );
          const held = line.oldest.named('held');
          // In the second half the line holds what came in the first, an input: sum and difference fit, and the loop is spared a multiplexer.
          const sum = pau(held, fresh).wrap(output.type.element).named('pair_sum');
          const difference = held.sub(fresh).wrap(output.type.element).named('pair_difference');
          p.write(output, second.select(sum, held).named('result'), word.ge(distance).named('is_output'));
          line.push(second.select(difference, fresh).named('kept'));
        },
        { distances: delay.distances },
      );
    },
  );
}

function checkSizes(name: string, { input, output, block }: HatParams, lanes: number): void {
  const powerOfTwo = (n: number) => Number.isInteger(n) && n >= 1 && 2 ** Math.round(Math.log2(n)) === n;
  if (!powerOfTwo(lanes) || input.type.shape.length !== 1 || !powerOfTwo(block) || block === 1)
    throw new KernelError(
      `hat ${name}: blocks of ${block} in words of [${input.type.shape}], expected powers of two`,
    );
  const need = input.type.element.bits + Math.log2(block);
  if (!input.type.element.signed || !output.type.element.signed || output.type.element.bits !== need)
    throw new KernelError(
      `hat ${name}: output of ${output.type.element.bits} bits, expected ${need}, signed`,
    );
}
