/** Channel words that several iterations use: read in the first of them, kept for the others. */
import type { ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel, Ram } from '../../kernel/ir.js';
import { type Count, countOf } from '../../kernel/size.js';
import { totalBits } from '../../kernel/type.js';
import { storageFor } from './storage.js';

/** The word read in the present or in the latest earlier iteration in which `fresh` held; there must be one. Inside a nest. */
export function hold(p: ProcessBuilder, channel: Channel, fresh: Val, name: string): Val {
  const kept = p.register(`${name}_kept`, channel.type, null);
  const word = fresh.select(p.read(channel, fresh).named(`fresh_${name}`), kept.read()).named(name);
  kept.write(word);
  return word;
}

/** Words that come in a row and are used again and again in the same order. */
export interface HeldWords {
  /** The word of place `at`: read where `fresh` holds, else that of the latest iteration of this place in which it did. Inside the nest. */
  of(fresh: Val, at: Val): Val;
  /** The memory that they lie in, none for one word or two wide ones. */
  readonly ram: Ram | undefined;
}

/** Two words of more bits lie in registers: from a wide memory a word comes back later than it is wanted again. */
const MOST_MEMORY_BITS = 512;

/** `count` words of a channel. Outside a nest, for one nest. */
export function holdWords(p: ProcessBuilder, channel: Channel, count: Count, name: string): HeldWords {
  if (countOf(count) === 1) return { ram: undefined, of: (fresh) => hold(p, channel, fresh, name) };
  if (countOf(count) === 2 && totalBits(channel.type) > MOST_MEMORY_BITS)
    return { ram: undefined, of: (fresh) => holdTwo(p, channel, fresh, name) };
  const storage = storageFor(channel.type, countOf(count));
  const ram = p.ram(`${name}_words`, channel.type, count, storage, `the words of ${name} that come again`);
  return {
    ram,
    of(fresh, at) {
      const word = fresh
        .select(p.read(channel, fresh).named(`fresh_${name}`), p.load(ram, at).named(`kept_${name}`))
        .named(name);
      p.store(ram, at, word, fresh);
      return word;
    },
  };
}

/** As `hold`, but the word of two iterations before. */
function holdTwo(p: ProcessBuilder, channel: Channel, fresh: Val, name: string): Val {
  const other = p.register(`${name}_other`, channel.type, null);
  const kept = p.register(`${name}_kept`, channel.type, null);
  const word = fresh.select(p.read(channel, fresh).named(`fresh_${name}`), kept.read()).named(name);
  kept.write(other.read());
  other.write(word);
  return word;
}

/** The only lane of a [1] word, or a scalar as it is: a channel of single values may be declared either way. */
export function single(word: Val): Val {
  return word.shape.length === 0 ? word : word.lane(0);
}
