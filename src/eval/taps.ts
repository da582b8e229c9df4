/**
 * Where accuracy goes: every tap of every layer of the golden model against float on the same tokens. A layer is measured twice: alone, from
 * float's residual stream, so that it answers for itself, and in its place, after the errors of all layers before it. One layer is in memory
 * at a time.
 */
import { UserError } from '../errors.js';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import { FloatLayer } from '../model/float/layer.js';
import { embeddingRows } from '../model/float/stream.js';
import {
  logitSums,
  noSums,
  observedFloat,
  observedGolden,
  quantizedResidual,
  type TapSums,
  tapSums,
} from '../quant/deviation.js';
import { allTaps } from '../quant/deviation-taps.js';
import { fastLayerFunction } from '../quant/fast/layer-function.js';
import { goldenLogits } from '../quant/golden/model.js';
import { blockHadamard, identityRotation } from '../quant/rotate/rotate.js';
import type { QuantizedModel } from '../quant/types.js';
import type { TapFigures } from '../schema/eval-taps.js';

/** What to measure. */
export interface TapsRequest {
  readonly checkpoint: Checkpoint;
  /** The same checkpoint quantized. */
  readonly model: QuantizedModel;
  readonly tokens: ArrayLike<number>;
  /** Tokens a window, each from an empty state; tokens after the last whole window are left out. */
  readonly window: number;
  /** Called after each layer and the head: how many are done, of how many. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** A tap's sums, alone and in its place. */
interface Both {
  readonly alone: TapSums;
  readonly inPlace: TapSums;
}

/** All taps, layer by layer in the order of the computation, then the logits. Throws UserError where there is no whole window. */
export async function measureTaps(request: TapsRequest): Promise<TapFigures[]> {
  const { checkpoint, model, tokens, window, progress } = request;
  const { config } = checkpoint;
  const count = Math.floor(tokens.length / window);
  if (count === 0) throw new UserError(`text: found ${tokens.length} tokens, expected at least ${window}`);
  const rotation =
    model.options.hadamard === 'folded' ? blockHadamard(config.dModel) : identityRotation(config.dModel);
  const floats: Float64Array[] = [];
  const goldens: Int32Array[] = [];
  for (let i = 0; i < count; i++) {
    const ids = Int32Array.from({ length: window }, (_, t) => tokens[i * window + t]);
    floats.push(await embeddingRows(checkpoint, ids));
    goldens.push((await model.embeddingRows(ids)).slice());
  }
  // Golden's integers, in less time.
  const run = fastLayerFunction(model);
  const figures: TapFigures[] = [];
  for (let index = 0; index < config.nLayers; index++) {
    const float = await FloatLayer.load(checkpoint, index);
    const layer = await model.layer(index);
    const context = { config: model.config, scalars: model.scalars, layer, rotation };
    const taps = allTaps(context);
    const sums = taps.map((): Both => ({ alone: noSums(), inPlace: noSums() }));
    for (let i = 0; i < count; i++) {
      const alone = observedGolden(run, model, layer, quantizedResidual(model, rotation, floats[i]));
      const inPlace = observedGolden(run, model, layer, goldens[i]);
      const { taps: wanted, out } = observedFloat(float, floats[i]);
      taps.forEach((tap, n) => {
        tapSums(tap, alone, wanted, window, sums[n].alone);
        tapSums(tap, inPlace, wanted, window, sums[n].inPlace);
      });
      floats[i] = out;
    }
    figures.push(...taps.map(({ name }, n) => figuresOf(index, name, sums[n])));
    progress?.(index + 1, config.nLayers + 1);
  }
  const head = await model.head();
  const sums: Both = { alone: noSums(), inPlace: noSums() };
  for (let i = 0; i < count; i++) {
    const logits = (residual: Int32Array) => goldenLogits(head, model, residual);
    const alone = logits(quantizedResidual(model, rotation, floats[i]));
    await logitSums(checkpoint, head, alone, floats[i], sums.alone);
    await logitSums(checkpoint, head, logits(goldens[i]), floats[i], sums.inPlace);
  }
  progress?.(config.nLayers + 1, config.nLayers + 1);
  return [...figures, figuresOf(config.nLayers, 'logits', sums)];
}

function figuresOf(layer: number, tap: string, { alone, inPlace }: Both): TapFigures {
  const rms = Math.sqrt(alone.signal / alone.count);
  return {
    ...{ layer, tap },
    sqnr: sqnrOf(alone),
    sqnrInPlace: sqnrOf(inPlace),
    largest: rms === 0 ? 0 : alone.largest / rms,
    saturated: inPlace.saturated / inPlace.count,
  };
}

/** Signal to noise in dB; null where there is no error, or no signal. */
function sqnrOf({ signal, noise }: TapSums): number | null {
  return signal === 0 || noise === 0 ? null : 10 * Math.log10(signal / noise);
}
