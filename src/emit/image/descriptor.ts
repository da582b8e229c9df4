/** Descriptor values of a call: what one layer, or the final norm and LM head, needs for it (src/units/layer/scalars.ts). */

import type { MemoryLayout } from '../../plan/board/layout.js';
import type { QuantizedHead, QuantizedLayer, QuantizedNorm, QuantizedScalars } from '../../quant/types.js';
import { partWord } from '../../units/idioms/call-parts.js';
import { type CallPart, type HeadRuns, partScalars, tokensOf } from '../../units/layer/call.js';
import { callWork, chunksOf, headChunks } from '../../units/layer/chunks.js';
import type { LayerScalarValues } from '../../units/layer/scalars.js';

import type { AcceleratorShape } from '../../units/shape.js';

/** Values of a layer's descriptor; parts in the order of `callOrder`. Throws KernelError for parts that contradict each other. */
export function layerDescriptor(
  shape: AcceleratorShape,
  layout: MemoryLayout,
  scalars: QuantizedScalars,
  layer: QuantizedLayer,
  parts: readonly CallPart[],
): LayerScalarValues {
  const d = shape.sizes;
  const tokens = tokensOf(parts);
  const tiles = d.dtTiles + d.xbcTiles + d.zTiles;
  const base = (region: keyof MemoryLayout) => layer.index * layout[region].layerWords;
  const work = callWork(shape, tokens, tiles, chunksOf(shape, tokens, parts.length));
  return {
    ...work,
    residualBase: 0,
    moreRuns: 0,
    ...normFields(layer.norm),
    ...partScalars(shape, parts),
    weightsInWords: tiles * d.weightsIn.rowWords,
    weightsInWide: 0,
    ssmTokens: tokens,
    ssmChunks: work.chunks,
    layerParamPasses: tokens > 0 ? 1 : 0,
    weightsInBase: base('weights_in'),
    rescaleInBase: base('rescale_in_params'),
    rescaleInWords: layout.rescale_in_params.usedWords,
    weightsOutBase: base('weights_out'),
    rescaleOutBase: base('rescale_out_params'),
    layerParamsBase: base('layer_params'),
    stateBase: base('state'),
    convStateBase: base('conv_state'),
    logitsBase: 0,
    logitsWords: 0,
    quantInMultiplier: layer.inProj.inputMultiplier[0],
    quantInShift: layer.inProj.inputShift,
    siluInX: layer.siluIn.x,
    siluInB: layer.siluIn.b,
    siluInC: layer.siluIn.c,
    siluInZ: layer.siluIn.z,
    siluOutX: layer.siluOut.x,
    siluOutB: layer.siluOut.b,
    siluOutC: layer.siluOut.c,
    siluOutZ: layer.siluOut.z,
    dtMin: scalars.dtMin,
    dtMax: scalars.dtMax,
    gatedEpsLow: layer.gatedNorm.eps % 2 ** 32,
    gatedEpsHigh: Math.floor(layer.gatedNorm.eps / 2 ** 32),
    gatedOutFrac: layer.gatedNorm.outFracBits,
    quantOutMultiplier: layer.outProj.inputMultiplier[0],
    quantOutShift: layer.outProj.inputShift,
  };
}

/**
 * Values of the head's descriptor: the rows that in_proj's array gives become logits and everything else has no work. It looks at the
 * residual rows of `runs`, and its logits begin with row `firstLogits` of those of the call.
 */
export function headDescriptor(
  shape: AcceleratorShape,
  layout: MemoryLayout,
  head: QuantizedHead,
  layers: number,
  { starts, length }: HeadRuns,
  firstLogits = 0,
): LayerScalarValues {
  const d = shape.sizes;
  const tokens = starts.length * length;
  const rowWords = shape.dims.dModel / shape.residualLanes;
  const logitWords = (d.headTiles * shape.inProj.rows * 2) / layout.logits.wordBytes;
  const idle = {
    siluInX: 10,
    siluInB: 10,
    siluInC: 10,
    siluInZ: 10,
    siluOutX: 0,
    siluOutB: 0,
    siluOutC: 0,
    siluOutZ: 0,
  };
  return {
    ...callWork(shape, tokens, d.headTiles, headChunks(shape, tokens)),
    ...normFields(head.norm),
    weightsInWords: d.headTiles * d.weightsHead.rowWords,
    weightsInWide: 1,
    ...idle,
    // The first run lies at the base, the others from its start on.
    residualBase: (starts[0] ?? 0) * rowWords,
    runTokens: length,
    moreRuns: Math.max(0, starts.length - 1),
    parts: starts.map((start) => partWord({ start: start - starts[0], gives: 0, slot: 0 })),
    ...{ takes: 0, gives: 0, stateLoads: 0, stateStores: 0 },
    ssmTokens: 0,
    ssmChunks: 0,
    layerParamPasses: 0,
    weightsInBase: layers * layout.weights_in.layerWords,
    rescaleInBase: layers * layout.rescale_in_params.layerWords,
    rescaleInWords: layout.rescale_in_params.words - layers * layout.rescale_in_params.layerWords,
    weightsOutBase: 0,
    rescaleOutBase: 0,
    layerParamsBase: 0,
    stateBase: 0,
    convStateBase: 0,
    logitsBase: firstLogits * logitWords,
    logitsWords: tokens * logitWords,
    quantInMultiplier: head.lmHead.inputMultiplier[0],
    quantInShift: head.lmHead.inputShift,
    dtMin: 0,
    dtMax: 0,
    gatedEpsLow: 0,
    gatedEpsHigh: 0,
    gatedOutFrac: 0,
    quantOutMultiplier: 0,
    quantOutShift: 1,
  };
}

function normFields(norm: QuantizedNorm) {
  return {
    normInShift: norm.inShift,
    normEpsLow: norm.eps % 2 ** 32,
    normEpsHigh: Math.floor(norm.eps / 2 ** 32),
    normOutFrac: norm.outFracBits,
  };
}
