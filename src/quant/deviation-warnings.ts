/**
 * Which layers of a quantized model are so far from float that their weights cannot be held by the formats, as opposed to the
 * error that the formats have by choice. A tap of an ordinary model (the shipped one, the reference models, synthetic ones) is at most
 * 3 % off with 8-bit weights, 6 % with 6 and 18 % with 4, and after the paper's SoftPlus 27 %.
 */
import type { Deviation } from './deviation.js';
import type { QuantOptions } from './types.js';

/** A tap that is too far from float. */
export interface DeviationWarning extends Deviation {
  /** What `error` is expected to be at most. */
  readonly limit: number;
}

/** Taps after the SoftPlus of dt. */
const AFTER_DT = new Set(['dt', 'ssm y', 'gate', 'out_proj', 'residual', 'logits']);
/** Error of the paper's SoftPlus, with as much again on top. */
const PAPER_ERROR = 0.5;
/** What a layer's error is to the residual stream, its last tap, decides whether the layer suffers. */
const RESIDUAL_SHARE = 0.75;
/** Errors of all layers add up in the logits. */
const LOGIT_SHARE = 2.5;

function limitOf(tap: string, { weightBits, nau }: QuantOptions): number {
  const paper = nau === 'paper' && AFTER_DT.has(tap) ? PAPER_ERROR : 0;
  const share = tap === 'residual' ? RESIDUAL_SHARE : tap === 'logits' ? LOGIT_SHARE : 1;
  return share * (0.08 + 5 * 2 ** -weightBits + paper);
}

/**
 * A tap of each layer whose result suffers, worst layer first, and the logits of the whole model where they do. The tap is the first in the
 * order of the computation that is at least half as far beyond its limit as the worst: those after it inherit its error.
 */
export function deviationWarnings(
  deviations: readonly Deviation[],
  options: QuantOptions,
): DeviationWarning[] {
  const layers = new Map<number, DeviationWarning[]>();
  for (const deviation of deviations) {
    const found = { ...deviation, limit: limitOf(deviation.tap, options) };
    layers.set(found.layer, [...(layers.get(found.layer) ?? []), found]);
  }
  const excess = ({ error, limit }: DeviationWarning) => error / limit;
  return [...layers.values()]
    .filter((taps) => excess(taps.at(-1)!) > 1)
    .map((taps) => {
      const half = Math.max(...taps.map(excess)) / 2;
      return taps.find((tap) => excess(tap) >= half)!;
    })
    .sort((a, b) => excess(b) - excess(a));
}

/** A line for each warning, `most` lines at most. */
export function warningLines(warnings: readonly DeviationWarning[], most = 5): string[] {
  const lines = warnings.slice(0, most).map(({ layer, tap, error, limit, saturated }) => {
    const place = tap === 'logits' ? 'all layers together, logits' : `layer ${layer}, tap ${tap}`;
    const share = saturated >= 0.001 ? `; ${percent(saturated)} of the values saturate` : '';
    return `${place}: golden is ${percent(error)} from float, expected at most ${percent(limit)}${share}`;
  });
  const more = warnings.length - lines.length;
  return more > 0 ? [...lines, `${more} more layers are too far from float`] : lines;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
