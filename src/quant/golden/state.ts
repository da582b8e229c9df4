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
