/**
 * The taps at which a golden layer is held against the float layer: how each golden integer reads as a real value, and the float
 * value it stands for. Both sides as flat lists, a token after the other.
 */
import type { Mamba2Config } from '../model/config/mamba2-config.js';
import type { TapName } from '../model/float/taps.js';
import type { GoldenTap } from './golden/observer.js';
import type { Rotation } from './rotate/rotate.js';
import type { QuantizedLayer, QuantizedScalars } from './types.js';

/** dt, u, h, y and g are larger by 1 / ln 2 in the integer model. */
const LN2 = Math.LN2;

/** What a comparison knows of the layer. */
export interface DeviationContext {
  readonly config: Mamba2Config;
  readonly scalars: QuantizedScalars;
  readonly layer: QuantizedLayer;
  /** What the residual stream is rotated with. */
  readonly rotation: Rotation;
}

/** A part of each token's values, with what one unit of element `i` (from the part's first on) stands for. */
export interface ComparedTap {
  readonly name: string;
  readonly golden: GoldenTap;
  readonly float: TapName;
  /** Both sides' first element and their number. */
  readonly first: number;
  readonly count: number;
  readonly unit: (i: number) => number;
  /** Integers at which the golden side is saturated. */
  readonly low: number;
  readonly high: number;
  /** Turns the float values of a token into what golden has. */
  readonly prepare?: (values: Float64Array) => void;
}

/** Everything that is compared in a layer, in the order of the computation. */
export function comparedTaps({ config, scalars, layer, rotation }: DeviationContext): ComparedTap[] {
  const { dModel, dInner, nHeads, nGroups, dState, headDim } = config;
  const bc = nGroups * dState;
  const int16 = { low: -32768, high: 32767 };
  const { fracBits, siluOut } = layer;
  const y = Array.from({ length: nHeads }, (_, head) => yFracBits(layer, head));
  const part = (
    name: string,
    golden: GoldenTap,
    float: TapName,
    first: number,
    count: number,
    bits: number,
  ) => ({
    ...{ name, golden, float, first, count, ...int16, unit: () => 2 ** -bits },
  });
  const projected = (name: 'z' | 'x' | 'b' | 'c', first: number, count: number) =>
    part(`in_proj ${name}`, 'in_proj.out', 'inProj', first, count, fracBits[name]);
  const activated = (name: 'x' | 'b' | 'c', first: number, count: number) =>
    part(`silu ${name}`, 'silu_xbc.out', 'convSilu', first, count, siluOut[name]);
  return [
    projected('z', 0, dInner),
    projected('x', dInner, dInner),
    projected('b', 2 * dInner, bc),
    projected('c', 2 * dInner + bc, bc),
    activated('x', 0, dInner),
    activated('b', dInner, bc),
    activated('c', dInner + bc, bc),
    {
      ...{ name: 'dt', golden: 'dt', float: 'dt', first: 0, count: nHeads, unit: () => LN2 * 2 ** -20 },
      ...{ low: -1, high: 32767 * 2 ** 9 },
    },
    {
      ...part('ssm y', 'ssm.y', 'ssmY', 0, dInner, 0),
      unit: (i) => LN2 * 2 ** -y[Math.floor(i / headDim)],
    },
    {
      ...part('gate', 'gate.out', 'gated', 0, dInner, 0),
      unit: (i) => {
        const head = Math.floor(i / headDim);
        return LN2 * 2 ** -(y[head] + siluOut.z - layer.gateShift[head]);
      },
    },
    {
      ...{ name: 'out_proj', golden: 'out_proj.out', float: 'outProj', first: 0, count: dModel },
      ...{ unit: () => 2 ** -scalars.residualFracBits, low: -(2 ** 31), high: 2 ** 31 - 1 },
      prepare: (values) => rotation.apply(values),
    },
    {
      ...{ name: 'residual', golden: 'residual.out', float: 'block', first: 0, count: dModel },
      ...{ unit: () => 2 ** -scalars.residualFracBits, low: -(2 ** 31), high: 2 ** 31 - 1 },
      prepare: (values) => rotation.apply(values),
    },
  ];
}

function yFracBits({ siluOut, uShift, injectShift, yShift }: QuantizedLayer, head: number): number {
  const u = 20 + siluOut.x - uShift[head];
  const h = u + siluOut.b + injectShift[head] - 17;
  return siluOut.c + h - yShift[head];
}
