#!/usr/bin/env node
// One layer of Mamba2-130M's dimensions, 4,096 multiply-accumulates a cycle, as RTL in Verilator behind the board's memory: one token, then
// 128, every word against the golden model. `npm run cosim:130m`. Random weights: cycles do not depend on them. Writes build/cosim-130m.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { emitAccelerator, imageFolder } from '../dist/emit/accelerator.js';
import { AcceleratorMemory } from '../dist/emit/golden/accelerator-memory.js';
import { writeModelCase } from '../dist/emit/golden/model-case.js';
import { VectorWriter } from '../dist/emit/vectors.js';
import { loadDevice } from '../dist/plan/device.js';
import { modelDims } from '../dist/plan/dims.js';
import { planAccelerator } from '../dist/plan/plan.js';
import { callCycles, channelDepths } from '../dist/plan/timing.js';
import { randomModel } from '../dist/quant/random-model.js';
import { chooseEngine, runCosim } from '../dist/tools/cosim.js';

const usage = 'usage: cosim-130m.mjs [--tokens n,n...] [--output folder] [--seed n]';
const MACS = { inProj: { rows: 32, cols: 64 }, outProj: { rows: 32, cols: 64 } };
const VOCABULARY = 1024;

async function main() {
  const { values } = parseArgs({
    options: {
      tokens: { type: 'string', default: '1,128' },
      output: { type: 'string', default: 'build/cosim-130m' },
      seed: { type: 'string', default: '1' },
    },
  });
  const lengths = values.tokens.split(',').map(Number);
  const seed = Number(values.seed);
  if (lengths.some((n) => !Number.isInteger(n) || n < 1 || n > 4096) || !Number.isInteger(seed)) {
    console.error(usage);
    return 2;
  }
  const engine = await chooseEngine();
  if (engine !== 'verilator') {
    console.error('verilator is not installed: nothing was simulated (Debian package verilator)');
    return 3;
  }
  console.error(`seed ${seed}`);
  const model = randomModel(
    { dModel: 768, nLayers: 1, nHeads: 24, headDim: 64, dState: 128, vocabSize: VOCABULARY },
    seed,
  );
  const device = await loadDevice('vc709');
  const dims = modelDims(model.config, model.options);
  const auto = planAccelerator({ model: '130m', layers: 1, dims, device, prefillTokens: lengths });
  const shape = { ...auto.shape, ...MACS };
  const planned = planAccelerator({ model: '130m', layers: 1, dims, device, shape, prefillTokens: lengths });
  const ids = (count) => Array.from({ length: count }, (_, i) => (i * 31 + count) % VOCABULARY);
  const project = join(values.output, 'project');
  const parts = { shape: planned.shape, ...planned.layer };
  const { image } = await emitAccelerator(
    { name: '130m', model, planned, device, command: 'npm run cosim:130m', tokens: ids(1) },
    project,
  );
  let status = 0;
  for (const tokens of lengths) {
    const vectors = new VectorWriter(join(project, 'vectors', `tokens_${tokens}`));
    const memory = new AcceleratorMemory(parts, vectors, 1, model.scalars, image, join('..', '..', imageFolder));
    await writeModelCase(memory, model, [ids(tokens)], 'channels');
    const script = vectors.finish();
    const report = await runCosim(project, { script, engine });
    const wrong = report.mismatches + (report.failure === null ? 0 : 1);
    if (wrong > 0) status = 1;
    const timed = { ...planned, device, depths: channelDepths(planned.layer.network) };
    const plannedCycles = callCycles(timed, { kind: 'layer', tokens }, { jitterCycles: 4 });
    console.log(
      JSON.stringify({
        tokens,
        words: report.words,
        mismatches: report.mismatches,
        failure: report.failure,
        layerCycles: report.calls[0],
        plannedCycles,
        headCycles: report.calls[1],
        cyclesPerSecond: Math.round(report.clockedCycles / report.seconds),
        seconds: report.seconds,
      }),
    );
  }
  return status;
}

process.exitCode = await main();
