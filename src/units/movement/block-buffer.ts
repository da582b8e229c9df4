/**
 * Block buffer: words of a block are written in one order and read in another, possibly more than once, while the next block comes
 * in. One process, one RAM of two banks; an order is a *walk*: nested counters ("digits", slowest first), each with a constant
 * stride in the bank. `replay` and `cornerTurn` (replay.ts, corner-turn.ts) are the walks that the accelerator needs.
 *
 * Three nests: fill (first block in), exchange (a block out, the next one in, as many steps as the longer walk), drain (last block out).
 * So a call of one block costs the steps of one write walk and one read walk. No block, no step.
 */
import type { LoopSpec, NetworkBuilder, ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import type { Channel, Ram } from '../../kernel/ir.js';
import { KernelError } from '../../kernel/kernel-error.js';
import { type Count, countOf, product } from '../../kernel/size.js';
import { printType, sameType } from '../../kernel/type.js';
import type { Extent } from '../idioms/extent.js';
import { extentSize, extentVal } from '../idioms/extent.js';
import { storageFor } from '../idioms/storage.js';

/** One counter of a walk. */
export interface Digit {
  readonly index: string;
  readonly bound: Extent;
  /** Words between neighbours in the bank; 0 where the digit only repeats. */
  readonly stride: number;
}

/** An order in which the words of a block are visited. */
export interface Walk {
  readonly digits: readonly Digit[];
  /** Name of the digit that counts the tokens of a chunk: steps of tokens that are not there are idle. */
  readonly token?: string;
}

/**
 * When, during an exchange, the next block comes in. `start` and `end`: in the first or last steps, side by side with the reads (a
 * late word then delays the reads). `after`: after all reads, which needs one bank only and never makes a reader wait for a writer.
 */
export type WriteWindow = 'start' | 'end' | 'after';

/** Tokens of a chunk: as many as a bank has room for, at most; the last chunk may be short. */
export interface ChunkedTokens {
  readonly chunkTokens: Extent;
  readonly lastTokens: Extent;
}

export interface BlockBufferParams {
  readonly input: Channel;
  /** The type of `input`. */
  readonly output: Channel;
  /** Blocks in all. */
  readonly blocks: Extent;
  readonly bankWords: Count;
  readonly write: Walk;
  readonly read: Walk;
  readonly writeWindow: WriteWindow;
  /** Steps of an exchange for each word that comes in (1 when absent): spreads the writes, for a producer slower than one word a step. */
  readonly writeEvery?: Extent;
  /** For walks with a token digit; blocks are chunks then. */
  readonly chunk?: ChunkedTokens;
  readonly doc: string;
}

/** Adds one process. Throws KernelError where channels differ in type, a walk can leave the bank, or a token digit lacks `chunk`. */
export function blockBuffer(net: NetworkBuilder, name: string, params: BlockBufferParams): void {
  const { input, output } = params;
  if (!sameType(input.type, output.type))
    throw new KernelError(
      `block buffer ${name}: input holds ${printType(input.type)}, output ${printType(output.type)}`,
    );
  net.process(name, 'block buffer', params.doc, (p) => {
    const blocks = extentVal(p, params.blocks);
    const first = blocks.min(1).named('first_blocks');
    const further = blocks.max(1).sub(1).named('further_blocks');
    const memory = bankMemory(p, params);
    const write = track(p, name, params, 'write');
    const read = track(p, name, params, 'read');

    const filled = write.loops('fill_');
    p.nest('fill', [{ index: 'first_block', bound: first }, ...filled.loops], (index) => {
      const block = index.first_block;
      const { address, present } = write.at(filled.values(index), block.eq(further), 'fill');
      memory.put(address, block, present, 'fill');
    });

    const every = params.writeEvery === undefined ? undefined : extentVal(p, params.writeEvery);
    const writeSteps = (every === undefined ? write.steps : write.steps.mul(every)).named('write_steps');
    const readSteps = read.steps.named('read_steps');
    const after = params.writeWindow === 'after';
    const apart = readSteps.add(writeSteps);
    const steps = (after ? apart : readSteps.max(writeSteps)).named('steps');
    const writeFrom =
      params.writeWindow === 'start' ? undefined : steps.sub(writeSteps).max(0).named('write_from');
    const exchange = [
      { index: 'block', bound: further },
      { index: 'step', bound: steps },
    ];
    p.nest(
      'exchange',
      exchange,
      ({ block, step }) => {
        const reading = step.lt(readSteps).named('reading');
        const taken = read.loops('');
        // Another block follows this one.
        const out = read.at(taken.values(p.counters(taken.loops, reading)), false, 'read');
        memory.take(out.address, block, both(reading, out.present, 'read_due'), 'read');

        const writing = (writeFrom ? step.ge(writeFrom) : step.lt(writeSteps)).named('writing');
        // Waiting steps are the fastest digit: a word comes in the first of them.
        const pace = every === undefined ? [] : [{ index: 'pause', bound: every }];
        const put = write.loops('in_');
        const digits = p.counters([...put.loops, ...pace], writing);
        const next = block.add(1).named('next_block');
        const into = write.at(put.values(digits), next.eq(further), 'write');
        const due = digits.pause
          ? both(writing, digits.pause.eq(0).named('is_first_pause'), 'write_step')
          : writing;
        memory.put(into.address, next, both(due, into.present, 'write_due'), 'write');
      },
      // A word may be read in the step after the one that wrote it: the last of a block, by a walk that begins there.
      { distances: new Map([[memory.ram, 1]]) },
    );

    const drained = read.loops('drain_');
    p.nest('drain', [{ index: 'last_block', bound: first }, ...drained.loops], (index) => {
      const { address, present } = read.at(drained.values(index), true, 'drain');
      memory.take(address, further, present, 'drain');
    });
  });
}

/** The RAM: `put` a word of the input into a block's bank, `take` one to the output. `step` begins the names of what they need. */
function bankMemory(p: ProcessBuilder, { input, output, bankWords, writeWindow }: BlockBufferParams) {
  const banks = writeWindow === 'after' ? 1 : 2;
  const depth = product(banks, bankWords);
  const ram: Ram = p.ram(
    'words',
    input.type,
    depth,
    storageFor(input.type, countOf(depth)),
    `${banks === 1 ? 'one bank' : 'two banks'} of ${countOf(bankWords)} words`,
  );
  const inBank = (place: Val, block: Val, step: Step) => {
    if (banks === 1) return place.named(`${step}_address`);
    const bank = block.and(1).mul(countOf(bankWords));
    if (block.range.hi > 0n) {
      bank.named(`${step}_bank`);
      place.named(`${step}_place`);
    }
    return bank.add(place).named(`${step}_address`);
  };
  return {
    ram,
    put(place: Val, block: Val, when: Val | undefined, step: Step) {
      p.store(ram, inBank(place, block, step), p.read(input, when).named(`${step}_data`), when);
    },
    take(place: Val, block: Val, when: Val | undefined, step: Step) {
      p.write(output, p.load(ram, inBank(place, block, step)).named(`${step}_data`), when);
    },
  };
}

/** What a walk is used for: names of its values begin with it. */
type Step = 'fill' | 'write' | 'read' | 'drain';

/** A walk with its bounds in the prologue. */
function track(p: ProcessBuilder, name: string, params: BlockBufferParams, side: 'write' | 'read') {
  const { chunk } = params;
  const lengths = chunk && {
    own: extentVal(p, chunk.chunkTokens, 'chunk_tokens'),
    last: extentVal(p, chunk.lastTokens, `last_${side}_tokens`),
  };
  const walk = params[side];
  const bounds = walk.digits.map((digit) => extentVal(p, digit.bound));
  return {
    /** The walk's digits as loops or counters whose names begin with `prefix`, and their values by digit again. */
    loops(prefix: string) {
      const name = (index: string) => `${prefix}${index}`;
      return {
        loops: walk.digits.map(
          ({ index, bound }, i): LoopSpec => ({
            index: name(index),
            bound: bounds[i],
            size: extentSize(bound),
          }),
        ),
        values: (named: Record<string, Val>): Record<string, Val> =>
          Object.fromEntries(walk.digits.map(({ index }) => [index, named[name(index)]])),
      };
    },
    steps: bounds.reduce((product, bound) => product.mul(bound)),
    /** Place in the bank, and whether the token is there (undefined: always). `isLast`: whether the block is the last one. */
    at(
      values: Record<string, Val>,
      isLast: Val | boolean,
      step: Step,
    ): { address: Val; present: Val | undefined } {
      const last = walk.digits.findLast(({ stride }) => stride > 0)?.index;
      let present: Val | undefined;
      let address = p.constant(0);
      for (const { index, stride } of walk.digits) {
        let value = values[index];
        if (index === walk.token) {
          if (!lengths)
            throw new KernelError(
              `block buffer ${name}: the ${side} walk counts tokens, but no chunk is given`,
            );
          const { own, last } = lengths;
          const inChunk =
            typeof isLast === 'boolean'
              ? isLast
                ? last
                : own
              : isLast.named(`${step}_is_last`).select(last, own).named(`${step}_tokens`);
          present = value.lt(inChunk).named(`${step}_present`);
          if (value.range.hi >= own.range.hi)
            value = value
              .min(Number(own.range.hi) - 1)
              .named(`${step}_token`)
              .note('slots after the chunk are idle');
        }
        if (stride > 0) address = address.add(stride === 1 ? value : value.mul(stride));
        if (stride > 1 && index !== last) address.named(`${step}_${index}_start`);
      }
      if (address.range.hi >= BigInt(countOf(params.bankWords)))
        throw new KernelError(
          `block buffer ${name}: the ${side} walk reaches word ${address.range.hi} of a bank of ${countOf(params.bankWords)}`,
        );
      return { address, present };
    },
  };
}

const both = (a: Val, b: Val | undefined, name: string): Val => (b ? a.and(b).named(name) : a);
