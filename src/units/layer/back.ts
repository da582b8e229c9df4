/** Back of the layer: y, z -> gate -> norm -> [HAT] -> quantizer -> out_proj's MAT array -> rescale -> corner turn -> residual. */
import type { Channel } from '../../kernel/ir.js';
import { product } from '../../kernel/size.js';
import { sint, typeOf } from '../../kernel/type.js';
import { addResidual } from '../compute/add-residual.js';
import { gate } from '../compute/gate.js';
import { rescale } from '../compute/rescale.js';
import { silu } from '../compute/silu.js';
import { cornerTurn, cornerTurnPair } from '../movement/corner-turn.js';
import { readPort, writePort } from '../movement/mover.js';
import type { LayerContext } from './context.js';
import { fitLanes, times } from './fit.js';
import { matArray } from './mat-array.js';
import { normChain } from './norm-chain.js';
import type { LayerParamChannels } from './params.js';

export function buildBack(
  layer: LayerContext,
  streams: { readonly y: Channel; readonly z: Channel },
  params: LayerParamChannels,
): void {
  const { net, shape, scalars: s, ports, named } = layer;
  const { dims, sizes, gateLanes, addLanes } = shape;
  const tokens = s.ssmTokens;
  const inner = { count: tokens, lanes: dims.dInner };
  const gated = buildGate(layer, streams, params);
  const groups = dims.groupNorm ? dims.nGroups : 1;
  const quantized = normChain(net, {
    names: { norm: 'gated_norm', hat: 'hat_out', quantize: 'quantize_out' },
    input: gated,
    lanes: gateLanes,
    rows: times(tokens, groups),
    words: named.gatedNormWords,
    allWords: times(tokens, dims.dInner / gateLanes),
    epsLow: s.gatedEpsLow,
    epsHigh: s.gatedEpsHigh,
    outFracBits: s.gatedOutFrac,
    hatSize: dims.hatOut,
    multiplier: s.quantOutMultiplier,
    shift: s.quantOutShift,
  });
  const { acc, parameters } = matArray(net, {
    side: 'out',
    array: shape.outProj,
    shape,
    mostTokens: named.chunkTokens,
    input: fitLanes(net, 'quantize_to_mat_out', quantized, { shape: [shape.outProj.cols], ...inner }),
    chunks: s.ssmChunks,
    tokens,
    chunkTokens: s.chunkTokens,
    lastTokens: s.lastTokens,
    slots: s.outSlots,
    rowTiles: named.outRowTiles,
    colTiles: named.outColTiles,
    weightPorts: ports.weightsOut,
    weightsBase: s.weightsOutBase,
    weightWords:
      sizes.weightsOut.bits === 8
        ? product(named.outRowTiles, named.outColTiles, named.tileWordsOut)
        : product(named.outRowTiles, sizes.weightsOut.rowWords),
    stream: sizes.weightsOut,
    parameterPort: ports.rescaleOut,
    parameterBase: s.rescaleOutBase,
    parameterWords: (sizes.outTiles * shape.outProj.rows * 4) / ports.rescaleOut.type.shape[0],
    rescaleLanes: addLanes,
  });
  const word = typeOf(sint(32), addLanes);
  const tiles = net.channel(
    'out_tiles',
    word,
    'Result of out_proj in the format of the residual, tile by tile.',
  );
  rescale(net, 'rescale_out', {
    input: acc,
    parameters,
    outputs: [{ channel: tiles, firstTile: 0, lastTile: sizes.outTiles }],
    chunks: s.ssmChunks,
    tiles: named.outRowTiles,
    chunkTokens: s.chunkTokens,
    lastTokens: s.lastTokens,
    rowWords: named.outTileWords,
  });
  const delta = net.channel('turn_out_rows', word, 'Result of out_proj, token by token.');
  (shape.pairs.out ? cornerTurnPair : cornerTurn)(net, 'turn_out', {
    input: tiles,
    output: delta,
    chunks: s.ssmChunks,
    tokens,
    chunkTokens: s.chunkTokens,
    lastTokens: s.lastTokens,
    mostTokens: named.chunkTokens,
    tiles: named.outRowTiles,
    tileWords: named.outTileWords,
    tokenWords: named.outWords,
  });
  buildResidual(layer, delta);
}

/** SiLU(z) and the gate; [gateLanes] s16. */
function buildGate(
  { net, shape, scalars: s, named }: LayerContext,
  { y, z }: { readonly y: Channel; readonly z: Channel },
  params: LayerParamChannels,
): Channel {
  const { dims, gateLanes } = shape;
  const tokens = s.ssmTokens;
  const inner = { count: tokens, lanes: dims.dInner };
  const siluZ = net.channel('silu_z_out', typeOf(sint(16), gateLanes), 'SiLU(z).');
  silu(net, 'silu_z', {
    input: fitLanes(net, 'z_to_gate', z, { shape: [gateLanes], ...inner }),
    tokens,
    segments: [
      { output: siluZ, words: dims.dInner / gateLanes, inFracBits: s.siluInZ, outFracBits: s.siluOutZ },
    ],
  });
  const gated = net.channel('gate_out', typeOf(sint(16), gateLanes), 'y times SiLU(z).');
  gate(net, 'gate', {
    y: fitLanes(net, 'y_to_gate', y, { shape: [gateLanes], ...inner }),
    s: siluZ,
    output: gated,
    parameters: params.gate,
    tokens,
    heads: named.heads,
    headWords: named.headWords,
    passes: s.layerParamPasses,
  });
  return gated;
}

/** residual + delta, back to where the residual came from. */
function buildResidual({ net, shape, scalars: s, ports }: LayerContext, delta: Channel): void {
  const { dims, addLanes, residualLanes } = shape;
  const tokens = s.ssmTokens;
  const words = times(tokens, dims.dModel / residualLanes);
  const all = { count: tokens, lanes: dims.dModel };
  const memory = net.channel(
    'residual_again_words',
    ports.residualAgain.type,
    'Residual stream, read again for the adder.',
  );
  const outputs = [{ channel: memory, words }];
  readPort(net, 'read_residual_again', {
    port: ports.residualAgain,
    base: s.residualBase,
    repeats: 1,
    outputs,
  });
  const sum = net.channel('add_residual_out', typeOf(sint(32), addLanes), 'Residual stream after the layer.');
  addResidual(net, 'add_residual', {
    residual: fitLanes(net, 'residual_to_add', memory, { shape: [addLanes], ...all }),
    delta,
    output: sum,
    words: times(tokens, dims.dModel / addLanes),
  });
  const input = fitLanes(net, 'residual_to_port', sum, { shape: [residualLanes], ...all });
  writePort(net, 'write_residual', {
    port: ports.residualOut,
    base: s.residualBase,
    repeats: 1,
    input,
    words,
  });
}
