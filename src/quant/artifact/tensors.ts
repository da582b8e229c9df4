/**
 * The arrays of a quantized layer and head under their names in an artifact, with type and shape by the config: one list
 * that the writer writes from and the reader checks against.
 */
import { dConv, dInProj, type Mamba2Config } from '../../model/config/mamba2-config.js';
import type { QuantizedHead, QuantizedLayer, QuantizedLinear, QuantOptions, WeightBits } from '../types.js';
import { ARTIFACT_VERSION, type Manifest, type TensorEntry } from './manifest.js';
import { groupsOf, packCodes, packedBytes, packScales, unpackCodes, unpackScales } from './packed-weights.js';

/** The array types that a tensor file holds. */
export type TensorData = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;
export type TensorType = TensorEntry['dtype'];

/** Constructor of each type. */
export const ARRAY_OF = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
} as const;

/** What is stored of a tensor beside its bytes. */
export interface TensorShape {
  readonly name: string;
  readonly dtype: TensorType;
  readonly shape: number[];
}

/** Options that types and shapes follow from. */
export type StoredOptions = Pick<QuantOptions, 'hadamard' | 'weightBits' | 'headBits' | 'weightGroup'>;

/** Shapes of a linear layer's arrays; `smooth` has an input multiplier a column, weights of fewer than 8 bits are packed (packed-weights.ts). */
export function linearTensors(
  name: string,
  rows: number,
  cols: number,
  { hadamard, weightGroup }: StoredOptions,
  weightBits: WeightBits,
): TensorShape[] {
  const groups = weightBits === 8 ? 0 : groupsOf(cols, weightGroup);
  return [
    { name: `${name}.inputMultiplier`, dtype: 'uint16', shape: [hadamard === 'smooth' ? cols : 1] },
    weightBits === 8
      ? { name: `${name}.weight`, dtype: 'int8', shape: [rows, cols] }
      : { name: `${name}.weight`, dtype: 'uint8', shape: [rows, packedBytes(cols, weightBits)] },
    ...(groups === 0
      ? []
      : [{ name: `${name}.groupScale`, dtype: 'uint8' as const, shape: [rows, packedBytes(groups, 4)] }]),
    { name: `${name}.bias`, dtype: 'int32', shape: [rows] },
    { name: `${name}.multiplier`, dtype: 'uint16', shape: [rows] },
    { name: `${name}.shift`, dtype: 'uint8', shape: [rows] },
  ];
}

/** Shapes of a layer's arrays, in the order of the file, in an artifact of this `version`. */
export function layerTensors(
  config: Mamba2Config,
  options: StoredOptions,
  version: Manifest['version'] = ARTIFACT_VERSION,
): TensorShape[] {
  const channels = dConv(config);
  const perHead = (name: string, dtype: TensorType) => ({ name, dtype, shape: [config.nHeads] });
  return [
    ...linearTensors('inProj', dInProj(config), config.dModel, options, options.weightBits),
    { name: 'convWeight', dtype: 'int16', shape: [channels, config.convKernel] },
    { name: 'convBias', dtype: 'int32', shape: [channels] },
    { name: 'convShift', dtype: 'uint8', shape: [channels] },
    perHead('absA', 'uint32'),
    ...(version === 1 ? [] : [perHead('aShift', 'uint8')]),
    perHead('uShift', 'uint8'),
    perHead('injectShift', 'uint8'),
    perHead('dSkip', 'int16'),
    perHead('skipShift', 'uint8'),
    perHead('yShift', 'uint8'),
    perHead('gateShift', 'uint8'),
    ...linearTensors('outProj', config.dModel, config.dInner, options, options.weightBits),
  ];
}

/** Shapes of the head's arrays. */
export function headTensors(config: Mamba2Config, options: StoredOptions): TensorShape[] {
  return linearTensors('lmHead', config.paddedVocabSize, config.dModel, options, options.headBits);
}

/** The array called `name` (`inProj.weight`, `absA`, ...) of a layer or head, as it is stored. */
export function arrayOf(part: QuantizedLayer | QuantizedHead, name: string): TensorData {
  const keys = name.split('.');
  const [owner, found] = [keys.slice(0, -1), keys].map((path) =>
    path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], part),
  );
  const linear = owner as QuantizedLinear;
  if (name.endsWith('.weight') && linear.weightBits < 8) return packCodes(linear);
  if (name.endsWith('.groupScale')) return packScales(linear);
  return found as TensorData;
}

/** A linear layer from its arrays as they are stored, and what the manifest says of it. */
export function linearOf(
  fields: LinearFields,
  stored: StoredLinear,
  { weightGroup: group }: StoredOptions,
  weightBits: WeightBits,
): QuantizedLinear {
  const { weight, groupScale: scales, ...arrays } = stored;
  const weightGroup = weightBits === 8 ? 0 : group;
  const shape = { ...fields, weightBits, weightGroup };
  const groupScale = scales ? unpackScales(shape, scales) : new Uint8Array(0);
  if (weightBits === 8) return { ...shape, ...arrays, groupScale, weight: weight as Int8Array };
  return {
    ...shape,
    ...arrays,
    groupScale,
    weight: unpackCodes({ ...shape, groupScale }, weight as Uint8Array),
  };
}

/** The arrays of a linear layer as they are stored. */
export type StoredLinear = Pick<QuantizedLinear, 'inputMultiplier' | 'bias' | 'multiplier' | 'shift'> & {
  readonly weight: Int8Array | Uint8Array;
  readonly groupScale?: Uint8Array;
};
type LinearFields = Pick<QuantizedLinear, 'rows' | 'cols' | 'hatSize' | 'inputShift'>;

/** Scalars of a linear layer that go into the manifest. */
export function linearFields({ rows, cols, hatSize, inputShift }: QuantizedLinear) {
  return { rows, cols, hatSize, inputShift };
}
