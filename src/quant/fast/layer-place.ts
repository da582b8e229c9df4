/** Where the weights of a layer, and what it works on, lie in WebAssembly memory. */
import { dConv, dInProj, type Mamba2Config } from '../../model/config/mamba2-config.js';
import type { WasmLayout } from '../../util/wasm.js';
import { type LinearPlace, PIECE_TOKENS, placeLinear } from './linear.js';

/** Addresses of a layer's weights but for out_proj's. */
export interface InnerPlace {
  readonly inProj: LinearPlace;
  /** int16 [convKernel][channels rounded up to eight]; doubles [channels] each. */
  readonly convWeight: number;
  readonly convBias: number;
  readonly convScale: number;
}

/** Addresses of a layer's weights. */
export interface LayerPlace extends InnerPlace {
  readonly outProj: LinearPlace;
}

/** Addresses of what a layer works on, for PIECE_TOKENS tokens; one set serves all layers. */
export interface LayerScratch {
  readonly residual: number;
  readonly v: number;
  readonly normed: number;
  readonly projected: number;
  readonly convIn: number;
  readonly convOut: number;
  readonly xbc: number;
  /** B and C as doubles, [tokens][2 nGroups dState]. */
  readonly bc: number;
  readonly u: number;
  readonly y: number;
  readonly siluZ: number;
  readonly gated: number;
  readonly inner: number;
  readonly delta: number;
  /** State of a layer whose own lies elsewhere. */
  readonly h: number;
}

/** Channels of the convolution, rounded up to eight. */
export const channelStride = (config: Mamba2Config) => Math.ceil(dConv(config) / 8) * 8;

/** Reserves the memory of a layer's weights. */
export function placeLayer(layout: WasmLayout, config: Mamba2Config): LayerPlace {
  return { ...placeInner(layout, config), outProj: placeLinear(layout, config.dModel, config.dInner) };
}

/** Reserves the memory of a layer's weights but for out_proj's. */
export function placeInner(layout: WasmLayout, config: Mamba2Config): InnerPlace {
  const channels = channelStride(config);
  return {
    inProj: placeLinear(layout, dInProj(config), config.dModel),
    convWeight: layout.take(config.convKernel * channels * 2),
    convBias: layout.take(channels * 8),
    convScale: layout.take(channels * 8),
  };
}

/** Reserves it. */
export function placeLayerScratch(layout: WasmLayout, config: Mamba2Config): LayerScratch {
  const { dModel, dInner, dState, nGroups, convKernel } = config;
  const take = (width: number, bytes: number) => layout.take(PIECE_TOKENS * width * bytes);
  return {
    residual: take(dModel, 4),
    v: take(dModel, 4),
    normed: take(dModel, 2),
    projected: take(dInProj(config), 2),
    convIn: layout.take((PIECE_TOKENS + convKernel - 1) * dConv(config) * 2),
    convOut: take(dConv(config), 2),
    xbc: take(dConv(config), 2),
    bc: take(2 * nGroups * dState, 8),
    u: take(dInner, 2),
    y: take(dInner, 2),
    siluZ: take(dInner, 2),
    gated: take(dInner, 2),
    inner: take(dInner, 2),
    delta: take(dModel, 4),
    h: layout.take(dInner * dState * 4),
  };
}
