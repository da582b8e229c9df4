/** A channel word that several iterations use: read in the first of them, kept in a register for the others. */
import type { ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel } from '../../kernel/ir.js';

/** The word read in the present or in the latest earlier iteration in which `fresh` held; there must be one. Inside a nest. */
export function hold(p: ProcessBuilder, channel: Channel, fresh: Val, name: string): Val {
  const kept = p.register(`${name}_kept`, channel.type, null);
  const word = fresh.select(p.read(channel, fresh).named(`fresh_${name}`), kept.read()).named(name);
  kept.write(word);
  return word;
}

/** The only lane of a [1] word, or a scalar as it is: a channel of single values may be declared either way. */
export function single(word: Val): Val {
  return word.shape.length === 0 ? word : word.lane(0);
}
