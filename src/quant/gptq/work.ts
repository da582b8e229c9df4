/**
 * The parts of GPTQ's work that go to worker threads: pure functions of plain data, so that it does not matter where they run.
 */
import { fastInnerFunction } from '../fast/layer-function.js';
import { addToResidual, type GoldenContext } from '../golden/layer.js';
import { type LinearInput, linearInput, linearResult } from '../golden/linear.js';
import { goldenNorm, normInput } from '../golden/norm.js';
import { createLayerState } from '../golden/state.js';
import type { InnerLayer, QuantizedLinear, QuantizedNorm } from '../types.js';
import { addTokens, type InputMoments, noMoments } from './moments.js';
import { roundRows } from './round-rows.js';

/** Moments of what a norm of the residual stream and an input quantizer make of residual [tokens][dModel]. */
function residualMoments(norm: QuantizedNorm, input: LinearInput, residual: Int32Array): InputMoments {
  const { cols } = input;
  const { out } = goldenNorm(norm, normInput(norm, residual), cols, 1);
  const moments = noMoments(cols);
  addTokens(moments, linearInput(input, out));
  return moments;
}

/**
 * What out_proj reads of a layer, [tokens][dInner], for the residual stream of windows of `window` tokens, each from an empty state; the moments
 * when wanted.
 */
function innerInputs(
  layer: InnerLayer,
  context: GoldenContext,
  input: LinearInput,
  residual: Int32Array,
  window: number,
  wantsMoments: boolean,
): { x: Int8Array; moments: InputMoments | undefined } {
  const { dModel, dInner } = context.config;
  const x = new Int8Array((residual.length / dModel) * dInner);
  const inner = fastInnerFunction(layer, context);
  for (let from = 0; from < residual.length; from += window * dModel) {
    const part = residual.subarray(from, from + window * dModel);
    x.set(linearInput(input, inner(part, createLayerState(context.config))), (from / dModel) * dInner);
  }
  const moments = wantsMoments ? noMoments(dInner) : undefined;
  if (moments) addTokens(moments, x);
  return { x, moments };
}

/** The residual stream after a layer. */
function addResult(outProj: QuantizedLinear, x: Int8Array, residual: Int32Array): Int32Array {
  const out = residual.slice();
  addToResidual(out, linearResult(outProj, x, new Int32Array(out.length)));
  return out;
}

/** By name, as a worker is asked for them. */
export const WORK = { roundRows, residualMoments, innerInputs, addResult };
export type Work = typeof WORK;
