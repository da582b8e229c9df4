/**
 * Scalars of the calls that a plan is timed with: how much work there is, every format and address at its least value. Timing depends on
 * the work alone, since only control values steer.
 */
import { laneCount } from '../../kernel/type.js';
import { RESCALE_FIELDS } from '../../units/compute/rescale.js';
import { type CallPart, partScalars, tokensOf } from '../../units/layer/call.js';
import { callWork, chunksOf, headChunks } from '../../units/layer/chunks.js';
import type { LayerNetwork } from '../../units/layer/network.js';
import { portTypes } from '../../units/layer/ports.js';
import { type LayerScalarValues, scalarValues } from '../../units/layer/scalars.js';
import type { AcceleratorShape } from '../../units/shape.js';

/** A layer over the parts of a call; values by scalar name. */
export function layerCall(
  layer: LayerNetwork,
  shape: AcceleratorShape,
  parts: readonly CallPart[],
): Record<string, number> {
  const d = shape.sizes;
  const tokens = tokensOf(parts);
  const tiles = d.dtTiles + d.xbcTiles + d.zTiles;
  const work = callWork(shape, tokens, tiles, chunksOf(shape, tokens, parts.length));
  return callOf(layer, {
    ...work,
    rescaleInWords: rescaleInWords(shape, tiles),
    ...partScalars(shape, parts),
    weightsInWords: tiles * d.weightsIn.rowWords,
    ssmTokens: tokens,
    ssmChunks: work.chunks,
    layerParamPasses: tokens > 0 ? 1 : 0,
  });
}

/** The final norm and LM head over `tokens` tokens. */
export function headCall(
  layer: LayerNetwork,
  shape: AcceleratorShape,
  tokens: number,
): Record<string, number> {
  const { headTiles, weightsHead } = shape.sizes;
  const logits = tokens * headTiles * shape.inProj.rows;
  return callOf(layer, {
    ...callWork(shape, tokens, headTiles, headChunks(shape, tokens)),
    rescaleInWords: rescaleInWords(shape, headTiles),
    weightsInWords: headTiles * weightsHead.rowWords,
    weightsInWide: 1,
    logitsWords: logits / laneCount(portTypes(shape).logits.shape),
  });
}

/** Words of rescale parameters for a chunk. */
function rescaleInWords(shape: AcceleratorShape, tiles: number): number {
  return (tiles * shape.inProj.rows * RESCALE_FIELDS) / laneCount(portTypes(shape).rescaleIn.shape);
}

function callOf({ scalars }: LayerNetwork, given: Partial<LayerScalarValues>): Record<string, number> {
  const { parts: _, ...single } = scalars;
  const least = Object.fromEntries(
    Object.entries(single).map(([key, scalar]) => [key, Number(scalar.range.lo)]),
  ) as Omit<LayerScalarValues, 'parts'>;
  return scalarValues(scalars, { ...least, parts: [], ...given });
}
