/**
 * The arrays of a quantized layer and head under their names in an artifact, with type and shape by the config: one list
 * that the writer writes from and the reader checks against.
 */
import { dConv, dInProj, type Mamba2Config } from '../../model/config/mamba2-config.js';
import type { QuantizedHead, QuantizedLayer, QuantizedLinear } from '../types.js';
import { ARTIFACT_VERSION, type Manifest, type TensorEntry } from './manifest.js';

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

/** Shapes of a linear layer's arrays; `smooth` has an input multiplier a column. */
export function linearTensors(name: string, rows: number, cols: number, isSmooth: boolean): TensorShape[] {
  return [
    { name: `${name}.inputMultiplier`, dtype: 'uint16', shape: [isSmooth ? cols : 1] },
    { name: `${name}.weight`, dtype: 'int8', shape: [rows, cols] },
    { name: `${name}.bias`, dtype: 'int32', shape: [rows] },
    { name: `${name}.multiplier`, dtype: 'uint16', shape: [rows] },
    { name: `${name}.shift`, dtype: 'uint8', shape: [rows] },
  ];
}

/** Shapes of a layer's arrays, in the order of the file, in an artifact of this `version`. */
export function layerTensors(
  config: Mamba2Config,
  isSmooth: boolean,
  version: Manifest['version'] = ARTIFACT_VERSION,
): TensorShape[] {
  const channels = dConv(config);
  const perHead = (name: string, dtype: TensorType) => ({ name, dtype, shape: [config.nHeads] });
  return [
    ...linearTensors('inProj', dInProj(config), config.dModel, isSmooth),
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
    ...linearTensors('outProj', config.dModel, config.dInner, isSmooth),
  ];
}

/** Shapes of the head's arrays. */
export function headTensors(config: Mamba2Config, isSmooth: boolean): TensorShape[] {
  return linearTensors('lmHead', config.paddedVocabSize, config.dModel, isSmooth);
}

/** The array called `name` (`inProj.weight`, `absA`, ...) of a layer or head. */
export function arrayOf(part: QuantizedLayer | QuantizedHead, name: string): TensorData {
  const found = name
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], part);
  return found as TensorData;
}

/** Scalars of a linear layer that go into the manifest. */
export function linearFields({ rows, cols, hatSize, inputShift }: QuantizedLinear) {
  return { rows, cols, hatSize, inputShift };
}
