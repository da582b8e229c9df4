/** Lane indices while an element is being spelled: numbers where known, else places in C++; and the index maps of the views. */
import type { Node } from '../../kernel/ir.js';
import type { Shape } from '../../kernel/type.js';
import { binds, inner } from './expression.js';

export type Index = number | Place;

/** A lane known in the emitted code only: its text, and how tightly that binds. */
export interface Place {
  readonly text: string;
  readonly binding: number;
}

/** The lane that a loop counter stands at. */
export const placeOf = (counter: string): Place => ({ text: counter, binding: binds.primary });

const factor = (i: Index) => (typeof i === 'number' ? `${i}` : inner(i, binds.primary));
const multiplied = (text: string): Place => ({ text, binding: binds.mul });
const added = (text: string): Place => ({ text, binding: binds.add });

/** An index as text. */
export function indexText(i: Index): string {
  return typeof i === 'number' ? `${i}` : i.text;
}

/** `[row][lane + 4]`. */
export function subscripts(index: readonly Index[]): string {
  return index.map((i) => `[${indexText(i)}]`).join('');
}

export function plus(i: Index, offset: number): Index {
  if (typeof i === 'number') return i + offset;
  return offset === 0 ? i : added(`${i.text} + ${offset}`);
}
export function times(i: Index, by: number): Index {
  if (typeof i === 'number' || by === 0) return typeof i === 'number' ? i * by : 0;
  return by === 1 ? i : multiplied(`${factor(i)} * ${by}`);
}
function quotient(i: Index, by: number): Index {
  if (typeof i === 'number') return Math.floor(i / by);
  return by === 1 ? i : multiplied(`${factor(i)} / ${by}`);
}
function remainder(i: Index, by: number): Index {
  if (typeof i === 'number') return i % by;
  return by === 1 ? 0 : multiplied(`${factor(i)} % ${by}`);
}
export function sum(a: Index, b: Index): Index {
  if (typeof b === 'number') return plus(a, b);
  if (typeof a === 'number') return a === 0 ? b : added(`${b.text} + ${a}`);
  return added(`${a.text} + ${b.text}`);
}

/** The row-major index of a lane in a vector or matrix. */
export function linear(index: readonly Index[], shape: Shape): Index {
  return index.length < 2 ? (index[0] ?? 0) : sum(times(index[0], shape[1]), index[1]);
}
/** Where lane `index` of `to` lies in `from`, both row-major. */
export function reshaped(index: readonly Index[], to: Shape, from: Shape): Index[] {
  const flat = linear(index, to);
  if (from.length < 2) return from.length === 0 ? [] : [flat];
  return [quotient(flat, from[1]), remainder(flat, from[1])];
}

/** Equal runs of lanes of a few vectors, taken in turn: part k is `count` lanes of `sources[k % m]` from `start + (k / m) step`. */
export interface Weave {
  readonly count: number;
  readonly turns: number;
  readonly sources: readonly { readonly node: Node; readonly start: number; readonly step: number }[];
}

/** Sees a gather as a weave, so that it is written as one loop (or as an index) rather than part by part. */
export function weaveOf(parts: readonly Node[]): Weave | null {
  const runs = parts.map(runOf);
  if (runs.length === 0 || runs.some((run) => run === null || run.count !== runs[0]!.count)) return null;
  if (runs.length === 1) {
    const { node, start, count } = runs[0]!;
    return { count, turns: 1, sources: [{ node, start, step: 0 }] };
  }
  for (let period = 1; period <= runs.length / 2; ++period) {
    if (runs.length % period) continue;
    const sources = Array.from({ length: period }, (_, j) => {
      const first = runs[j]!;
      return { node: first.node, start: first.start, step: runs[j + period]!.start - first.start };
    });
    const fits = runs.every((run, k) => {
      const source = sources[k % period];
      return run!.node === source.node && run!.start === source.start + Math.floor(k / period) * source.step;
    });
    if (fits && sources.every((source) => source.step >= 0))
      return { count: runs[0]!.count, turns: runs.length / period, sources };
  }
  return null;
}

function runOf(part: Node): { node: Node; start: number; count: number } | null {
  const o = part.operation;
  if (o.kind === 'lanes' && part.shape.length === 1)
    return { node: o.a, start: o.start, count: part.shape[0] };
  if (o.kind === 'lane' && part.shape.length === 0) return { node: o.a, start: o.index, count: 1 };
  return null;
}

/** Lane of the one source of a weave of period 1 that lands in lane `i`. */
export function wovenFrom(weave: Weave, i: Index): Index {
  const { start, step } = weave.sources[0];
  if (weave.turns === 1) return plus(i, start);
  return plus(sum(times(quotient(i, weave.count), step), remainder(i, weave.count)), start);
}
