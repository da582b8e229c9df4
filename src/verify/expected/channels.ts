/**
 * What the golden model says must cross the channels of the layer network: one flat array of lanes a channel, in word order. From the golden
 * model's taps alone; the kernel language is not asked. Comparing these with a simulation places a first difference at one unit.
 */

import { convChannels, inProjRows, plainRows } from '../../emit/image/rows.js';
import type { GoldenData, GoldenTap } from '../../quant/golden/observer.js';
import { exp2neg, softplus2 } from '../../quant/tables/functions.js';
import type { QuantizedHead, QuantizedLayer, QuantizedLinear, QuantizedScalars } from '../../quant/types.js';
import { chunksOf, headChunks } from '../../units/layer/chunks.js';
import { portTypes } from '../../units/layer/ports.js';
import { stateValueBytes } from '../../units/movement/state-pack.js';
import { partsOf } from '../../units/movement/word-parts.js';
import type { AcceleratorShape } from '../../units/shape.js';
import {
  convStateOrder,
  filledRows,
  type Numbers,
  pickColumns,
  replayOrder,
  stateBytes,
  stateOrder,
  tileOrder,
} from './orders.js';

/** Taps of one layer or of the head. */
export type LayerTaps = ReadonlyMap<GoldenTap, GoldenData>;

/** Lanes by channel name. */
export type ChannelWords = Record<string, Numbers>;

/** A state in the golden model's order. */
interface LayerState {
  readonly conv: Int16Array;
  readonly h: Int32Array;
}

/** A layer's call in the golden model. */
export interface LayerCall {
  readonly scalars: QuantizedScalars;
  readonly layer: QuantizedLayer;
  readonly taps: LayerTaps;
  /** Rows before the layer, [tokens][dModel]. */
  readonly residual: Int32Array;
  /** States that come from slots and that go there, in order. */
  readonly taken: readonly LayerState[];
  /** Parts of the call. */
  readonly partCount: number;
  readonly given: readonly LayerState[];
}

/** Expected words of a layer's call. */
export function layerChannels(
  shape: AcceleratorShape,
  { scalars, layer, taps, residual, taken, given, partCount }: LayerCall,
): ChannelWords {
  const { dims, rescaleLanes, convLanes } = shape;
  const d = shape.sizes;
  const tokens = residual.length / dims.dModel;
  const { chunkTokens } = chunksOf(shape, tokens, partCount);
  const get = (name: GoldenTap): GoldenData => taps.get(name)!;
  const inRows = inProjRows(shape);
  const bc = dims.nGroups * dims.dState;
  const order = convChannels(shape);
  const projected = get('in_proj.out');
  const sections = pickColumns(projected, layer.inProj.rows, inRows);
  const section = (firstTile: number, tiles: number) => {
    const columns = Int32Array.from(
      { length: tiles * shape.inProj.rows },
      (_, i) => firstTile * shape.inProj.rows + i,
    );
    return pickColumns(sections, inRows.length, columns);
  };
  const dt = section(0, d.dtTiles);
  const xbc = section(d.dtTiles, d.xbcTiles);
  const z = section(d.dtTiles + d.xbcTiles, d.zTiles);
  const tiled = (data: Numbers) => tileOrder(data, tokens, shape.inProj.rows, chunkTokens);
  const upTo = (data: Numbers, width: number, count: number) =>
    pickColumns(
      data,
      width,
      Int32Array.from({ length: count }, (_, i) => i),
    );
  const dtLanes = Math.ceil(dims.nHeads / rescaleLanes) * rescaleLanes;

  const idleDt = Math.min(Math.max(softplus2(0), scalars.dtMin), scalars.dtMax);
  const heads = Int32Array.from({ length: dtLanes }, (_, i) => (i < dims.nHeads ? i : -1));
  const siluXbc = get('silu_xbc.out');
  const part = (first: number, count: number) =>
    pickColumns(
      siluXbc,
      d.dConv,
      Int32Array.from({ length: count }, (_, i) => first + i),
    );
  const b = part(dims.dInner, bc);
  const c = part(dims.dInner + bc, bc);
  const x = part(0, dims.dInner);
  const words = (states: readonly LayerState[]) => joined(states.map(({ h }) => stateOrder(h, shape)));
  const newState = words(given);
  const dtRows = pickColumns(get('dt'), dims.nHeads, heads, idleDt);
  return {
    residual_words: residual,
    ...normWords('norm_in', get('norm.v'), get('norm.root'), get('norm.out'), dims.dModel),
    ...(taps.has('hat_in.out') ? { hat_in_out: get('hat_in.out') } : {}),
    quantize_in_out: get('in_proj.x'),
    replay_in_out: replayOrder(
      get('in_proj.x'),
      dims.dModel,
      shape.inProj.cols,
      inRows.length / shape.inProj.rows,
      chunkTokens,
    ),
    mat_in_out: matWords(layer.inProj, get('in_proj.acc'), inRows, tokens, shape.inProj.rows, chunkTokens),
    dt_tiles: tiled(dt),
    xbc_tiles: tiled(xbc),
    z_tiles: tiled(z),
    turn_dt_rows: upTo(dt, d.dtTiles * shape.inProj.rows, dtLanes),
    turn_xbc_rows: upTo(xbc, d.xbcTiles * shape.inProj.rows, d.dConv),
    turn_z_rows: upTo(z, d.zTiles * shape.inProj.rows, dims.dInner),
    conv_out: pickColumns(get('conv.out'), d.dConv, order),
    conv_new_inputs: joined(given.map(({ conv }) => convStateOrder(conv, order, dims.convKernel, convLanes))),
    silu_b: b,
    silu_c: c,
    silu_x: x,
    dt_for_x: dtRows,
    dt_for_decay: dtRows,
    decay_rows: pickColumns(get('decay'), dims.nHeads, heads, exp2neg(0)),
    ...(rescaleLanes > 1 ? { dt_to_heads_heads: get('dt'), decay_to_heads_heads: get('decay') } : {}),
    u: get('u'),
    x_skip: x,
    state_in_values: words(taken),
    ...newStateParts(newState, shape),
    state_out_bytes: stateBytes(newState, stateValueBytes(dims.stateBits)),
    y: filledRows(get('ssm.y'), shape),
    silu_z_out: get('silu_z.out'),
    gate_out: get('gate.out'),
    ...normWords(
      'gated_norm',
      get('gate.out'),
      get('gated_norm.root'),
      get('gated_norm.out'),
      dims.dInner / normGroups(shape),
    ),
    ...(taps.has('hat_out.out') ? { hat_out_out: get('hat_out.out') } : {}),
    quantize_out_out: get('out_proj.x'),
    ...outProjWords(shape, layer, taps, tokens, chunkTokens),
    residual_again_words: residual,
    add_residual_out: get('residual.out'),
  };
}

function joined(all: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of all) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** The head's call in the golden model. */
export interface HeadCall {
  readonly head: QuantizedHead;
  readonly taps: LayerTaps;
  /** Rows [tokens][dModel]. */
  readonly residual: Int32Array;
}

/** Expected words of the final norm and LM head. */
export function headChannels(shape: AcceleratorShape, { head, taps, residual }: HeadCall): ChannelWords {
  const { dims } = shape;
  const tokens = residual.length / dims.dModel;
  const get = (name: GoldenTap): GoldenData => taps.get(name)!;
  const rows = plainRows(head.lmHead.rows, shape.inProj.rows);
  const { chunkTokens } = headChunks(shape, tokens);
  return {
    residual_words: residual,
    ...normWords('norm_in', get('head.norm.v'), get('head.norm.root'), get('head.norm.out'), dims.dModel),
    ...(taps.has('head.hat.out') ? { hat_in_out: get('head.hat.out') } : {}),
    quantize_in_out: get('head.x'),
    mat_in_out: matWords(head.lmHead, get('head.acc'), rows, tokens, shape.inProj.rows, chunkTokens),
    logit_tiles: tileOrder(
      pickColumns(get('logits'), head.lmHead.rows, rows),
      tokens,
      shape.inProj.rows,
      chunkTokens,
    ),
  };
}

const normGroups = ({ dims }: AcceleratorShape) => (dims.groupNorm ? dims.nGroups : 1);

/** Values, sums (before eps), roots and result of a norm. */
function normWords(name: string, values: Numbers, roots: Numbers, out: Numbers, width: number): ChannelWords {
  const rows = values.length / width;
  const sums = new Float64Array(rows);
  for (let i = 0; i < values.length; i++) sums[Math.floor(i / width)] += values[i] ** 2;
  return {
    [`${name}_values`]: values,
    [`${name}_sums`]: sums,
    [`${name}_k`]: Float64Array.from({ length: rows }, (_, i) => roots[2 * i]),
    [`${name}_q`]: Float64Array.from({ length: rows }, (_, i) => roots[2 * i + 1]),
    [`${name}_out`]: out,
  };
}

/** Accumulators as the MAT array gives them: tile by tile, before the bias. */
function matWords(
  linear: QuantizedLinear,
  acc: Numbers,
  rows: Int32Array,
  tokens: number,
  tileRows: number,
  chunkTokens: number,
): Float64Array {
  const plain = Float64Array.from(acc, (value, i) => value - linear.bias[i % linear.rows]);
  return tileOrder(pickColumns(plain, linear.rows, rows), tokens, tileRows, chunkTokens);
}

function outProjWords(
  shape: AcceleratorShape,
  layer: QuantizedLayer,
  taps: LayerTaps,
  tokens: number,
  chunkTokens: number,
): ChannelWords {
  const { dims, outProj } = shape;
  const get = (name: GoldenTap): GoldenData => taps.get(name)!;
  const rows = plainRows(dims.dModel, outProj.rows);
  const delta = pickColumns(get('out_proj.out'), dims.dModel, rows);
  return {
    replay_out_out: replayOrder(
      get('out_proj.x'),
      dims.dInner,
      outProj.cols,
      rows.length / outProj.rows,
      chunkTokens,
    ),
    mat_out_out: matWords(layer.outProj, get('out_proj.acc'), rows, tokens, outProj.rows, chunkTokens),
    out_tiles: tileOrder(delta, tokens, outProj.rows, chunkTokens),
    turn_out_rows: get('out_proj.out'),
  };
}

/** States as they go to memory: the rows of each word by their parts. */
function newStateParts(words: Float64Array, shape: AcceleratorShape): ChannelWords {
  const { ssm, dims } = shape;
  const parts = partsOf(ssm.rows, ssm.cols, dims.stateBits, portTypes(shape).state.shape[0]);
  if (parts === 1) return { new_state: words };
  const lanes = ssm.rows * ssm.cols;
  const own = lanes / parts;
  return Object.fromEntries(
    Array.from({ length: parts }, (_, part) => [
      `new_state_${part}`,
      words.filter((_, i) => Math.floor((i % lanes) / own) === part),
    ]),
  );
}
