/**
 * Front of the layer: residual -> norm -> [HAT] -> quantizer -> in_proj's MAT array -> rescale -> corner turns. The LM head runs through
 * the same processes with another descriptor; its rows leave as logits.
 */
import type { Channel } from '../../kernel/ir.js';
import type { Size } from '../../kernel/size.js';
import { sint, typeOf } from '../../kernel/type.js';
import { rescale } from '../compute/rescale.js';
import type { Extent } from '../idioms/extent.js';
import { cornerTurn, cornerTurnPair } from '../movement/corner-turn.js';
import { gearbox } from '../movement/gearbox.js';
import { readRuns, writePort } from '../movement/mover.js';
import type { LayerContext } from './context.js';
import { fitLanes, times } from './fit.js';
import { matArray } from './mat-array.js';
import { normChain } from './norm-chain.js';

/** What in_proj hands on, token by token, [R] s16. */
export interface FrontOutputs {
  /** Rows of nHeads valid lanes. */
  readonly dt: Channel;
  /** B, C, x. */
  readonly xbc: Channel;
  readonly z: Channel;
}

export function buildFront(layer: LayerContext): FrontOutputs {
  const { net, shape, scalars: s, ports, named } = layer;
  const { dims, sizes, rescaleLanes, pairs } = shape;
  const { dModel } = dims;
  const rows = net.channel(
    'residual_words',
    ports.residualIn.type,
    'Residual stream, in the words of memory.',
  );
  readRuns(net, 'read_residual_in', {
    port: ports.residualIn,
    base: s.residualBase,
    output: rows,
    words: times(s.runTokens, dModel / shape.residualLanes),
    parts: s.parts,
    moreRuns: s.moreRuns,
    stride: dModel / shape.residualLanes,
  });
  const allTokens = { count: s.tokens, lanes: dModel };
  const quantized = normChain(net, {
    names: { norm: 'norm_in', hat: 'hat_in', quantize: 'quantize_in' },
    input: fitLanes(net, 'residual_to_norm', rows, { shape: [shape.normLanes], ...allTokens }),
    lanes: shape.normLanes,
    rows: s.tokens,
    words: named.normWords,
    allWords: times(s.tokens, named.normWords.value),
    inShift: s.normInShift,
    epsLow: s.normEpsLow,
    epsHigh: s.normEpsHigh,
    outFracBits: s.normOutFrac,
    hatSize: dims.hatIn,
    multiplier: s.quantInMultiplier,
    shift: s.quantInShift,
  });
  const { acc, parameters } = matArray(net, {
    side: 'in',
    array: shape.inProj,
    shape,
    mostTokens: named.chunkTokens,
    input: fitLanes(net, 'quantize_to_mat_in', quantized, { shape: [shape.inProj.cols], ...allTokens }),
    chunks: s.chunks,
    tokens: s.tokens,
    chunkTokens: s.chunkTokens,
    lastTokens: s.lastTokens,
    slots: s.inSlots,
    rowTiles: s.inTiles,
    colTiles: named.inColTiles,
    weightPorts: ports.weightsIn,
    weightsBase: s.weightsInBase,
    weightWords: s.weightsInWords,
    stream: sizes.weightsIn,
    ...(s.weightsInWide ? { wide: { stream: sizes.weightsHead, when: s.weightsInWide } } : {}),
    parameterPort: ports.rescaleIn,
    parameterBase: s.rescaleInBase,
    parameterWords: s.rescaleInWords,
    rescaleLanes,
  });

  const word = typeOf(sint(16), rescaleLanes);
  const dt = net.channel('dt_tiles', typeOf(sint(16, 11), rescaleLanes), 'dt before SoftPlus, tile by tile.');
  const xbc = net.channel('xbc_tiles', word, 'B, C and x before the convolution, tile by tile.');
  const z = net.channel('z_tiles', word, 'z, tile by tile.');
  const logits = net.channel('logit_tiles', word, 'Logits, tile by tile.');
  // The LM head has no rows before the logits.
  const ends = [sizes.dtTiles, sizes.xbcTiles, sizes.zTiles].map((_, i, tiles) =>
    times(
      s.layerParamPasses,
      tiles.slice(0, i + 1).reduce((sum, count) => sum + count, 0),
    ),
  );
  const [dtEnd, xbcEnd, zEnd] = ends as [Extent, Extent, Extent];
  rescale(net, 'rescale_in', {
    input: acc,
    parameters,
    outputs: [
      { channel: dt, firstTile: 0, lastTile: dtEnd },
      { channel: xbc, firstTile: dtEnd, lastTile: xbcEnd },
      { channel: z, firstTile: xbcEnd, lastTile: zEnd },
      { channel: logits, firstTile: zEnd, lastTile: s.inTiles },
    ],
    chunks: s.chunks,
    tiles: s.inTiles,
    chunkTokens: s.chunkTokens,
    lastTokens: s.lastTokens,
    rowWords: named.inTileWords,
  });
  writeLogits(layer, logits);

  const turn = (
    name: string,
    what: string,
    { input, tiles, tokenWords, isPair }: { input: Channel; tiles: Size; tokenWords: Size; isPair: boolean },
  ) => {
    const output = net.channel(`${name}_rows`, input.type, `${what}, token by token.`);
    (isPair ? cornerTurnPair : cornerTurn)(net, name, {
      input,
      output,
      chunks: s.ssmChunks,
      tokens: s.ssmTokens,
      chunkTokens: s.chunkTokens,
      lastTokens: s.lastTokens,
      mostTokens: named.chunkTokens,
      tiles,
      tileWords: named.inTileWords,
      tokenWords,
    });
    return output;
  };
  return {
    // With pairs of buffers, the state space and the gate read a chunk while in_proj makes the next one.
    dt: turn('turn_dt', 'dt before SoftPlus', {
      input: dt,
      tiles: named.dtRowTiles,
      tokenWords: named.dtWords,
      isPair: pairs.xbc,
    }),
    xbc: turn('turn_xbc', 'B, C and x before the convolution', {
      input: xbc,
      tiles: named.xbcRowTiles,
      tokenWords: named.xbcWords,
      isPair: pairs.xbc,
    }),
    z: turn('turn_z', 'z', { input: z, tiles: named.zRowTiles, tokenWords: named.zWords, isPair: pairs.z }),
  };
}

function writeLogits({ net, shape, scalars: s, ports }: LayerContext, logits: Channel): void {
  const lanes = ports.logits.type.shape[0];
  let input = logits;
  if (lanes !== shape.rescaleLanes) {
    // Only a head descriptor makes logits: the words follow from its own count, not from the tokens.
    input = net.channel('logit_words', typeOf(logits.type.element, lanes), 'Logits, in the words of memory.');
    const wider = Math.log2(Math.max(1, shape.rescaleLanes / lanes));
    gearbox(net, 'logits_to_port', {
      input: logits,
      output: input,
      wideWords: (p) => p.arg(s.logitsWords).shr(wider),
    });
  }
  writePort(net, 'write_logits', {
    port: ports.logits,
    base: s.logitsBase,
    repeats: 1,
    input,
    words: s.logitsWords,
  });
}
