/**
 * Walks the calibration's tokens through the quantized model along with the quantizer, a layer at a time: what each linear layer reads is what the
 * hardware will read there, errors of the layers before it included.
 */
import type { GoldenContext } from '../golden/layer.js';
import type { LinearInput } from '../golden/linear.js';
import type { InnerLayer, QuantizedLinear, QuantizedNorm } from '../types.js';
import { addMoments, type InputMoments } from './moments.js';
import type { Workers } from './workers.js';

/** Moments that lie in memory at once, a share of the tokens each, take so much at most beyond one of them. */
const MOMENTS_BYTES = 2 ** 29;

/** Tokens of windows of the same length, each from an empty state. */
export class InputStream {
  private readonly shares: Int32Array[] = [];
  /** What out_proj of the present layer reads, a share each. */
  private inner: Int8Array[] = [];

  /** `residual`: embedding rows of all tokens, [windows * window][dModel]. */
  constructor(
    private readonly context: GoldenContext,
    private readonly workers: Workers,
    residual: Int32Array,
    private readonly window: number,
  ) {
    const { dModel, dInner } = context.config;
    const windows = residual.length / (window * dModel);
    const affordable = 1 + Math.floor(MOMENTS_BYTES / (8 * dInner * dInner));
    const count = Math.min(workers.threads, windows, affordable);
    for (let i = 0; i < count; i++) {
      const ends = [i, i + 1].map((k) => Math.floor((k * windows) / count) * window * dModel);
      this.shares.push(residual.slice(ends[0], ends[1]));
    }
  }

  /** Moments of what in_proj of the next layer, or the LM head, reads. */
  async residualMoments(norm: QuantizedNorm, input: LinearInput): Promise<InputMoments> {
    const parts = this.shares.map((share) => this.workers.run('residualMoments', norm, input, share));
    return sumOf(await Promise.all(parts));
  }

  /** Goes on to out_proj, and gives the moments of what it reads where they are wanted. */
  async innerMoments(
    layer: InnerLayer,
    input: LinearInput,
    wantsMoments: boolean,
  ): Promise<InputMoments | undefined> {
    const { context, window } = this;
    const parts = await Promise.all(
      this.shares.map((share) =>
        this.workers.run('innerInputs', layer, context, input, share, window, wantsMoments),
      ),
    );
    this.inner = parts.map(({ x }) => x);
    return wantsMoments ? sumOf(parts.map(({ moments }) => moments!)) : undefined;
  }

  /** Goes on to the next layer. */
  async finishLayer(outProj: QuantizedLinear): Promise<void> {
    const { inner, shares, workers } = this;
    const after = await Promise.all(
      shares.map((share, i) => workers.run('addResult', outProj, inner[i], share)),
    );
    shares.splice(0, shares.length, ...after);
    this.inner = [];
  }
}

function sumOf([first, ...others]: InputMoments[]): InputMoments {
  for (const other of others) addMoments(first, other);
  return first;
}
