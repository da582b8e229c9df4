/** Tokens of a call that follow each other in one sequence, with the state that they move on. */
import type { GoldenLayerPart, GoldenLayerState } from '../golden/state.js';

/** A stretch of tokens of a layer's call. Its state is asked for when its turn has come: it may follow from a stretch before. */
export class Stretch {
  #conv: Int16Array | undefined;
  #h: Int32Array | undefined;

  /** `forgets`: the tokens work on a copy of the state. */
  constructor(
    readonly tokens: number,
    private readonly state: GoldenLayerState,
    private readonly forgets: boolean,
  ) {}

  /** Inputs of the convolution before the first of its tokens; then, in place, after those that are done. */
  get conv(): Int16Array {
    this.#conv ??= this.forgets ? this.state.conv.slice() : this.state.conv;
    return this.#conv;
  }

  /** SSM state, likewise. */
  get h(): Int32Array {
    this.#h ??= this.forgets ? this.state.h.slice() : this.state.h;
    return this.#h;
  }
}

/** The parts as stretches: tokens after which a state is given, and those after them, which are forgotten. */
export function stretchesOf(parts: readonly GoldenLayerPart[]): Stretch[] {
  return parts
    .flatMap(({ count, gives, state }) => [
      new Stretch(gives, state, false),
      new Stretch(count - gives, state, true),
    ])
    .filter(({ tokens }) => tokens > 0);
}

/** What a piece of a call has of a stretch: tokens of the piece from `first` on. */
export interface Slice {
  readonly stretch: Stretch;
  readonly first: number;
  readonly count: number;
}

/** Tokens `from` to `to` of a call. */
export function slicesBetween(stretches: readonly Stretch[], from: number, to: number): Slice[] {
  let start = 0;
  return stretches.flatMap((stretch) => {
    const [first, end] = [Math.max(start, from), Math.min(start + stretch.tokens, to)];
    start += stretch.tokens;
    return first < end ? [{ stretch, first: first - from, count: end - first }] : [];
  });
}
