/**
 * Speed of the golden model on one layer of Mamba2-130M's shape with random weights: linear layers in multiply-accumulates a
 * second, whole layer and state update in tokens a second, for prefill and for decode.
 */
import { goldenLayer } from '../quant/golden/layer.js';
import { goldenLinear } from '../quant/golden/linear.js';
import { goldenSsm } from '../quant/golden/ssm.js';
import { createLayerState } from '../quant/golden/state.js';
import { randomModel } from '../quant/synthetic/random-model.js';
import { type BenchResult, bestSeconds } from './measure.js';

const PREFILL_TOKENS = 64;

/** Runs the bench; takes some seconds. */
export function benchGolden(): BenchResult[] {
  const model = randomModel(
    { dModel: 768, nHeads: 24, headDim: 64, dState: 128, nLayers: 1, vocabSize: 1000 },
    1,
  );
  const { config } = model;
  const layer = model.layerNow(0);
  const results: BenchResult[] = [];
  for (const [phase, tokens] of [
    ['prefill', PREFILL_TOKENS],
    ['decode', 1],
  ] as const) {
    const residual = model.embeddingRowsNow(Array.from({ length: tokens }, (_, t) => t));
    const y = Int16Array.from(
      { length: tokens * config.dModel },
      (_, i) => residual[i % residual.length] >> 3,
    );
    for (const [name, linear] of [
      ['in_proj', layer.inProj],
      ['out_proj', layer.outProj],
    ] as const) {
      const input = Int16Array.from({ length: tokens * linear.cols }, (_, i) => y[i % y.length]);
      const out = new Int32Array(tokens * linear.rows);
      const seconds = bestSeconds(() => goldenLinear(linear, input, out));
      const macs = tokens * linear.rows * linear.cols;
      results.push({ name: `${phase}: ${name}`, value: macs / seconds / 1e6, unit: 'million MAC/s' });
    }
    const state = createLayerState(config);
    const decays = {
      dt: new Int32Array(tokens * 24).fill(20000),
      w: new Int32Array(0),
      decay: new Int32Array(tokens * 24).fill(120000),
    };
    const xbc = Int16Array.from(
      { length: tokens * (config.dInner + 2 * config.dState) },
      (_, i) => y[i % y.length],
    );
    const ssm = bestSeconds(() => goldenSsm({ layer, config, stateBits: 24, decays, xbc }, state.h));
    const updates = tokens * config.dInner * config.dState;
    results.push({ name: `${phase}: state updates`, value: updates / ssm / 1e6, unit: 'million/s' });
    const whole = bestSeconds(() => goldenLayer(layer, model, residual.slice(), state));
    results.push({ name: `${phase}: whole layer`, value: tokens / whole, unit: 'tokens/s' });
  }
  return results;
}
