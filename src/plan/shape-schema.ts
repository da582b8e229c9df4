/** Schemas of what a plan takes from the units: the model's dimensions and the shape of the accelerator. */
import { z } from 'zod';
import type {
  ArrayShape,
  MatShape,
  ModelDims,
  ShapeParameters,
  TurnPairs,
  WeightFormat,
} from '../units/shape.js';
import { count, fieldsOf, flag, size } from '../util/schema-parts.js';

const bits = z.literal([8, 4, 2]);

const weightsSchema = fieldsOf<WeightFormat>({
  bits: bits.describe('bits of a weight of in_proj and out_proj'),
  headBits: bits.describe('bits of a weight of the LM head'),
  group: count('input columns that share a scale where weights have fewer than 8 bits; 0: no scales'),
}).describe('weights in memory; absent: 8 bits, no scales');

export const dimsSchema = fieldsOf<Omit<ModelDims, 'weights'>>({
  dModel: size('width of the residual stream'),
  dInner: size('width inside a layer'),
  nHeads: size('heads'),
  headDim: size('positions a head'),
  dState: size('state indices'),
  nGroups: size('groups of B and C'),
  convKernel: size('taps of the convolution'),
  vocabRows: size('rows of the LM head, padding included'),
  groupNorm: flag('whether the gated norm is over each group instead of over all of dInner'),
  hatIn: size('block size of the online Hadamard transform before in_proj; 1: none'),
  hatOut: size('block size of the online Hadamard transform before out_proj; 1: none'),
  stateBits: size('width of the SSM state, bits'),
})
  .extend({ weights: weightsSchema.exactOptional() })
  .describe('dimensions of the model that the hardware is built for');

const rowsOf = { rows: size('rows, products a cycle'), cols: size('columns, products a cycle') };

export const arraySchema = fieldsOf<ArrayShape>(rowsOf);

export const matSchema = fieldsOf<MatShape>({
  ...rowsOf,
  lutRows: count('rows whose multipliers are made of LUTs, not of DSP blocks'),
});

const pairsSchema = fieldsOf<TurnPairs>({
  xbc: flag('two buffers for dt, B, C and x'),
  z: flag('two buffers for z'),
  out: flag('two buffers for the results of out_proj'),
});

export const shapeSchema = fieldsOf<Omit<ShapeParameters, 'dims'>>({
  chunkTokens: size('tokens a chunk'),
  maxTokens: size('longest call that the kernel accepts, tokens'),
  residualLanes: size('values a cycle of the residual stream'),
  normLanes: size('values a cycle of the input norm'),
  inProj: matSchema.describe('MAT array of in_proj and of the LM head'),
  outProj: matSchema.describe('MAT array of out_proj'),
  weightLanes: size('bytes a cycle of a weight port'),
  weightPorts: size('weight ports of an array'),
  rescaleLanes: size('values a cycle of the rescale of in_proj and of the NAU'),
  convLanes: size('channels a cycle of the convolution'),
  ssm: arraySchema.describe('positions x state indices a cycle of the state update'),
  gateLanes: size('values a cycle of gate and gated norm'),
  addLanes: size('values a cycle of the residual adder'),
  pairs: pairsSchema.describe('corner turns made of two buffers that take turns'),
  weightFifoWords: size('words that each weight FIFO holds'),
}).describe('lanes, tiles and buffers of the accelerator');
