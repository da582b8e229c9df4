/**
 * What the golden model carries from one call to the next: for every layer the last K-1 inputs of the convolution and the
 * SSM state h (docs/integer-model.md sections 4 and 7). A new state is all zero.
 */
import { dConv, type Mamba2Config } from '../../model/config/mamba2-config.js';

/** State of one layer. */
export interface GoldenLayerState {
  /** [K-1][dConv], oldest first, int16 inputs of the convolution. */
  readonly conv: Int16Array;
  /** [H][P][N], `stateBits` wide. */
  readonly h: Int32Array;
}

/** States of all layers. */
export interface GoldenState {
  readonly layers: readonly GoldenLayerState[];
}

/** Tokens of a call that belong to one sequence, as a layer sees them (docs/integer-model.md section 10). */
export interface GoldenLayerPart {
  /** How many tokens; the parts follow each other. */
  readonly count: number;
  /** After how many of them `state` is replaced; 0 leaves it as it is. */
  readonly gives: number;
  /** The sequence's state before the first of them. */
  readonly state: GoldenLayerState;
}

/** The parts with the number of their first token; a state alone is one part of `tokens` tokens. */
export function layerParts(
  state: GoldenLayerState | readonly GoldenLayerPart[],
  tokens: number,
): (GoldenLayerPart & { readonly first: number })[] {
  if ('h' in state) return [{ first: 0, count: tokens, gives: tokens, state }];
  let first = 0;
  return state.map((part) => {
    const placed = { ...part, first };
    first += part.count;
    return placed;
  });
}

/** The zero state of one layer. */
export function createLayerState(config: Mamba2Config): GoldenLayerState {
  return {
    conv: new Int16Array((config.convKernel - 1) * dConv(config)),
    h: new Int32Array(config.dInner * config.dState),
  };
}

/** The zero state of a model. */
export function createGoldenState(config: Mamba2Config): GoldenState {
  return { layers: Array.from({ length: config.nLayers }, () => createLayerState(config)) };
}

/** A copy that shares nothing. */
export function copyGoldenState(state: GoldenState): GoldenState {
  return { layers: state.layers.map(({ conv, h }) => ({ conv: conv.slice(), h: h.slice() })) };
}
