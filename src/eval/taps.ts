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
import { allTaps, type ComparedTap } from '../quant/deviation-taps.js';
import { fastLayerFunction } from '../quant/fast/layer-function.js';
import { goldenLogits } from '../quant/golden/model.js';
import type { GoldenData, GoldenTap } from '../quant/golden/observer.js';
import { blockHadamard, identityRotation } from '../quant/rotate/rotate.js';
import type { QuantizedModel } from '../quant/types.js';
import type { TapFigures } from '../schema/eval-taps.js';
import type { HeadFormats } from './head-formats.js';

/** What to measure. */
export interface TapsRequest {
  readonly checkpoint: Checkpoint;
  /** The same checkpoint quantized. */
  readonly model: QuantizedModel;
  readonly tokens: ArrayLike<number>;
  /** Tokens a window, each from an empty state; tokens after the last whole window are left out. */
  readonly window: number;
  /** Other formats of x, a head each; golden's own when left out. */
  readonly heads?: HeadFormats | undefined;
  /** What an accelerator has at the same taps on the same windows; none is compared when left out. */
  readonly kernel?: KernelTaps | undefined;
  /** Called after each layer and the head: how many are done, of how many. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** Values of an accelerator's taps, golden's when it is right, by window; [tokens][width] each. */
export interface KernelTaps {
  layer(window: number, layer: number): ReadonlyMap<GoldenTap, GoldenData>;
  logits(window: number): Float64Array;
}

/** A tap's sums, alone and in its place; of the accelerator in its place, and how it differs from golden. */
interface Sums {
  readonly alone: TapSums;
  readonly inPlace: TapSums;
  readonly kernel: TapSums;
  readonly differences: Differences;
}

/** Values that are not golden's. */
interface Differences {
  compared: number;
  different: number;
  first: string | null;
}

const emptySums = (): Sums => ({
  ...{ alone: noSums(), inPlace: noSums(), kernel: noSums() },
  differences: { compared: 0, different: 0, first: null },
});

/** All taps, layer by layer in the order of the computation, then the logits. Throws UserError where there is no whole window. */
export async function measureTaps(request: TapsRequest): Promise<TapFigures[]> {
  const { checkpoint, model, tokens, window, heads, kernel, progress } = request;
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
  const run = heads?.run ?? fastLayerFunction(model);
  const figures: TapFigures[] = [];
  for (let index = 0; index < config.nLayers; index++) {
    const float = await FloatLayer.load(checkpoint, index);
    const layer = await model.layer(index);
    const context = { config: model.config, scalars: model.scalars, layer, rotation };
    const taps = withHeadFormats(allTaps(context), heads?.extraBits(layer), config.headDim);
    const sums = taps.map(emptySums);
    for (let i = 0; i < count; i++) {
      const alone = observedGolden(run, model, layer, quantizedResidual(model, rotation, floats[i]));
      const inPlace = observedGolden(run, model, layer, goldens[i]);
      const { taps: wanted, out } = observedFloat(float, floats[i]);
      const found = kernel?.layer(i, index);
      taps.forEach((tap, n) => {
        tapSums(tap, alone, wanted, window, sums[n].alone);
        tapSums(tap, inPlace, wanted, window, sums[n].inPlace);
        if (!found) return;
        tapSums(tap, found, wanted, window, sums[n].kernel);
        const [is, expected] = [found.get(tap.golden)!, inPlace.get(tap.golden)!];
        compare(sums[n].differences, is, expected, { ...{ window, index: i }, ...tap });
      });
      floats[i] = out;
    }
    figures.push(...taps.map(({ name }, n) => figuresOf(index, name, sums[n], kernel)));
    progress?.(index + 1, config.nLayers + 1);
  }
  const head = await model.head();
  const sums = emptySums();
  for (let i = 0; i < count; i++) {
    const logits = (residual: Int32Array) => goldenLogits(head, model, residual);
    const alone = logits(quantizedResidual(model, rotation, floats[i]));
    await logitSums(checkpoint, head, alone, floats[i], sums.alone);
    const inPlace = logits(goldens[i]);
    await logitSums(checkpoint, head, inPlace, floats[i], sums.inPlace);
    if (!kernel) continue;
    const found = kernel.logits(i);
    await logitSums(checkpoint, head, Int16Array.from(found), floats[i], sums.kernel);
    compare(sums.differences, found, inPlace, { window, index: i, first: 0, count: head.lmHead.rows });
  }
  progress?.(config.nLayers + 1, config.nLayers + 1);
  return [...figures, figuresOf(config.nLayers, 'logits', sums, kernel)];
}

/** The taps, x after SiLU read in formats that have so many more fraction bits. */
function withHeadFormats(
  taps: ComparedTap[],
  extraBits: readonly number[] | undefined,
  headDim: number,
): ComparedTap[] {
  if (!extraBits) return taps;
  return taps.map((tap) => {
    if (tap.name !== 'silu x') return tap;
    return { ...tap, unit: (i) => tap.unit(i) * 2 ** -extraBits[Math.floor(i / headDim)] };
  });
}

/** Which part of a tap's values is compared, and of which window. */
interface Place {
  readonly window: number;
  readonly index: number;
  readonly first: number;
  readonly count: number;
}

/** Compares an accelerator's values with golden's, all tokens of a window. */
function compare(to: Differences, found: GoldenData, expected: GoldenData, place: Place): void {
  const { window, index, first, count } = place;
  const width = expected.length / window;
  to.compared += window * count;
  for (let t = 0; t < window; t++)
    for (let i = 0; i < count; i++) {
      const at = t * width + first + i;
      if (found[at] === expected[at]) continue;
      to.different++;
      to.first ??= `token ${index * window + t}, value ${i}: found ${found[at]}, expected ${expected[at]}`;
    }
}

function figuresOf(layer: number, tap: string, sums: Sums, kernel: KernelTaps | undefined): TapFigures {
  const { alone, inPlace, differences } = sums;
  const inItsPlace = (found: TapSums) => ({
    sqnrInPlace: sqnrOf(found),
    largestInPlace: largestOf(found),
    saturated: found.saturated / found.count,
  });
  return {
    ...{ layer, tap },
    sqnr: sqnrOf(alone),
    largest: largestOf(alone),
    ...inItsPlace(inPlace),
    ...(kernel ? { kernel: { ...inItsPlace(sums.kernel), ...differences } } : {}),
  };
}

/** Largest error as a multiple of the root mean square of float; 0 without a signal. */
function largestOf({ largest, signal, count }: TapSums): number {
  return signal === 0 ? 0 : largest / Math.sqrt(signal / count);
}

/** Signal to noise in dB; null where there is no error, or no signal. */
function sqnrOf({ signal, noise }: TapSums): number | null {
  return signal === 0 || noise === 0 ? null : 10 * Math.log10(signal / noise);
}
