/**
 * x after SiLU in a format a head instead of one a layer: an experiment that shows what the grouping of Quamba2 (arXiv 2503.22879) would buy here.
 * Quamba2 groups x by heads and their channels, B and C by state groups, of which published sizes of Mamba2 have one: theirs is the integer
 * model's format as it is.
 */
import { dConv, type Mamba2Config } from '../model/config/mamba2-config.js';
import type { Calibration } from '../quant/calibrate/types.js';
import type { LayerFunction } from '../quant/fast/layer-function.js';
import { goldenLayer } from '../quant/golden/layer.js';
import { fracBitsFor } from '../quant/scale/choose.js';
import { siluLookup } from '../quant/tables/functions.js';
import type { QuantizedLayer } from '../quant/types.js';

/** Unseen text has larger values: so many times the calibration's largest must fit. */
const HEADROOM = 2;
const MAX_U_SHIFT = 40;

/** A layer that runs with formats of its own, and what they are. */
export interface HeadFormats {
  readonly run: LayerFunction;
  /** Fraction bits that x of each head has beyond those of its layer. */
  extraBits(layer: QuantizedLayer): number[];
}

/** A format a head: as fine as its largest x allows. What follows x keeps its format: the shifts of u and D x take up the difference. */
export function headFormats({ layers }: Pick<Calibration, 'layers'>): HeadFormats {
  const extraBits = ({ index, siluOut, uShift, skipShift }: QuantizedLayer) =>
    Array.from(layers[index].xMax, (max, head) => {
      const wanted = fracBitsFor(max * HEADROOM, 16) - siluOut.x;
      return Math.max(0, Math.min(wanted, MAX_U_SHIFT - uShift[head], skipShift[head]));
    });
  return {
    extraBits,
    run: (layer, context, residual, state, observer) => {
      const extra = extraBits(layer);
      const shifted = {
        ...layer,
        uShift: layer.uShift.map((shift, head) => shift + extra[head]),
        skipShift: layer.skipShift.map((shift, head) => shift - extra[head]),
      };
      const activations = (v: Int16Array, xbc: Int16Array) => replaceX(context.config, layer, extra, v, xbc);
      goldenLayer(shifted, context, residual, state, { tap: () => {}, ...observer, activations });
    },
  };
}

/** SiLU of x once more, to finer formats. */
function replaceX(
  config: Mamba2Config,
  { siluIn, siluOut }: QuantizedLayer,
  extra: readonly number[],
  v: Int16Array,
  xbc: Int16Array,
): void {
  const { headDim } = config;
  for (const [head, bits] of extra.entries()) {
    if (bits === 0) continue;
    const table = siluLookup(siluIn.x, siluOut.x + bits);
    for (let first = head * headDim; first < v.length; first += dConv(config))
      for (let i = first; i < first + headDim; i++) xbc[i] = table[v[i] & 0xffff];
  }
}
