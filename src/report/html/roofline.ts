/**
 * The roofline of a plan as numbers: int8 products a second against products a byte of external memory, for decode and for each planned
 * prompt. A product is one weight times one input of in_proj, out_proj or the LM head, without the padding of tiles.
 */

import type { Plan } from '../../plan/plan-types.js';
import { headTraffic, layerTraffic, totalBytes } from '../../plan/time/traffic.js';
import { promptParts } from '../../units/layer/call.js';
import { AcceleratorShape } from '../../units/shape.js';

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
  const { roofline, device, decode, prefill } = plan;
  const work = linearProducts(plan);
  const decodeProducts = work.layers + work.head;
  return {
    points: [
      {
        name: 'decode',
        intensity: decodeProducts / roofline.decodeBytes,
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

/** Bytes of a prompt: all layers over its tokens, in calls as long as the kernel takes, and the head for its last token. */
function promptBytes({ model, shape: free }: Plan, tokens: number): number {
  const shape = new AcceleratorShape({ ...free, dims: model.dims });
  const layer = (length: number) => totalBytes(layerTraffic(shape, promptParts(length)));
  const whole = Math.floor(tokens / shape.maxTokens);
  const rest = tokens % shape.maxTokens;
  const layers = whole * layer(shape.maxTokens) + (rest > 0 ? layer(rest) : 0);
  return model.layers * layers + totalBytes(headTraffic(shape, 1));
}
