/**
 * Mamba2 a second time, from the equations of the paper and as plainly as possible, to check the float model against
 * where the reference data do not reach (several groups, biases, limits). It shares no arithmetic with it.
 */

import type { LayerTensor, TensorName } from '../../src/model/checkpoint/tensors.js';
import type { Mamba2Config } from '../../src/model/config/mamba2-config.js';

type Vector = number[];
type Weights = ReadonlyMap<TensorName, Float32Array>;

const product = (matrix: Float32Array, v: Vector): Vector =>
  Array.from({ length: matrix.length / v.length }, (_, row) =>
    v.reduce((sum, value, column) => sum + matrix[row * v.length + column] * value, 0),
  );
const plus = (v: Vector, bias: Float32Array | undefined): Vector =>
  v.map((value, i) => value + (bias?.[i] ?? 0));
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
const normalized = (v: Vector, eps: number): Vector => {
  const meanSquare = v.reduce((sum, value) => sum + value ** 2, 0) / v.length;
  return v.map((value) => value / Math.sqrt(meanSquare + eps));
};

/** Logits of every token, [tokens][paddedVocabSize]. */
export function naiveLogits(c: Mamba2Config, weights: Weights, tokens: readonly number[]): Vector[] {
  const embedding = weights.get('embedding')!;
  let stream = tokens.map((id) => [...embedding.slice(id * c.dModel, (id + 1) * c.dModel)]);
  for (let layer = 0; layer < c.nLayers; layer++) stream = naiveLayer(c, weights, layer, stream);
  const gain = weights.get('finalNorm')!;
  const head = weights.get('lmHead') ?? embedding;
  return stream.map((x) =>
    product(
      head,
      normalized(x, c.normEps).map((value, i) => value * gain[i]),
    ),
  );
}

function naiveLayer(c: Mamba2Config, weights: Weights, layer: number, stream: Vector[]): Vector[] {
  const w = (tensor: LayerTensor) => weights.get(`layers.${layer}.${tensor}`)!;
  const projected = stream.map((x) => {
    const normed = normalized(x, c.normEps).map((value, i) => value * w('norm')[i]);
    const all = plus(product(w('inProj'), normed), w('inProjBias'));
    const take = (n: number) => all.splice(0, n);
    return { z: take(c.dInner), xBC: take(c.dInner + 2 * c.nGroups * c.dState), dt: take(c.nHeads) };
  });
  // h[head][p][n]
  const h = Array.from({ length: c.nHeads }, () =>
    Array.from({ length: c.headDim }, () => new Array(c.dState).fill(0)),
  );
  return stream.map((x, t) => {
    const convolved = projected[t].xBC.map((_, channel) => {
      let sum = w('convBias')?.[channel] ?? 0;
      for (let back = 0; back < c.convKernel && back <= t; back++) {
        sum +=
          w('convWeight')[channel * c.convKernel + c.convKernel - 1 - back] *
          projected[t - back].xBC[channel];
      }
      return sum * sigmoid(sum);
    });
    const y: Vector = [];
    for (let head = 0; head < c.nHeads; head++) {
      const group = Math.floor(head / (c.nHeads / c.nGroups));
      const b = convolved.slice(c.dInner + group * c.dState).slice(0, c.dState);
      const cc = convolved.slice(c.dInner + (c.nGroups + group) * c.dState).slice(0, c.dState);
      const raw = Math.log(1 + Math.exp(projected[t].dt[head] + w('dtBias')[head]));
      const dt = raw < c.dtMin ? c.dtMin : raw > c.dtMax ? c.dtMax : raw;
      for (let p = 0; p < c.headDim; p++) {
        const input = convolved[head * c.headDim + p];
        h[head][p] = h[head][p].map(
          (old, n) => old * Math.exp(-dt * Math.exp(w('aLog')[head])) + dt * b[n] * input,
        );
        y.push(h[head][p].reduce((sum, value, n) => sum + value * cc[n], 0) + w('d')[head] * input);
      }
    }
    const gated = y.map((value, i) => value * projected[t].z[i] * sigmoid(projected[t].z[i]));
    const parts = c.groupNorm ? c.nGroups : 1;
    const size = c.dInner / parts;
    const normed = Array.from({ length: parts }, (_, k) =>
      normalized(gated.slice(k * size, (k + 1) * size), c.normEps),
    )
      .flat()
      .map((value, i) => value * w('gatedNorm')[i]);
    const out = plus(product(w('outProj'), normed), w('outProjBias'));
    return x.map((value, i) => value + out[i]);
  });
}
