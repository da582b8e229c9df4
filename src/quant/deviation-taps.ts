/**
 * The taps at which a golden layer is held against the float layer: how each golden integer reads as a real value, and the float
 * value it stands for. Both sides as flat lists, a token after the other.
 */
import type { Mamba2Config } from '../model/config/mamba2-config.js';
import { rmsNorm, silu } from '../model/float/math.js';
import type { TapName } from '../model/float/taps.js';
import type { GoldenTap } from './golden/observer.js';
import { blockHadamard, identityRotation, type Rotation } from './rotate/rotate.js';
import type { QuantizedLayer, QuantizedLinear, QuantizedNorm, QuantizedScalars } from './types.js';

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

/**
 * More taps, in the order of the computation: beside those of `comparedTaps` what both norms give and what the linear layers multiply, int8,
 * before gain (which is in the weights) and in golden's rotation; and SiLU of z.
 */
export function allTaps(context: DeviationContext): ComparedTap[] {
  const { config, layer, rotation } = context;
  const { dModel, dInner, nGroups, groupNorm } = config;
  const residual: NormAndInput = {
    ...{ of: 'residual', norm: layer.norm, linear: layer.inProj, groups: 1, rotation },
  };
  const inner: NormAndInput = {
    ...{ of: 'gated', norm: layer.gatedNorm, linear: layer.outProj },
    ...{ groups: groupNorm ? nGroups : 1, rotation: identityRotation(dInner) },
  };
  const siluZ: ComparedTap = {
    ...{ name: 'silu z', golden: 'silu_z.out', float: 'inProj', first: 0, count: dInner },
    ...{ low: -32768, high: 32767, unit: () => 2 ** -layer.siluOut.z },
    prepare: (values) => values.forEach((z, i) => void (values[i] = silu(z))),
  };
  const compared = comparedTaps(context);
  const gate = compared.findIndex(({ name }) => name === 'gate');
  return [
    ...normTaps(config, residual, ['norm', 'norm.out', 'in_proj int8', 'in_proj.x'], dModel),
    ...[...compared.slice(0, gate), siluZ, compared[gate]],
    ...normTaps(config, inner, ['gated norm', 'gated_norm.out', 'out_proj int8', 'out_proj.x'], dInner),
    ...compared.slice(gate + 1),
  ];
}

/** A norm and the quantizer of the linear layer after it. */
interface NormAndInput {
  readonly of: TapName;
  readonly norm: QuantizedNorm;
  readonly linear: QuantizedLinear;
  readonly groups: number;
  /** Of what the norm reads. */
  readonly rotation: Rotation;
}

function normTaps(
  { normEps }: Mamba2Config,
  { of, norm, linear, groups, rotation }: NormAndInput,
  [normName, normTap, inputName, inputTap]: readonly [string, GoldenTap, string, GoldenTap],
  count: number,
): ComparedTap[] {
  const { hatSize, inputMultiplier, inputShift } = linear;
  const width = count / groups;
  const unit = Math.sqrt(width) * 2 ** -norm.outFracBits;
  const ones = new Float32Array(width).fill(1);
  const prepare = (values: Float64Array) => {
    values.set(rmsNorm(values, ones, width, normEps));
    rotation.apply(values);
  };
  const hat = hatSize > 1 ? blockHadamard(count, hatSize) : identityRotation(count);
  const multiplier = (i: number) => inputMultiplier[inputMultiplier.length > 1 ? i : 0];
  return [
    {
      ...{ name: normName, golden: normTap, float: of, first: 0, count, prepare },
      ...{ low: -32768, high: 32767, unit: () => unit },
    },
    {
      ...{ name: inputName, golden: inputTap, float: of, first: 0, count, low: -128, high: 127 },
      // SmoothQuant may leave a channel a multiplier of 0, and so no value.
      unit: (i) =>
        multiplier(i) === 0 ? 0 : (unit / Math.sqrt(hatSize)) * (2 ** inputShift / multiplier(i)),
      prepare: (values) => {
        prepare(values);
        hat.apply(values);
      },
    },
  ];
}

function yFracBits({ siluOut, uShift, injectShift, yShift }: QuantizedLayer, head: number): number {
  const u = 20 + siluOut.x - uShift[head];
  const h = u + siluOut.b + injectShift[head] - 17;
  return siluOut.c + h - yShift[head];
}
