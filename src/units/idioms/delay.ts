/**
 * A delay line: what was pushed `depth` iterations ago. Up to four words it is a shift register, above that a small RAM of `depth`
 * words that is read and written at the same address once an iteration. Nothing is defined before the line has filled.
 */
import type { NestOptions, ProcessBuilder } from '../../kernel/build/network-builder.js';
import type { Val } from '../../kernel/build/value.js';
import { type Count, countOf } from '../../kernel/size.js';
import { type DataType, laneCount, typeOf } from '../../kernel/type.js';
import { storageFor } from './storage.js';

const LONGEST_SHIFT_REGISTER = 4;

export interface DelayLine {
  /** To be merged into the options of the nest that uses the line. */
  readonly distances: NonNullable<NestOptions['distances']>;
  /**
   * Once in the nest's body: `place` counts the iterations modulo `depth` (a control value). Gives the word pushed `depth`
   * iterations ago and takes the next.
   */
  step(place: Val): { readonly oldest: Val; push(word: Val): void };
}

/** A line of vector words. To be called outside a nest, used in one nest. */
export function delayLine(p: ProcessBuilder, name: string, type: DataType, depth: Count): DelayLine {
  return countOf(depth) <= LONGEST_SHIFT_REGISTER
    ? shiftRegister(p, name, type, countOf(depth))
    : ring(p, name, type, depth);
}

function shiftRegister(p: ProcessBuilder, name: string, type: DataType, depth: number): DelayLine {
  const lanes = laneCount(type.shape);
  return {
    distances: new Map(),
    step() {
      const line = p.register(name, typeOf(type.element, lanes * depth));
      const words = line.read();
      const oldest = depth === 1 ? words : words.lanes(0, lanes);
      const push = (word: Val) =>
        line.write(
          depth === 1
            ? word
            : p.gather([words.lanes(lanes, lanes * (depth - 1)), word]).named(`next_${name}`),
        );
      return { oldest, push };
    },
  };
}

function ring(p: ProcessBuilder, name: string, type: DataType, depth: Count): DelayLine {
  const words = countOf(depth);
  const ram = p.ram(name, type, depth, storageFor(type, words), `delay line: the last ${words} words`);
  return {
    distances: new Map([[ram, words]]),
    step(place) {
      return { oldest: p.load(ram, place), push: (word) => p.store(ram, place, word) };
    },
  };
}
