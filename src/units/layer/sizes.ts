/** The sizes of a layer by their names in the emitted code: those of its shape, and the counts of words that follow from them. */
import { namedSize as size } from '../../kernel/size.js';
import { type AcceleratorShape, rowWords, sharesWords, xLanes } from '../shape.js';

/** All of them; the order is that of the emitted list. */
export function layerSizes(shape: AcceleratorShape) {
  const { dims } = shape;
  const d = shape.sizes;
  return {
    dModel: size('d_model', dims.dModel, 'width of the residual stream'),
    dInner: size('d_inner', dims.dInner, 'width inside a layer'),
    heads: size('n_heads', dims.nHeads, 'heads'),
    headDim: size('head_dim', dims.headDim, 'positions a head'),
    dState: size('d_state', dims.dState, 'state indices'),
    groups: size('n_groups', dims.nGroups, 'groups of B and C'),
    convKernel: size('conv_kernel', dims.convKernel, 'taps of the convolution'),
    vocabRows: size('vocab_rows', dims.vocabRows, 'rows of the LM head'),
    stateBits: size('state_bits', dims.stateBits, 'width of the SSM state'),
    chunkTokens: size('chunk_tokens', shape.chunkTokens, 'tokens a chunk (T)'),
    maxTokens: size('max_tokens', shape.maxTokens, 'longest call, in tokens'),
    inProjRows: size('in_proj_rows', shape.inProj.rows, 'rows of the in_proj MAT array'),
    inProjCols: size('in_proj_cols', shape.inProj.cols, 'columns of the in_proj MAT array'),
    outProjRows: size('out_proj_rows', shape.outProj.rows, 'rows of the out_proj MAT array'),
    outProjCols: size('out_proj_cols', shape.outProj.cols, 'columns of the out_proj MAT array'),
    weightLanes: size('weight_lanes', shape.weightLanes, 'bytes a weight port delivers a cycle'),
    weightPorts: size('weight_ports', shape.weightPorts, 'weight ports an array'),
    normLanes: size('norm_lanes', shape.normLanes, 'lanes of the input norm'),
    rescaleLanes: size('rescale_lanes', shape.rescaleLanes, 'lanes of the in_proj rescale and of the NAU'),
    convLanes: size('conv_lanes', shape.convLanes, 'lanes of the convolution'),
    ssmRows: size('ssm_rows', shape.ssm.rows, 'positions a step of the state update'),
    ssmCols: size('ssm_cols', shape.ssm.cols, 'state indices a step of the state update'),
    gateLanes: size('gate_lanes', shape.gateLanes, 'lanes of gate, gated norm and its HAT'),
    addLanes: size('add_lanes', shape.addLanes, 'lanes of the residual adder'),
    ...(dims.weights
      ? {
          weightBits: size('weight_bits', dims.weights.bits, 'bits of a weight in memory'),
          headBits: size('head_bits', dims.weights.headBits, 'bits of a weight of the LM head in memory'),
        }
      : {}),
    tileWordsIn: size('tile_words_in', d.tileWordsIn, 'words a port and in_proj tile'),
    tileWordsOut: size('tile_words_out', d.tileWordsOut, 'words a port and out_proj tile'),
    normWords: size('norm_words', dims.dModel / shape.normLanes, 'words of a row in the input norm'),
    gatedNormWords: size(
      'gated_norm_words',
      dims.dInner / (dims.groupNorm ? dims.nGroups : 1) / shape.gateLanes,
      'words of a row in the gated norm',
    ),
    headRows: size('head_row_steps', dims.headDim / xLanes(shape), 'steps over the positions of a head'),
    ...(sharesWords(dims, shape.ssm)
      ? {
          rowWords: size(
            'row_word_steps',
            rowWords(dims, shape.ssm),
            'steps over the positions of all heads',
          ),
        }
      : {}),
    stateCols: size('state_col_steps', dims.dState / shape.ssm.cols, 'steps over the state indices'),
    headsPerGroup: size('heads_per_group', dims.nHeads / dims.nGroups, 'heads that share B and C'),
    headWords: size('head_words', dims.headDim / shape.gateLanes, 'words a head in gate and gated norm'),
    convWords: size('conv_words', d.dConv / shape.convLanes, 'words of a token in the convolution'),
    inTileWords: size(
      'in_tile_words',
      shape.inProj.rows / shape.rescaleLanes,
      'words of an in_proj tile and token after the rescale',
    ),
    outTileWords: size(
      'out_tile_words',
      shape.outProj.rows / shape.addLanes,
      'words of an out_proj tile and token after the rescale',
    ),
    inColTiles: size('in_col_tiles', d.inColTiles, 'in_proj tiles side by side'),
    outColTiles: size('out_col_tiles', d.outColTiles, 'out_proj tiles side by side'),
    outRowTiles: size('out_row_tiles', d.outTiles, 'out_proj tiles one below the other'),
    dtRowTiles: size('dt_row_tiles', d.dtTiles, 'in_proj tiles of dt'),
    xbcRowTiles: size('xbc_row_tiles', d.xbcTiles, 'in_proj tiles of B, C and x'),
    zRowTiles: size('z_row_tiles', d.zTiles, 'in_proj tiles of z'),
    dtWords: size('dt_words', Math.ceil(dims.nHeads / shape.rescaleLanes), 'words of a token of dt'),
    xbcWords: size('xbc_words', Math.ceil(d.dConv / shape.rescaleLanes), 'words of a token of B, C and x'),
    zWords: size('z_words', Math.ceil(dims.dInner / shape.rescaleLanes), 'words of a token of z'),
    outWords: size('out_words', dims.dModel / shape.addLanes, 'words of a token of out_proj'),
  };
}

export type LayerSizes = ReturnType<typeof layerSizes>;
