/**
 * Two channels in place of one, block by block: `deal` sends the words of every other block to the other channel, `join` takes them back in
 * the same order. Between them two buffers of a bank each take turns: one is read while the other is written, and neither waits for the
 * pace of the other, as the two banks of a single block buffer would.
 */
import type { NetworkBuilder, ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import type { Count } from '../../kernel/size.js';
import { printType, sameType } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { extent, extentVal } from '../idioms/extent.js';

export interface TakeTurnsParams {
  /** Words in all; the last block may be short. */
  readonly words: Extent;
  /** Words of a whole block. */
  readonly blockWords: Extent;
}

export interface DealParams extends TakeTurnsParams {
  readonly input: Channel;
  /** For blocks 0, 2, ... and for blocks 1, 3, ... */
  readonly outputs: readonly [Channel, Channel];
}

export interface JoinParams extends TakeTurnsParams {
  readonly inputs: readonly [Channel, Channel];
  readonly output: Channel;
}

/** Adds one process. Throws KernelError where the channels differ in type. */
export function deal(net: NetworkBuilder, name: string, params: DealParams): void {
  const { input, outputs } = params;
  checkTypes(name, input, outputs);
  net.process(name, 'distributor', 'Sends blocks to two buffers in turn.', (p) => {
    const blockWords = extent(p, params.blockWords);
    p.nest('deal', [{ index: 'word', bound: extent(p, params.words) }], () => {
      const turns = blockTurns(p, blockWords);
      const word = p.read(input).named('moved');
      turns.forEach((turn, i) => {
        p.write(outputs[i], word, turn);
      });
    });
  });
}

/** Adds one process. Throws KernelError where the channels differ in type. */
export function join(net: NetworkBuilder, name: string, params: JoinParams): void {
  const { inputs, output } = params;
  checkTypes(name, output, inputs);
  net.process(name, 'distributor', 'Takes blocks from two buffers in turn.', (p) => {
    const blockWords = extent(p, params.blockWords);
    p.nest('join', [{ index: 'word', bound: extent(p, params.words) }], () => {
      const turns = blockTurns(p, blockWords);
      const words = inputs.map((input, i) => p.read(input, turns[i]).named(`word_${i}`));
      p.write(output, turns[0].select(words[0], words[1]).named('moved'));
    });
  });
}

/** A buffer of chunks, made twice by `takeTurns`. */
export interface TurnsParams {
  readonly input: Channel;
  readonly output: Channel;
  readonly chunks: Extent;
  /** Tokens in all, of a chunk, and of the last one. */
  readonly tokens: Extent;
  readonly chunkTokens: Extent;
  readonly lastTokens: Extent;
  /** Words of a token that come in and go out. */
  readonly inputWords: Extent;
  readonly outputWords: Extent;
}

/** What one of the two buffers sees: every other chunk. */
export interface HalfOfChunks {
  readonly input: Channel;
  readonly output: Channel;
  readonly chunks: Extent;
  /** Tokens of its last chunk. */
  readonly lastTokens: Extent;
}

/** Adds `<name>_deal`, what `build` adds as `<name>_0` and `<name>_1`, and `<name>_join`. */
export function takeTurns(
  net: NetworkBuilder,
  name: string,
  params: TurnsParams,
  build: (name: string, half: HalfOfChunks) => void,
): void {
  const { input, output, chunks, tokens, chunkTokens, lastTokens } = params;
  const pair = (end: string, like: Channel): [Channel, Channel] => {
    const channel = (i: number) =>
      net.channel(
        `${name}_${end}_${i}`,
        like.type,
        `${like.doc} ${i === 0 ? 'Chunks 0, 2, ...' : 'Chunks 1, 3, ...'}`,
      );
    return [channel(0), channel(1)];
  };
  const inputs = pair('in', input);
  const outputs = pair('out', output);
  const words = (perToken: Extent) => ({
    words: (p: ProcessBuilder) => extentVal(p, tokens).mul(extentVal(p, perToken)),
    blockWords: (p: ProcessBuilder) =>
      extentVal(p, chunkTokens).mul(extentVal(p, perToken)).named('block_words'),
  });
  deal(net, `${name}_deal`, { input, outputs: inputs, ...words(params.inputWords) });
  for (const i of [0, 1] as const)
    build(`${name}_${i}`, {
      input: inputs[i],
      output: outputs[i],
      chunks: (p) =>
        extentVal(p, chunks)
          .add(1 - i)
          .shr(1)
          .named('own_chunks'),
      // With an odd number of chunks the last one is an even one.
      lastTokens: (p) =>
        extentVal(p, chunks)
          .and(1)
          .eq(1 - i)
          .select(extentVal(p, lastTokens), extentVal(p, chunkTokens)),
    });
  join(net, `${name}_join`, { inputs: outputs, output, ...words(params.outputWords) });
}

/** Whether a word belongs to a block with an even number, or to one with an odd number. */
function blockTurns(p: ProcessBuilder, blockWords: Val | Count): [Val, Val] {
  const { turn } = p.counters([
    { index: 'turn', bound: 2 },
    { index: 'place', bound: blockWords },
  ]);
  return [turn.eq(0).named('first'), turn.eq(1).named('second')];
}

function checkTypes(name: string, one: Channel, two: readonly [Channel, Channel]): void {
  for (const channel of two)
    if (!sameType(channel.type, one.type))
      throw new KernelError(
        `${name}: ${one.name} holds ${printType(one.type)}, ${channel.name} ${printType(channel.type)}`,
      );
}
