/**
 * Random weights drawn as in a fresh Mamba2 (A_log, dt_bias, projections), with the outlier channels of trained models:
 * one norm gain or embedding column in 128 is 3 to 8 times larger. A tensor depends on seed and name alone.
 */

import { Random } from '../../util/random.js';
import type { LayerTensor, TensorName } from '../checkpoint/tensors.js';
import type { Mamba2Config } from '../config/mamba2-config.js';

const OUTLIER_SHARE = 1 / 128;

/** Gives the elements of a tensor in order, a piece of any length at a time. */
export type ElementSource = (count: number) => Float32Array;

/** The elements of tensor `name` in a synthetic model of this config and seed. */
export function syntheticElements(config: Mamba2Config, name: TensorName, seed: number): ElementSource {
  const random = new Random(seed, name);
  const draw = drawFor(config, name, random);
  let at = 0;
  return (count) => {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = draw(at++);
    return values;
  };
}

function drawFor(config: Mamba2Config, name: TensorName, random: Random): (index: number) => number {
  const uniform = (bound: number) => () => random.between(-bound, bound);
  const tensor = name.split('.').at(-1) as LayerTensor | 'embedding' | 'lmHead' | 'finalNorm';
  switch (tensor) {
    case 'embedding':
    case 'lmHead': {
      const scale = Array.from({ length: config.dModel }, () => 0.02 * outlier(random));
      return (index) => scale[index % config.dModel] * random.normal();
    }
    case 'norm':
    case 'gatedNorm':
    case 'finalNorm':
      return () => (1 + 0.1 * random.normal()) * outlier(random);
    case 'inProj':
      return uniform(1 / Math.sqrt(config.dModel));
    case 'outProj':
      return uniform(1 / Math.sqrt(config.dInner * config.nLayers));
    case 'convWeight':
    case 'convBias':
      return uniform(1 / Math.sqrt(config.convKernel));
    case 'inProjBias':
    case 'outProjBias':
      return () => 0.02 * random.normal();
    case 'aLog':
      return () => Math.log(random.between(1, 16));
    case 'd':
      return () => 1 + 0.2 * random.normal();
    case 'dtBias':
      return () => {
        const dt = Math.exp(random.between(Math.log(0.001), Math.log(0.1)));
        return dt + Math.log(-Math.expm1(-dt)); // inverse of softplus
      };
  }
}

function outlier(random: Random): number {
  return random.uniform() < OUTLIER_SHARE ? random.between(3, 8) : 1;
}
