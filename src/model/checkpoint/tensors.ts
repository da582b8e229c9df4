/**
 * The tensors of a Mamba2 model under names of our own, independent of how a checkpoint spells them, with the shape that
 * the config gives each.
 */
import { dConv, dInProj, type Mamba2Config } from '../config/mamba2-config.js';

/** Tensors that exist once a model. */
export type GlobalTensor = 'embedding' | 'lmHead' | 'finalNorm';

/** Tensors of one layer. */
export type LayerTensor =
  | 'norm'
  | 'inProj'
  | 'inProjBias'
  | 'convWeight'
  | 'convBias'
  | 'dtBias'
  | 'aLog'
  | 'd'
  | 'gatedNorm'
  | 'outProj'
  | 'outProjBias';

/** The name of any tensor of a model. */
export type TensorName = GlobalTensor | `layers.${number}.${LayerTensor}`;

/** A tensor in memory: row-major data of the shape. */
export interface Tensor {
  readonly name: TensorName;
  readonly shape: number[];
  readonly data: Float32Array;
}

/** The name of a tensor of layer `layer` (from 0). */
export function layerTensor(layer: number, tensor: LayerTensor): TensorName {
  return `layers.${layer}.${tensor}`;
}

/** What a tensor looks like in a model of this config and how checkpoint files may spell its name. */
export interface TensorSpec {
  readonly name: TensorName;
  readonly shape: number[];
  /** Spellings in files, without the optional `backbone.` prefix. */
  readonly fileNames: string[];
}

const LAYER_FILE_NAMES: Record<LayerTensor, string> = {
  norm: 'norm.weight',
  inProj: 'mixer.in_proj.weight',
  inProjBias: 'mixer.in_proj.bias',
  convWeight: 'mixer.conv1d.weight',
  convBias: 'mixer.conv1d.bias',
  dtBias: 'mixer.dt_bias',
  aLog: 'mixer.A_log',
  d: 'mixer.D',
  gatedNorm: 'mixer.norm.weight',
  outProj: 'mixer.out_proj.weight',
  outProjBias: 'mixer.out_proj.bias',
};

function layerShapes(c: Mamba2Config): Partial<Record<LayerTensor, number[]>> {
  return {
    norm: [c.dModel],
    inProj: [dInProj(c), c.dModel],
    ...(c.useBias && { inProjBias: [dInProj(c)] }),
    convWeight: [dConv(c), c.convKernel],
    ...(c.useConvBias && { convBias: [dConv(c)] }),
    dtBias: [c.nHeads],
    aLog: [c.nHeads],
    d: [c.nHeads],
    gatedNorm: [c.dInner],
    outProj: [c.dModel, c.dInner],
    ...(c.useBias && { outProjBias: [c.dModel] }),
  };
}

/** Every tensor that a model of this config has, in order of use; the head only when it is not tied. */
export function tensorSpecs(config: Mamba2Config): TensorSpec[] {
  const specs: TensorSpec[] = [
    { name: 'embedding', shape: tableShape(config), fileNames: ['embeddings.weight', 'embedding.weight'] },
  ];
  const shapes = Object.entries(layerShapes(config)) as [LayerTensor, number[]][];
  for (let layer = 0; layer < config.nLayers; layer++) {
    for (const [tensor, shape] of shapes) {
      const fileNames = [`layers.${layer}.${LAYER_FILE_NAMES[tensor]}`];
      specs.push({ name: layerTensor(layer, tensor), shape, fileNames });
    }
  }
  specs.push({ name: 'finalNorm', shape: [config.dModel], fileNames: ['norm_f.weight'] });
  if (!config.tieEmbeddings) specs.push(headSpec(config));
  return specs;
}

/** The head, which a file may hold also where it is tied. */
export function headSpec(config: Mamba2Config): TensorSpec {
  return { name: 'lmHead', shape: tableShape(config), fileNames: ['lm_head.weight'] };
}

const tableShape = ({ paddedVocabSize, dModel }: Mamba2Config) => [paddedVocabSize, dModel];
