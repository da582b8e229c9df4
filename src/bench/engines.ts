/**
 * Speed of the engine `fast` beside the golden model's, one core, on Mamba2-130M's shape with random weights: linear layers in
 * multiply-accumulates a second, whole layer and state update in tokens a second, for prefill and for decode, and decoding with all layers; and of
 * the float model's layer in float32 beside float64.
 */

import { dConv, dInProj, type Mamba2Config } from '../model/config/mamba2-config.js';
import { float32Math } from '../model/float/float32.js';
import { FloatLayer } from '../model/float/layer.js';
import type { FastKernels } from '../quant/fast/kernels.js';
import { fastLayerFunction } from '../quant/fast/layer-function.js';
import { fastLinear, packLinear, placeLinear, placeScratch } from '../quant/fast/linear.js';
import { FastModel } from '../quant/fast/model.js';
import { goldenLayer } from '../quant/golden/layer.js';
import { goldenLinear } from '../quant/golden/linear.js';
import { goldenSsm } from '../quant/golden/ssm.js';
import { createLayerState } from '../quant/golden/state.js';
import { type RandomModel, randomModel } from '../quant/synthetic/random-model.js';
import type { QuantizedLinear, QuantizedModel } from '../quant/types.js';
import { Random } from '../util/random.js';
import { WasmLayout, WasmMemory } from '../util/wasm.js';
import { type BenchResult, bestSeconds } from './measure.js';

const PREFILL_TOKENS = 64;
const LAYERS_130M = 24;
const VOCABULARY_130M = 50288;

/** Runs the bench; takes some seconds. */
export async function benchEngines(): Promise<BenchResult[]> {
  const model = randomModel(
    { dModel: 768, nHeads: 24, headDim: 64, dState: 128, nLayers: 1, vocabSize: 1000 },
    1,
  );
  return [
    ...(await phase(model, 'prefill', PREFILL_TOKENS)),
    ...(await phase(model, 'decode', 1)),
    await decode(model),
    await float(model.config),
  ];
}

async function phase(model: RandomModel, name: string, tokens: number): Promise<BenchResult[]> {
  const { config } = model;
  const layer = model.layerNow(0);
  const residual = model.embeddingRowsNow(Array.from({ length: tokens }, (_, t) => t));
  const values = (count: number) =>
    Int16Array.from({ length: count }, (_, i) => residual[i % residual.length] >> 3);
  const linears: BenchResult[] = [];
  for (const [part, linear] of [
    ['in_proj', layer.inProj],
    ['out_proj', layer.outProj],
  ] as const) {
    const input = values(tokens * linear.cols);
    const out = new Int32Array(tokens * linear.rows);
    const macs = (tokens * linear.rows * linear.cols) / 1e6;
    linears.push({
      name: `${name}: ${part}`,
      unit: 'million MAC/s',
      reference: {
        name: 'golden',
        value: macs / (await bestSeconds(() => goldenLinear(linear, input, out))),
      },
      value: macs / (await bestSeconds(fastProducts(linear, input, tokens))),
    });
  }
  const state = createLayerState(config);
  const decays = {
    dt: new Int32Array(tokens * config.nHeads).fill(20000),
    w: new Int32Array(0),
    decay: new Int32Array(tokens * config.nHeads).fill(120000),
  };
  const xbc = values(tokens * (config.dInner + 2 * config.dState));
  const updates = (tokens * config.dInner * config.dState) / 1e6;
  const input = { layer, config, stateBits: 24, decays, xbc };
  const stateUpdates = {
    name: `${name}: state updates`,
    unit: 'million/s',
    reference: { name: 'golden', value: updates / (await bestSeconds(() => goldenSsm(input, state.h))) },
    value: updates / (await bestSeconds(fastUpdates(model, tokens))),
  };
  const fast = fastLayerFunction(model);
  const whole = {
    name: `${name}: whole layer`,
    unit: 'tokens/s',
    reference: {
      name: 'golden',
      value: tokens / (await bestSeconds(() => goldenLayer(layer, model, residual.slice(), state))),
    },
    value: tokens / (await bestSeconds(() => fast(layer, model, residual.slice(), state))),
  };
  return [...linears, stateUpdates, whole];
}

function fastProducts(linear: QuantizedLinear, input: Int16Array, tokens: number): () => void {
  const layout = new WasmLayout();
  const place = placeLinear(layout, linear.rows, linear.cols);
  const scratch = placeScratch(layout, linear.cols);
  const y = layout.take(2 * input.length);
  const out = layout.take(4 * tokens * linear.rows);
  const memory = new WasmMemory(layout.bytes);
  const machine = { memory, kernels: memory.instantiate<FastKernels>('quant'), scratch };
  memory.i16(y, input.length).set(input);
  const packed = packLinear(memory, place, linear);
  return () =>
    fastLinear(machine, packed, y, tokens, { out, bits: 32 }, undefined, [
      'hat_in.out',
      'in_proj.x',
      'in_proj.acc',
    ]);
}

/** The state updates of a layer alone. */
function fastUpdates({ config }: RandomModel, tokens: number): () => void {
  const { nHeads, headDim, dState, dInner } = config;
  const layout = new WasmLayout();
  const h = layout.take(4 * dInner * dState);
  const bc = layout.take(16 * tokens * dState);
  const x = layout.take(2 * tokens * dInner);
  const [u, y] = [layout.take(2 * tokens * dInner), layout.take(2 * tokens * dInner)];
  const memory = new WasmMemory(layout.bytes);
  const kernels = memory.instantiate<FastKernels>('quant');
  memory.i16(x, tokens * dInner).forEach((_, i, all) => {
    all[i] = (i * 7919) & 0x3fff;
  });
  memory.f64(bc, 2 * tokens * dState).forEach((_, i, all) => {
    all[i] = (i * 104729) & 0x3fff;
  });
  const part = headDim * dState;
  return () => {
    for (let head = 0; head < nHeads; head++) {
      for (let t = 0; t < tokens; t++) {
        const [b, at] = [bc + 16 * t * dState, 2 * (t * dInner + head * headDim)];
        const addresses = [h + 4 * head * part, b, b + 8 * dState, x + at, u + at, y + at] as const;
        kernels.updateHead(
          ...addresses,
          headDim,
          dState,
          20000 / 2 ** 20,
          120000 / 2 ** 17,
          2 ** -8,
          2 ** 23,
          100,
          2 ** -20,
        );
      }
    }
  };
}

/** Decoding with 24 layers, each in memory of its own, and a head of 130M's size. The weights of all layers are equal: that costs nothing less. */
async function decode(small: RandomModel): Promise<BenchResult> {
  const config = {
    ...small.config,
    nLayers: LAYERS_130M,
    vocabSize: VOCABULARY_130M,
    paddedVocabSize: VOCABULARY_130M,
  };
  const layer = small.layerNow(0);
  const head = small.headNow();
  const model: QuantizedModel = {
    ...{ config, options: small.options, scalars: small.scalars },
    layer: async (index) => ({ ...layer, index }),
    head: async () => ({ ...head, lmHead: repeatedRows(head.lmHead, VOCABULARY_130M) }),
    embeddingRows: small.embeddingRows,
  };
  const fast = new FastModel(model, { resident: true });
  const seconds = await bestSeconds(() => fast.step(1));
  return { name: 'decode: 24 layers and head', value: 1 / seconds, unit: 'tokens/s' };
}

/** A layer with the rows of `linear` again and again. */
function repeatedRows(linear: QuantizedLinear, rows: number): QuantizedLinear {
  const { cols } = linear;
  const weight = new Int8Array(rows * cols);
  for (let o = 0; o < rows; o++) {
    const from = (o % linear.rows) * cols;
    weight.set(linear.weight.subarray(from, from + cols), o * cols);
  }
  const repeat = (values: ArrayLike<number>) =>
    Array.from({ length: rows }, (_, o) => values[o % linear.rows]);
  return {
    ...linear,
    ...{ rows, weight },
    bias: Int32Array.from(repeat(linear.bias)),
    multiplier: Uint16Array.from(repeat(linear.multiplier)),
    shift: Uint8Array.from(repeat(linear.shift)),
  };
}

async function float(config: Mamba2Config): Promise<BenchResult> {
  const random = new Random(1);
  const { dModel, dInner, nHeads, convKernel } = config;
  const draw = (length: number, scale: number) =>
    Float32Array.from({ length }, () => random.normal() * scale);
  const weights = {
    norm: draw(dModel, 1),
    inProj: draw(dInProj(config) * dModel, 0.03),
    convWeight: draw(dConv(config) * convKernel, 0.5),
    convBias: draw(dConv(config), 0.1),
    dtBias: draw(nHeads, 1),
    aLog: draw(nHeads, 1),
    d: draw(nHeads, 1),
    gatedNorm: draw(dInner, 1),
    outProj: draw(dModel * dInner, 0.03),
  };
  const residual = Float64Array.from({ length: PREFILL_TOKENS * dModel }, () => random.normal());
  const rate = async (layer: FloatLayer) =>
    PREFILL_TOKENS / (await bestSeconds(() => layer.forward(residual)));
  return {
    name: 'float: whole layer',
    unit: 'tokens/s',
    reference: { name: 'float64', value: await rate(new FloatLayer(config, 0, weights)) },
    value: await rate(new FloatLayer(config, 0, weights, float32Math(config))),
  };
}
