/** The plan's numbers for config.hpp, and what must hold between them: written once here, checked again by the C++ compiler. */
import { type AcceleratorShape, derive } from '../units/shape.js';
import type { EmitOptions, Size } from './cpp-project.js';

type Asserts = NonNullable<EmitOptions['asserts']>;

/** Constants of an accelerator, dimensions of the model first. */
export function acceleratorSizes(shape: AcceleratorShape): Size[] {
  const { dims } = shape;
  const size = (name: string, value: number, doc: string): Size => ({ name, value, doc });
  return [
    size('d_model', dims.dModel, 'width of the residual stream'),
    size('d_inner', dims.dInner, 'width of x, z and the gated norm'),
    size('heads', dims.nHeads, 'heads of the state space'),
    size('head_dim', dims.headDim, 'positions of a head'),
    size('d_state', dims.dState, 'state entries of a position'),
    size('groups', dims.nGroups, 'sets of B and C'),
    size('conv_taps', dims.convKernel, 'tokens the convolution sees'),
    size('vocabulary_rows', dims.vocabRows, 'rows of the LM head'),
    size('state_bits', dims.stateBits, 'width of the state'),
    size('chunk_tokens', shape.chunkTokens, 'tokens a chunk, T'),
    size('max_tokens', shape.maxTokens, 'tokens of the longest call'),
    size('residual_lanes', shape.residualLanes, 'values a residual word'),
    size('norm_lanes', shape.normLanes, 'values a cycle in the input norm'),
    size('in_proj_rows', shape.inProj.rows, 'rows of the in_proj MAT array'),
    size('in_proj_cols', shape.inProj.cols, 'columns of the in_proj MAT array'),
    size('out_proj_rows', shape.outProj.rows, 'rows of the out_proj MAT array'),
    size('out_proj_cols', shape.outProj.cols, 'columns of the out_proj MAT array'),
    size('weight_lanes', shape.weightLanes, 'bytes a weight port word'),
    size('weight_ports', shape.weightPorts, 'ports of each weight stream'),
    size('rescale_lanes', shape.rescaleLanes, 'values a cycle behind in_proj, and NAU lanes'),
    size('conv_lanes', shape.convLanes, 'channels a cycle in the convolution'),
    size('ssm_rows', shape.ssm.rows, 'positions a cycle in the state space'),
    size('ssm_cols', shape.ssm.cols, 'state entries a cycle of each position'),
    size('gate_lanes', shape.gateLanes, 'values a cycle in gate and gated norm'),
    size('add_lanes', shape.addLanes, 'values a cycle in the residual adder'),
    size('in_proj_tiles', derivedTiles(shape), 'output tiles of in_proj'),
    size('out_proj_tiles', derive(shape).outTiles, 'output tiles of out_proj'),
    size('head_tiles', derive(shape).headTiles, 'output tiles of the LM head'),
  ];
}

function derivedTiles(shape: AcceleratorShape): number {
  const { dtTiles, xbcTiles, zTiles } = derive(shape);
  return dtTiles + xbcTiles + zTiles;
}

/** Conditions in C++ over the constants above (docs/accelerator.md), with their meaning in words. */
export function acceleratorAsserts(): Asserts {
  const holds = (condition: string, message: string) => ({ condition, message });
  const divides = (part: string, whole: string, words: string) =>
    holds(`(${whole}) % (${part}) == 0`, `${words} must be a whole number`);
  const wordBytes = 'weight_lanes * weight_ports';
  return [
    holds('heads * head_dim == d_inner', 'the heads must make up d_inner'),
    divides('groups', 'heads', 'heads a group'),
    divides('residual_lanes', 'd_model', 'residual words a token'),
    divides('norm_lanes', 'residual_lanes', 'norm words a residual word'),
    divides('norm_lanes', 'in_proj_cols', 'norm words an in_proj tile'),
    divides('in_proj_cols', 'd_model', 'in_proj tiles a row'),
    divides('out_proj_cols', 'd_inner', 'out_proj tiles a row'),
    divides('gate_lanes', 'out_proj_cols', 'gate words an out_proj tile'),
    divides('gate_lanes', 'head_dim', 'gate words a head'),
    divides('rescale_lanes', 'in_proj_rows', 'rescale words an in_proj tile'),
    divides('add_lanes', 'out_proj_rows', 'adder words an out_proj tile'),
    divides('add_lanes', 'residual_lanes', 'adder words a residual word'),
    divides('conv_lanes', 'd_inner', 'convolution words of x'),
    divides('conv_lanes', 'groups * d_state', 'convolution words of B and of C'),
    divides('ssm_rows', 'head_dim', 'state space steps over a head'),
    divides('ssm_cols', 'd_state', 'state space steps over the state'),
    divides(wordBytes, 'in_proj_rows * in_proj_cols', 'memory words of an in_proj tile'),
    divides(wordBytes, 'out_proj_rows * out_proj_cols', 'memory words of an out_proj tile'),
  ];
}
