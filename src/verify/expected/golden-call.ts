/**
 * A call of parts (docs/integer-model.md, "What a call is") in the golden model, each part by itself on the states of its slot, with
 * everything on the way in the order in which the hardware has it: part after part.
 */
import { goldenLayer } from '../../quant/golden/layer.js';
import { goldenLogits } from '../../quant/golden/model.js';
import type { GoldenData, GoldenTap } from '../../quant/golden/observer.js';
import { createGoldenState, type GoldenLayerState, type GoldenState } from '../../quant/golden/state.js';
import type { QuantizedHead, QuantizedLayer, QuantizedModel } from '../../quant/types.js';
import { type CallPart, callOrder, slotsIn, takesOf } from '../../units/layer/call.js';

/** A part with its tokens. */
export interface TokenPart extends CallPart {
  readonly ids: readonly number[];
  /** Of its tokens those whose logits are wanted, ascending. */
  readonly rows: readonly number[];
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

/** A part; it gives after its last token and all its logits are wanted, unless told otherwise. */
export function tokenPart(
  ids: readonly number[],
  {
    slot = 0,
    gives = ids.length,
    rows = upTo(ids.length),
    begins = false,
  }: Partial<Omit<TokenPart, 'ids' | 'tokens'>> = {},
): TokenPart {
  return { ids, tokens: ids.length, slot, gives, rows, begins };
}

/** A call of one sequence, in slot 0. */
export const oneSequence = (ids: readonly number[]): TokenPart[] => [tokenPart(ids)];

/**
 * Calls of three sequences, from some tokens: a decoded token, a prompt and a draft that is not accepted beside each other; then a token
 * each, and one that is only looked at. The prompt and the draft begin.
 */
export function mixedCalls(tokens: readonly number[]): TokenPart[][] {
  let at = 0;
  const next = (count: number) => Array.from({ length: count }, () => tokens[at++ % tokens.length]);
  return [
    [
      tokenPart(next(1)),
      tokenPart(next(3), { slot: 1, rows: [2], begins: true }),
      tokenPart(next(2), { slot: 2, gives: 1, begins: true }),
    ],
    [tokenPart(next(1), { slot: 2 }), tokenPart(next(1), { slot: 1, gives: 0 }), tokenPart(next(1))],
  ];
}

/** Rows of the call whose logits are wanted, of parts in the order of the call. */
export function wantedRows(parts: readonly TokenPart[]): number[] {
  let start = 0;
  return parts.flatMap(({ rows, tokens }) => {
    const own = rows.map((row) => start + row);
    start += tokens;
    return own;
  });
}

/** States of so many slots, all zero. */
export function goldenSlots(model: Pick<QuantizedModel, 'config'>, slots: number): GoldenState[] {
  return Array.from({ length: slots }, () => createGoldenState(model.config));
}

/** Slots that some calls need. */
export function slotsOf(calls: readonly (readonly TokenPart[])[]): number {
  return slotsIn(calls.flat());
}

/** What a layer did in a call. */
export interface GoldenLayerCall {
  readonly taps: ReadonlyMap<GoldenTap, GoldenData>;
  /** States that were taken and given, in order. */
  readonly taken: readonly GoldenLayerState[];
  readonly given: readonly GoldenLayerState[];
  /** Parts of the call. */
  readonly partCount: number;
}

const copyOf = ({ conv, h }: GoldenLayerState): GoldenLayerState => ({ conv: conv.slice(), h: h.slice() });

function clear({ conv, h }: GoldenLayerState): void {
  conv.fill(0);
  h.fill(0);
}

/**
 * One layer over a call: `residual` (rows [tokens][dModel], in the order of the call) and the layer's states of the slots go on. Without
 * `withTaps` nothing is recorded.
 */
export function goldenLayerCall(
  layer: QuantizedLayer,
  model: Pick<QuantizedModel, 'config' | 'options' | 'scalars'>,
  residual: Int32Array,
  parts: readonly TokenPart[],
  slots: readonly GoldenState[],
  withTaps: boolean,
): GoldenLayerCall {
  const { dModel } = model.config;
  const pieces = new Map<GoldenTap, GoldenData[]>();
  const tap = (name: GoldenTap, _layer: number, data: GoldenData) => {
    pieces.set(name, [...(pieces.get(name) ?? []), data]);
  };
  const observer = withTaps ? { tap } : undefined;
  const taken: GoldenLayerState[] = [];
  const given: GoldenLayerState[] = [];
  let row = 0;
  const run = (tokens: number, state: GoldenLayerState) => {
    if (tokens > 0)
      goldenLayer(layer, model, residual.subarray(row * dModel, (row + tokens) * dModel), state, observer);
    row += tokens;
  };
  const takes = takesOf(parts);
  for (const [i, { slot, tokens, gives }] of parts.entries()) {
    const kept = slots[slot].layers[layer.index];
    const own = copyOf(kept);
    if (i < takes) taken.push(copyOf(own));
    else clear(own);
    run(gives, own);
    if (gives > 0) {
      given.push(copyOf(own));
      kept.conv.set(own.conv);
      kept.h.set(own.h);
    }
    run(tokens - gives, copyOf(own));
  }
  return {
    taps: new Map([...pieces].map(([name, all]) => [name, joined(all)])),
    taken,
    given,
    partCount: parts.length,
  };
}

/** The head over some rows of the residual. */
export function goldenHeadCall(
  head: QuantizedHead,
  model: Pick<QuantizedModel, 'config' | 'options' | 'scalars'>,
  residual: Int32Array,
  rows: readonly number[],
): { taps: ReadonlyMap<GoldenTap, GoldenData>; residual: Int32Array; logits: Int16Array } {
  const { dModel } = model.config;
  const picked = new Int32Array(rows.length * dModel);
  for (const [i, row] of rows.entries())
    picked.set(residual.subarray(row * dModel, (row + 1) * dModel), i * dModel);
  const taps = new Map<GoldenTap, GoldenData>();
  const logits = goldenLogits(head, model, picked, {
    tap: (name, _layer, data) => void taps.set(name, data),
  });
  return { taps, residual: picked, logits };
}

/** Parts in the order of the call, as all above take them. */
export const inOrder = (parts: readonly TokenPart[]): TokenPart[] => callOrder(parts);

function joined(all: readonly GoldenData[]): GoldenData {
  if (all.length === 1) return all[0];
  const make = all[0].constructor as new (length: number) => GoldenData;
  const out = new make(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of all) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
