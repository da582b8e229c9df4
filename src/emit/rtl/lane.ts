/** Lanes of a value as the text names them: a number, or an expression in the genvar of the loop around, with all that it stands for. */
import { laneCount, type Shape } from '../../kernel/type.js';

export interface LaneSet {
  readonly text: string;
  /** The text is one word, which needs no brackets beside an operator. */
  readonly plain: boolean;
  readonly all: readonly number[];
}

export type Lane = number | LaneSet;

/** The genvar of lane loops. */
export const LANE = 'i';

/** Every lane of `count`, in a loop over them. */
export function eachLane(count: number): LaneSet {
  return { text: LANE, plain: true, all: Array.from({ length: count }, (_, lane) => lane) };
}

/** Every lane of a value, in a loop over them; the only one of a scalar. */
export function lanesIn({ shape }: { readonly shape: Shape }): Lane {
  return shape.length > 0 ? eachLane(laneCount(shape)) : 0;
}

/** All the lanes that `lane` stands for. */
export const lanesOf = (lane: Lane): readonly number[] => (typeof lane === 'number' ? [lane] : lane.all);

export const laneText = (lane: Lane): string => (typeof lane === 'number' ? `${lane}` : lane.text);

export function plus(lane: Lane, offset: number): Lane {
  if (offset === 0) return lane;
  return mapped(lane, (n) => n + offset, `+ ${offset}`);
}

export function divide(lane: Lane, by: number): Lane {
  return by === 1 ? lane : mapped(lane, (n) => Math.floor(n / by), `/ ${by}`);
}

export function modulo(lane: Lane, by: number): Lane {
  return by === 1 ? 0 : mapped(lane, (n) => n % by, `% ${by}`);
}

/** Where a lane of `bits` begins in a packed word. */
export function placeOf(lane: Lane, bits: number): string {
  if (typeof lane === 'number') return `${bits * lane}`;
  return bits === 1 ? lane.text : `${bits} * ${bracketed(lane)}`;
}

function mapped(lane: Lane, number: (n: number) => number, operation: string): Lane {
  if (typeof lane === 'number') return number(lane);
  return { text: `${bracketed(lane)} ${operation}`, plain: false, all: lane.all.map(number) };
}

const bracketed = ({ text, plain }: LaneSet) => (plain ? text : `(${text})`);
