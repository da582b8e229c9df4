#!/usr/bin/env node
// One layer of Mamba2-130M's dimensions, 4,096 products a cycle, as RTL in Verilator behind the board's memory: one token, then 128, every word
// on every channel against the golden model. `npm run cosim:130m`. Random weights: cycles do not depend on them. Writes build/cosim-130m.
import { parseArgs } from 'node:util';
import { loadDevice } from '../dist/plan/device.js';
import { modelDims } from '../dist/plan/dims.js';
import { planAccelerator } from '../dist/plan/plan.js';
import { randomModel } from '../dist/quant/random-model.js';
import { measure } from '../dist/tools/measure.js';

const usage = 'usage: cosim-130m.mjs [--tokens n,n...] [--output folder] [--seed n]';
const ARRAY = { rows: 32, cols: 64, lutRows: 0 };
const MACS = { inProj: ARRAY, outProj: ARRAY };
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
  console.error(`seed ${seed}`);
  const model = randomModel(
    { dModel: 768, nLayers: 1, nHeads: 24, headDim: 64, dState: 128, vocabSize: VOCABULARY },
    seed,
  );
  const device = await loadDevice('vc709');
  const dims = modelDims(model.config, model.options);
  const request = { model: '130m', layers: 1, dims, device, prefillTokens: lengths };
  const auto = planAccelerator(request);
  const planned = planAccelerator({ ...request, shape: { ...auto.shape, ...MACS } });
  const runs = await measure({
    ...{ name: '130m', model, planned, device, lengths, detail: 'channels', folder: values.output },
    ...{ command: 'npm run cosim:130m', tell: (line) => console.error(line) },
  });
  let status = 0;
  for (const { busy: _, clockedCycles, seconds, ...run } of runs) {
    console.log(JSON.stringify({ ...run, cyclesPerSecond: Math.round(clockedCycles / seconds), seconds }));
    if (run.mismatches > 0 || run.failure !== null) status = 1;
  }
  return status;
}

process.exitCode = await main().catch((error) => {
  console.error(error.exitCode === undefined ? error : error.message);
  return error.exitCode ?? 1;
});
