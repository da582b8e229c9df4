/**
 * Running a checkpoint layer by layer with one layer's weights in memory at a time, for calibrating models that are too
 * large to hold. What is kept is the residual stream of all tokens: tokens * dModel float64.
 */
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { FloatLayer } from './layer.js';
import { rmsNorm } from './math.js';
import { checkTokens } from './model.js';
import { type Taps, tap } from './taps.js';

/** What to do on the way. */
export interface StreamOptions {
  readonly taps?: Taps | undefined;
  /** Called with every layer after all windows went through it, before its weights are released. */
  readonly onLayer?: ((layer: FloatLayer) => void | Promise<void>) | undefined;
}

/**
 * Runs every window of token ids, each from an empty state, through all layers and the final norm; returns the normed
 * input of the head, [tokens, dModel] for each window. Taps are called layer by layer, within a layer window by window.
 */
export async function streamLayers(
  checkpoint: Checkpoint,
  windows: readonly ArrayLike<number>[],
  { taps, onLayer }: StreamOptions = {},
): Promise<Float64Array[]> {
  const { config } = checkpoint;
  const streams: Float64Array[] = [];
  for (const window of windows) streams.push(await embeddingRows(checkpoint, window));
  for (let index = 0; index < config.nLayers; index++) {
    const layer = await FloatLayer.load(checkpoint, index);
    for (let i = 0; i < streams.length; i++) streams[i] = layer.forward(streams[i], undefined, { taps });
    await onLayer?.(layer);
  }
  const { data: gain } = await checkpoint.read('finalNorm');
  return streams.map((x) => {
    tap(taps, config.nLayers, 'residual', x, config.dModel);
    const normed = rmsNorm(x, gain, config.dModel, config.normEps);
    tap(taps, config.nLayers, 'normed', normed, config.dModel);
    return normed;
  });
}

/** Reads only the embedding rows that are needed, [tokens, dModel]. Throws UserError for an id outside the vocabulary. */
export async function embeddingRows(
  checkpoint: Checkpoint,
  tokens: ArrayLike<number>,
): Promise<Float64Array> {
  const { config } = checkpoint;
  checkTokens(config, tokens);
  const rows = new Map<number, Float32Array>();
  const x = new Float64Array(tokens.length * config.dModel);
  for (let t = 0; t < tokens.length; t++) {
    let row = rows.get(tokens[t]);
    if (!row) rows.set(tokens[t], (row = (await checkpoint.readRows('embedding', tokens[t], 1)).data));
    x.set(row, t * config.dModel);
  }
  return x;
}
