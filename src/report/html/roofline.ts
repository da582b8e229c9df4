/**
 * The roofline of a plan as numbers: int8 products a second against products a byte of external memory, for decode and for each planned
 * prompt. A product is one weight times one input of in_proj, out_proj or the LM head, without the padding of tiles.
 */
import type { Plan } from '../../plan/plan-types.js';

export interface RooflinePoint {
  readonly name: string;
  /** Products a byte. */
  readonly intensity: number;
  readonly productsPerSecond: number;
  readonly tokensPerSecond: number;
}

export interface Roofline {
  readonly points: readonly RooflinePoint[];
  readonly pinBytesPerSecond: number;
  readonly streamBytesPerSecond: number;
  /** Of both arrays, if they never paused. */
  readonly peakProductsPerSecond: number;
}

/** Points and limits, all planned. */
export function rooflineOfPlan(plan: Plan): Roofline {
  const { roofline, device, decode, prefill, traffic } = plan;
  const work = linearProducts(plan);
  const decodeProducts = work.layers + work.head;
  const bytes = Object.values(traffic.decodeToken).reduce((sum, some) => sum + some, 0);
  return {
    points: [
      {
        name: 'decode',
        intensity: decodeProducts / bytes,
        productsPerSecond: decodeProducts * decode.tokensPerSecond,
        tokensPerSecond: decode.tokensPerSecond,
      },
      ...prefill.map(({ tokens, tokensPerSecond }) => {
        // The head runs for the last token alone.
        const products = work.layers * tokens + work.head;
        return {
          name: `prefill ${tokens.toLocaleString('en-US')}`,
          intensity: products / promptBytes(plan, tokens),
          productsPerSecond: (products / tokens) * tokensPerSecond,
          tokensPerSecond,
        };
      }),
    ],
    pinBytesPerSecond: roofline.pinBytesPerSecond,
    streamBytesPerSecond: roofline.streamBytesPerSecond,
    peakProductsPerSecond: roofline.macsPerCycle * device.clockMHz * 1e6,
  };
}

/** Products of a token in all layers, and in the head. */
function linearProducts({ model }: Plan): { readonly layers: number; readonly head: number } {
  const { dModel, dInner, nGroups, dState, nHeads, vocabRows } = model.dims;
  const inRows = 2 * dInner + 2 * nGroups * dState + nHeads;
  return { layers: model.layers * (inRows * dModel + dInner * dModel), head: vocabRows * dModel };
}

/** Bytes of a prompt: weights once a chunk, states and parameters once a call, residual rows by token, and the head once. */
function promptBytes({ traffic, shape }: Plan, tokens: number): number {
  const { decodeToken: token, prefillChunk: chunk } = traffic;
  const chunks = Math.ceil(tokens / shape.chunkTokens);
  const calls = Math.ceil(tokens / shape.maxTokens);
  const rowBytes = chunk.residual / shape.chunkTokens;
  // A token in decode is a chunk of the layers and then the head: what it moves beside the former is the latter's.
  const head =
    token.weights - chunk.weights + token.rescale - chunk.rescale + token.residual - rowBytes + token.logits;
  const layers = chunks * (chunk.weights + chunk.rescale) + calls * (chunk.parameters + chunk.state);
  return layers + tokens * rowBytes + head;
}
