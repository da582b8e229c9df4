/** FIFOs of the RTL library: where their words lie, and what they are made of. */
import type { Channel } from '../../kernel/ir.js';
import { totalBits } from '../../kernel/type.js';
import { type FifoStorage, fifoStorage } from '../../schedule/memory-choice.js';
import { type LoadLimits, slicesOf } from '../../schedule/wide.js';
import { indexBits } from '../../util/powers-of-two.js';
import { blockRam, deepBlocks, lutramTables } from './memory.js';
import type { UnitStructure } from './structure.js';

/** Words of a block FIFO that lie in registers. */
const AHEAD_WORDS = 3;

/** Features that FIFOs of all kinds have: bits of a word, words in registers, bits of the counters, and the FIFO itself. */
export const fifoFeatures = ['word', 'places', 'counter', 'deep', 'one'] as const;

/** The FIFO of a channel that holds `depth` words; `isReserved`: it counts the places apart from the words. */
export function fifoStructure(
  channel: Channel,
  depth: number,
  isReserved: boolean,
  limits: LoadLimits,
): UnitStructure {
  const storage = fifoStorage(depth);
  const slices = slicesOf(totalBits(channel.type), limits).map((bits) =>
    fifoBody(bits, depth, storage, isReserved),
  );
  return { name: `fifo_${channel.name}`, kind: storage, unit: 'FIFO', ...slices.reduce(bothBodies) };
}

type Body = Pick<UnitStructure, 'features' | 'exact'>;

function bothBodies(a: Body, b: Body): Body {
  const sums = <K extends string>(x: Readonly<Record<K, number>>, y: Readonly<Record<K, number>>) =>
    Object.fromEntries(Object.keys(x).map((key) => [key, x[key as K] + y[key as K]])) as Record<K, number>;
  return { features: sums(a.features, b.features), exact: sums(a.exact, b.exact) };
}

/** Features and memory of a FIFO of `depth` words. */
export function fifoBody(
  width: number,
  depth: number,
  storage: FifoStorage,
  isReserved = false,
): Pick<UnitStructure, 'features' | 'exact'> {
  const fill = (isReserved ? 2 : 1) * indexBits(depth + 1);
  if (storage === 'registers')
    // A single word is taken as it comes; of two, the first place chooses.
    return {
      features: { word: depth > 1 ? width : 0, places: width * depth, counter: fill, one: 1 },
      exact: none,
    };
  if (storage === 'lutram') {
    const places = indexBits(Math.max(2, depth - 1));
    const tables = lutramTables(width, 2 ** places);
    return {
      features: { word: width, counter: fill + 2 * places, one: 1 },
      exact: { ...none, tables },
    };
  }
  const words = depth - AHEAD_WORDS;
  return {
    features: {
      word: width,
      counter: fill + 3 * indexBits(words),
      deep: deepBlocks(width, words) * width,
      one: 1,
    },
    exact: { ...none, bram36: blockRam(width, words) },
  };
}

const none = { tables: 0, dsp: 0, bram36: 0 };
