/**
 * One Mamba2 block of the golden model, sections 2 to 8 of docs/integer-model.md in their order, in plain loops over typed
 * arrays. It is written from that page and uses nothing of the kernel language, so that agreement with it means something.
 */
import { dConv, dInProj, type Mamba2Config } from '../../model/config/mamba2-config.js';
import { rsh, sat } from '../rounding.js';
import type { InnerLayer, QuantizedLayer, QuantizedModel } from '../types.js';
import { goldenConv, goldenSiluXbc, goldenSiluZ } from './conv.js';
import { goldenLinear, type LinearTaps } from './linear.js';
import { goldenNorm, normInput } from './norm.js';
import type { GoldenData, GoldenObserver, GoldenTap } from './observer.js';
import { paperNau } from './paper-nau.js';
import { goldenDecays, goldenSsmParts, oursNau } from './ssm.js';
import { type GoldenLayerPart, type GoldenLayerState, layerParts } from './state.js';

/** What a layer needs to know of its model. */
export type GoldenContext = Pick<QuantizedModel, 'config' | 'options' | 'scalars'>;

/** A tap with the layer and the number of tokens filled in; undefined when nobody looks. */
type Tap = ((name: GoldenTap, data: GoldenData, shape: readonly number[]) => void) | undefined;

/**
 * Runs one layer over residual [tokens][dModel], replacing residual and state by their new values. `state` is that of the one
 * sequence that all tokens belong to, or the parts of a call (section 10). Splitting a sequence over several calls changes nothing.
 */
export function goldenLayer(
  layer: QuantizedLayer,
  context: GoldenContext,
  residual: Int32Array,
  state: GoldenLayerState | readonly GoldenLayerPart[],
  observer?: GoldenObserver,
): void {
  const { dModel } = context.config;
  const tap = tapOf(layer, residual.length / dModel, observer);
  const inner = goldenInner(layer, context, residual, state, observer);
  const outTaps = linearTaps(tap, ['hat_out.out', 'out_proj.x', 'out_proj.acc'], layer.outProj);
  const delta = goldenLinear(layer.outProj, inner, new Int32Array(residual.length), outTaps);
  tap?.('out_proj.out', delta, [dModel]);
  addToResidual(residual, delta);
  tap?.('residual.out', residual.slice(), [dModel]);
}

/** The last line of section 8. */
export function addToResidual(residual: Int32Array, delta: Int32Array): void {
  for (let i = 0; i < residual.length; i++) residual[i] = sat(residual[i] + delta[i], 32);
}

/** All of a layer but out_proj: returns what out_proj reads, [tokens][dInner], and replaces the state. Everything but convolution and state
 * space works token by token, whatever part a token belongs to. */
export function goldenInner(
  layer: InnerLayer,
  context: GoldenContext,
  residual: Int32Array,
  state: GoldenLayerState | readonly GoldenLayerPart[],
  observer?: GoldenObserver,
): Int16Array {
  const { config, options, scalars } = context;
  const tokens = residual.length / config.dModel;
  const tap = tapOf(layer, tokens, observer);

  const v = normInput(layer.norm, residual);
  const norm = goldenNorm(layer.norm, v, config.dModel, 1);
  tap?.('norm.v', v, [config.dModel]);
  tap?.('norm.sumSquares', norm.sums, [1]);
  tap?.('norm.root', norm.roots, [1, 2]);
  tap?.('norm.out', norm.out, [config.dModel]);

  const rows = dInProj(config);
  const inTaps = linearTaps(tap, ['hat_in.out', 'in_proj.x', 'in_proj.acc'], layer.inProj);
  const projected = goldenLinear(layer.inProj, norm.out, new Int16Array(tokens * rows), inTaps);
  tap?.('in_proj.out', projected, [rows]);

  const parts = layerParts(state, tokens);
  const v16 = new Int16Array(tokens * dConv(config));
  for (const { first, count, gives, state } of parts) {
    const own = projected.subarray(first * rows, (first + count) * rows);
    v16.set(goldenConv(layer, config, own, state.conv, gives), first * dConv(config));
  }
  const xbc = goldenSiluXbc(layer, config, v16);
  observer?.activations?.(v16, xbc);
  tap?.('conv.out', v16, [dConv(config)]);
  tap?.('silu_xbc.out', xbc, [dConv(config)]);

  const decays = goldenDecays(
    layer,
    config,
    scalars,
    options.nau === 'paper' ? paperNau : oursNau,
    projected,
  );
  tap?.('dt', decays.dt, [config.nHeads]);
  tap?.('w', decays.w, [config.nHeads]);
  tap?.('decay', decays.decay, [config.nHeads]);

  const stateShape = [config.nHeads, config.headDim, config.dState];
  const ssm = { layer, config, stateBits: options.stateBits, decays, xbc };
  const { u, y, states, last } = goldenSsmParts(ssm, parts, observer?.everyState ?? false);
  tap?.('u', u, [config.dInner]);
  if (states) tap?.('h', states, stateShape);
  if (last) observer?.tap('h.final', layer.index, last.slice(), [1, ...stateShape]);
  tap?.('ssm.y', y, [config.dInner]);

  const gated = gate(layer, config, y, goldenSiluZ(layer, config, projected), tap);
  const groups = config.groupNorm ? config.nGroups : 1;
  const gatedNorm = goldenNorm(layer.gatedNorm, gated, config.dInner, groups);
  tap?.('gated_norm.sumSquares', gatedNorm.sums, [groups]);
  tap?.('gated_norm.root', gatedNorm.roots, [groups, 2]);
  tap?.('gated_norm.out', gatedNorm.out, [config.dInner]);
  return gatedNorm.out;
}

/** Taps of a layer with its number and the tokens filled in. */
function tapOf({ index }: InnerLayer, tokens: number, observer: GoldenObserver | undefined): Tap {
  return observer && ((name, data, shape) => observer.tap(name, index, data, [tokens, ...shape]));
}

/** Second line of section 8: y times SiLU(z), a shift a head. */
function gate(
  layer: InnerLayer,
  config: Mamba2Config,
  y: Int16Array,
  siluZ: Int16Array,
  tap: Tap,
): Int16Array {
  tap?.('silu_z.out', siluZ, [config.dInner]);
  const out = new Int16Array(y.length);
  for (let base = 0; base < y.length; base += config.headDim) {
    const shift = layer.gateShift[(base / config.headDim) % config.nHeads];
    for (let i = base; i < base + config.headDim; i++) out[i] = sat(rsh(y[i] * siluZ[i], shift), 16);
  }
  tap?.('gate.out', out, [config.dInner]);
  return out;
}

/** Names the inside of a linear layer for a tap. */
export function linearTaps(
  tap: Tap,
  names: readonly [GoldenTap, GoldenTap, GoldenTap],
  { rows, cols }: { readonly rows: number; readonly cols: number },
): LinearTaps | undefined {
  if (tap === undefined) return undefined;
  return {
    hat: (data) => tap(names[0], data, [cols]),
    x: (data) => tap(names[1], data, [cols]),
    acc: (data) => tap(names[2], data, [rows]),
  };
}
