/** The local names of a generated nest function for channels, memories, ports and registers: their start, and their return to the state. */

import type { Channel, Nest, Node, Port, Ram, Register } from '../ir.js';
import { type DataType, laneCount, rangeOf } from '../type.js';
import { type Storage, storageFor } from './storage.js';

/** Numbers of things by which generated code names them: tables shared by a network. */
export interface Numbering {
  channel(channel: Channel): number;
  ram(ram: Ram): number;
  port(port: Port): number;
  /** A place in the program, for messages. */
  site(nest: Nest | null, node: Node): number;
  /** A table of constants, known to generated code as `K.<result>`. */
  constants(values: readonly bigint[], storage: Storage): string;
}

export const storageOf = (type: DataType): Storage => storageFor(rangeOf(type.element));

/**
 * Lines before and after the loops: `c<n>` is the data of channel n with `c<n>r` lanes read or `c<n>n` written, `m<n>` a RAM with the stamps
 * `m<n>t` where `tracked`, `P<n>` a port's memory, `r<n>` a register with its next value `r<n>_`.
 */
export function declareState(
  nest: Nest,
  numbers: Numbering,
  tracked: ReadonlySet<Ram>,
): { head: string[]; tail: string[] } {
  const head: string[] = [];
  const tail: string[] = [];
  const seen = new Set<unknown>();
  const once = (key: unknown) => !seen.has(key) && seen.add(key);
  for (const { operation: o } of nest.body) {
    if (o.kind === 'read' && once(o.channel)) {
      const c = numbers.channel(o.channel);
      head.push(`const C${c} = X.channels[${c}], c${c} = C${c}.data, c${c}n = C${c}.length;`);
      head.push(`let c${c}r = C${c}.read;`);
      tail.push(`C${c}.read = c${c}r;`);
    }
    if (o.kind === 'write' && once(o.channel)) {
      const c = numbers.channel(o.channel);
      head.push(`const C${c} = X.channels[${c}];`, `let c${c} = C${c}.data, c${c}n = C${c}.length;`);
      tail.push(`C${c}.length = c${c}n;`);
    }
    if ((o.kind === 'ramRead' || o.kind === 'ramWrite') && once(o.ram)) {
      const m = numbers.ram(o.ram);
      head.push(`const m${m} = X.rams[${m}];`);
      if (tracked.has(o.ram)) head.push(`const m${m}t = X.stamps(${m});`);
    }
    if ((o.kind === 'portRead' || o.kind === 'portWrite') && once(o.port)) {
      const p = numbers.port(o.port);
      head.push(`const P${p} = X.memory(${p}), P${p}n = P${p}.length;`);
    }
  }
  if (tracked.size > 0) head.push('let iteration = 0;');
  for (const [r, register] of nest.registers.entries()) head.push(registerLine(register, r));
  return { head, tail };
}

/** What a register holds when its nest starts: where that is left open, the value that does most harm should somebody look at it. */
export function firstValue({ type, init }: Register): bigint {
  const { lo, hi } = rangeOf(type.element);
  return init ?? (lo < 0n ? lo : hi);
}

/** A vector register has two arrays that change places when it was written. */
function registerLine(register: Register, r: number): string {
  const { type } = register;
  const storage = storageOf(type);
  const init = firstValue(register);
  const start = `${init}${storage.big ? 'n' : ''}`;
  if (type.shape.length === 0) return `let r${r} = ${start}, r${r}_ = r${r};`;
  const make = `new ${storage.name}(${laneCount(type.shape)})${init === 0n ? '' : `.fill(${start})`}`;
  return `let r${r} = ${make}, r${r}_ = ${make}, r${r}w = false;`;
}
