/**
 * Bytes that one call of the layer network moves over the external ports: what the memory roofline and the plan's traffic table are made of.
 * Weights and rescale parameters are read once a chunk, layer parameters once a call, states with every
 * part that takes or gives them, residual rows three times a token.
 */
import { type CallPart, givesOf, takesOf, tokensOf } from '../../units/layer/call.js';
import { type CallChunks, chunksOf, headChunks } from '../../units/layer/chunks.js';
import { convFields } from '../../units/movement/conv-params.js';
import { stateValueBytes } from '../../units/movement/state-pack.js';
import { type AcceleratorShape, stateValues } from '../../units/shape.js';

/** Bytes by what they are. */
export interface Traffic {
  readonly weights: number;
  readonly rescale: number;
  readonly parameters: number;
  readonly state: number;
  readonly residual: number;
  readonly logits: number;
}

const RESCALE_BYTES = 8;
const RESIDUAL_BYTES = 4;
const INT16_BYTES = 2;
/** u16 fields of a head, padded (head-params.ts). */
const HEAD_BYTES = 16;

/** A layer over the parts of a call, in chunks as a call has them or in so many. */
export function layerTraffic(
  shape: AcceleratorShape,
  parts: readonly CallPart[],
  { chunks }: Pick<CallChunks, 'chunks'> = chunksOf(shape, tokensOf(parts), parts.length),
): Traffic {
  const { dims, inProj, outProj, weightPorts, weightLanes } = shape;
  const d = shape.sizes;
  const inRows = (d.dtTiles + d.xbcTiles + d.zTiles) * inProj.rows;
  const outRows = d.outTiles * outProj.rows;
  return {
    weights:
      chunks *
      weightPorts *
      weightLanes *
      ((d.dtTiles + d.xbcTiles + d.zTiles) * d.weightsIn.rowWords + d.outTiles * d.weightsOut.rowWords),
    rescale: chunks * (inRows + outRows) * RESCALE_BYTES,
    parameters: d.dConv * convFields(dims.convKernel) * INT16_BYTES + dims.nHeads * HEAD_BYTES,
    state:
      (takesOf(parts) + givesOf(parts)) *
      (stateValues(shape) * stateValueBytes(dims.stateBits) + d.dConv * (dims.convKernel - 1) * INT16_BYTES),
    residual: 3 * tokensOf(parts) * dims.dModel * RESIDUAL_BYTES,
    logits: 0,
  };
}

/** The final norm and LM head over `tokens` tokens. */
export function headTraffic(shape: AcceleratorShape, tokens: number): Traffic {
  const { dims, weightPorts, weightLanes } = shape;
  const { headTiles, weightsHead } = shape.sizes;
  const rows = headTiles * shape.inProj.rows;
  const { chunks } = headChunks(shape, tokens);
  return {
    weights: chunks * headTiles * weightPorts * weightLanes * weightsHead.rowWords,
    rescale: chunks * rows * RESCALE_BYTES,
    parameters: 0,
    state: 0,
    residual: tokens * dims.dModel * RESIDUAL_BYTES,
    logits: tokens * rows * INT16_BYTES,
  };
}

/** Sum of all kinds. */
export function totalBytes(traffic: Traffic): number {
  return Object.values(traffic).reduce((sum, bytes) => sum + bytes, 0);
}

/** `a + factor b`, kind by kind. */
export function addTraffic(a: Traffic, b: Traffic, factor = 1): Traffic {
  return {
    weights: a.weights + factor * b.weights,
    rescale: a.rescale + factor * b.rescale,
    parameters: a.parameters + factor * b.parameters,
    state: a.state + factor * b.state,
    residual: a.residual + factor * b.residual,
    logits: a.logits + factor * b.logits,
  };
}
