/**
 * What a model remembers between tokens: per layer the last inputs of the convolution and the SSM state.
 */
import { dConv, type Mamba2Config } from '../config/mamba2-config.js';

/** State of one layer; changed in place by the layer. */
export interface LayerState {
  /** [dConv, convKernel]: the last inputs of the convolution, oldest first; zero before the first token. */
  readonly conv: Float64Array;
  /** [nHeads, headDim, dState]: h. */
  readonly ssm: Float64Array;
}

/** Tokens of a call that belong to one sequence, as a layer sees them; parts follow each other. */
export interface LayerPart {
  readonly count: number;
  /** Before the first of them; moved on in place. */
  readonly state: LayerState;
}

/** State of every layer. */
export type ModelState = LayerState[];

/** The state before the first token. */
export function emptyLayerState(config: Mamba2Config): LayerState {
  return {
    conv: new Float64Array(dConv(config) * config.convKernel),
    ssm: new Float64Array(config.nHeads * config.headDim * config.dState),
  };
}

/** The state of a whole model before the first token. */
export function emptyModelState(config: Mamba2Config): ModelState {
  return Array.from({ length: config.nLayers }, () => emptyLayerState(config));
}

/** An independent copy. */
export function copyModelState(state: ModelState): ModelState {
  return state.map(({ conv, ssm }) => ({ conv: conv.slice(), ssm: ssm.slice() }));
}
