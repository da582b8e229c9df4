/**
 * Movers: words of an external memory port to channels and back, in bursts. The words are the same bits on both sides; the channel
 * says how they are divided into lanes. A burst is one pass through the innermost loop; passes start `stride` words apart (0: the
 * same words again, as weights are in every chunk), or that many times the slot of the pass's part of the call.
 */
import type { NetworkBuilder, ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel, Port, Scalar } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import type { Count, Size } from '../../kernel/size.js';
import type { DataType } from '../../kernel/type.js';
import { printType, sameType, totalBits } from '../../kernel/type.js';
import { slotOf, startOf } from '../idioms/call-parts.js';
import type { Extent } from '../idioms/extent.js';
import { extent, extentSize, extentVal } from '../idioms/extent.js';

/** What both directions have in common. */
export interface MoverParams {
  readonly port: Port;
  /** Word address of the first pass. */
  readonly base: Extent;
  /** Passes. */
  readonly repeats: Extent;
  /** Words from the start of one pass to the start of the next; 0 when absent. */
  readonly stride?: Extent;
  /** Parts of the call, a pass each: a pass starts at the stride times its slot. */
  readonly parts?: readonly Scalar[];
}

export interface ReadPortParams extends MoverParams {
  /** A pass is `words` words to the first channel, then `words` to the second, and so on. */
  readonly outputs: readonly { readonly channel: Channel; readonly words: Extent }[];
}

export interface WritePortParams extends MoverParams {
  readonly input: Channel;
  /** Words per pass. */
  readonly words: Extent;
}

/** Adds one process that reads a port. Throws KernelError where port and channel words differ in bits. */
export function readPort(net: NetworkBuilder, name: string, params: ReadPortParams): void {
  const { port, outputs } = params;
  for (const { channel } of outputs) checkBits(name, port, channel);
  net.process(name, 'mover', `Reads ${port.name} in bursts.`, (p) => {
    const ends: Val[] = [];
    for (const { words } of outputs) {
      const count = extentVal(p, words);
      const start = ends.at(-1);
      ends.push(start ? start.add(count) : count);
    }
    const words = ends.at(-1)!;
    p.nest(
      'move',
      passes(p, params, words, outputs.length === 1 ? extentSize(outputs[0].words) : null),
      ({ word }) => {
        const moved = p.portRead(port).named('moved');
        outputs.forEach(({ channel }, i) => {
          let when: Val | undefined;
          if (i > 0) when = word.ge(ends[i - 1]);
          if (i < outputs.length - 1) when = when ? when.and(word.lt(ends[i])) : word.lt(ends[i]);
          p.write(channel, recast(moved, port.type, channel.type), when);
        });
      },
      burstOf(p, params),
    );
  });
}

/** Runs of rows of a port. */
export interface ReadRunsParams {
  readonly port: Port;
  /** Word address of the first row. */
  readonly base: Extent;
  readonly output: Channel;
  /** Words of a run. */
  readonly words: Extent;
  /** Runs after the first one: where the first token of its part lies. */
  readonly moreRuns: Scalar;
  readonly parts: readonly Scalar[];
  /** Words of a row. */
  readonly stride: number;
}

/**
 * Adds one process that reads a run of rows and then others. The first one's address is known at once, so that a layer, which has one,
 * waits for no table. Throws KernelError as `readPort` does.
 */
export function readRuns(net: NetworkBuilder, name: string, params: ReadRunsParams): void {
  const { port, output, moreRuns, parts, stride } = params;
  checkBits(name, port, output);
  net.process(name, 'mover', `Reads rows of ${port.name} in bursts.`, (p) => {
    const first = extentVal(p, params.base);
    const words = extentVal(p, params.words, 'words');
    const start = startOf(p, parts.slice(1));
    const move = () => p.write(output, recast(p.portRead(port).named('moved'), port.type, output.type));
    p.nest(
      'move',
      [
        { index: 'pass', bound: 1 },
        { index: 'word', bound: words },
      ],
      move,
      {
        burst: { port, address: () => first },
      },
    );
    p.nest(
      'more',
      [
        { index: 'run', bound: p.arg(moreRuns) },
        { index: 'word', bound: words },
      ],
      move,
      {
        burst: { port, address: ({ run }) => first.add(start(run).mul(stride)) },
      },
    );
  });
}

/** Adds one process that writes a port. Throws KernelError where port and channel words differ in bits. */
export function writePort(net: NetworkBuilder, name: string, params: WritePortParams): void {
  const { port, input } = params;
  checkBits(name, port, input);
  net.process(name, 'mover', `Writes ${port.name} in bursts.`, (p) => {
    p.nest(
      'move',
      passes(p, params, extent(p, params.words), extentSize(params.words)),
      () => p.portWrite(port, recast(p.read(input).named('moved'), input.type, port.type)),
      burstOf(p, params),
    );
  });
}

const passes = (p: ProcessBuilder, params: MoverParams, words: Val | Count, size: Size | null) => [
  { index: 'pass', bound: extent(p, params.repeats) },
  { index: 'word', bound: words, size },
];

function burstOf(p: ProcessBuilder, { port, base, stride, parts }: MoverParams) {
  const first = extentVal(p, base);
  if (stride === undefined || stride === 0) return { burst: { port, address: () => first } };
  const step = extentVal(p, stride);
  const place = parts ? slotOf(p, parts) : (pass: Val) => pass;
  return { burst: { port, address: ({ pass }: Record<string, Val>) => first.add(place(pass).mul(step)) } };
}

function recast(word: Val, from: DataType, to: DataType): Val {
  return sameType(from, to) ? word : word.bitcast(from.element, to);
}

function checkBits(name: string, port: Port, channel: Channel): void {
  if (totalBits(port.type) !== totalBits(channel.type))
    throw new KernelError(
      `mover ${name}: port ${port.name} holds ${printType(port.type)}, channel ${channel.name} ${printType(channel.type)}: expected words of as many bits`,
    );
}
