/**
 * `npm run cosim:130m`: four layers of Mamba2-130M's dimensions, which overlap, 4,096 products a cycle, as RTL in Verilator with a model of the board's memory: one token,
 * then 128, then one each of 8 sequences, every word on every channel against the golden model. Random weights: cycles do not depend on them. Writes build/cosim-130m.
 */
import { parseArgs } from 'node:util';
import { loadDevice } from '../plan/board/device.js';
import { planAccelerator } from '../plan/plan.js';
import { modelDims } from '../plan/shape/dims.js';
import { completeOptions } from '../quant/quantize/quantize.js';
import { randomModel } from '../quant/synthetic/random-model.js';
import type { WeightBits } from '../quant/types.js';
import { MOST_PARTS } from '../units/idioms/call-parts.js';
import { measure } from '../verify/measure.js';
import { badUsage, runMain, tell } from './run-main.js';

const usage =
  'npm run cosim:130m -- [--tokens n,n...] [--sequences n,n...] [--bits 8|4|2] [--head-bits 8|4|2] [--output folder] [--seed n]';
const ARRAY = { rows: 32, cols: 64, lutRows: 0 };
const MACS = { inProj: ARRAY, outProj: ARRAY };
const VOCABULARY = 1024;
const LAYERS = 4;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      tokens: { type: 'string', default: '1,128' },
      sequences: { type: 'string', default: '8' },
      output: { type: 'string', default: 'build/cosim-130m' },
      seed: { type: 'string', default: '1' },
      bits: { type: 'string', default: '8' },
      'head-bits': { type: 'string', default: '8' },
    },
  });
  const lengths = values.tokens.split(',').map(Number);
  const sequences = values.sequences.split(',').map(Number);
  const seed = Number(values.seed);
  const widths = [values.bits, values['head-bits']].map(Number);
  if (!widths.every((bits) => [8, 4, 2].includes(bits))) return badUsage(usage);
  const [weightBits, headBits] = widths as WeightBits[];
  if (
    lengths.some((n) => !Number.isInteger(n) || n < 1 || n > 4096) ||
    sequences.some((n) => !Number.isInteger(n) || n < 1 || n > MOST_PARTS) ||
    !Number.isInteger(seed)
  ) {
    return badUsage(usage);
  }
  tell(`seed ${seed}`);
  const model = randomModel(
    { dModel: 768, nLayers: LAYERS, nHeads: 24, headDim: 64, dState: 128, vocabSize: VOCABULARY },
    seed,
    completeOptions({ weightBits, headBits }),
  );
  const device = await loadDevice('vc709');
  const dims = modelDims(model.config, model.options);
  // The largest hardware: the kernel takes all of the margins.
  const request = {
    name: '130m',
    shell: 'none',
    layers: LAYERS,
    dims,
    device,
    prefillTokens: lengths,
  } as const;
  const auto = planAccelerator(request);
  const planned = planAccelerator({ ...request, shape: auto.shape.with(MACS) });
  const runs = await measure({
    ...{ model, planned, lengths, sequences, detail: 'channels', folder: values.output },
    ...{ command: 'npm run cosim:130m', tell },
  });
  let status = 0;
  for (const { busy: _, clockedCycles, seconds, ...run } of runs) {
    const shown = { ...run, cyclesPerSecond: Math.round(clockedCycles / seconds), seconds };
    process.stdout.write(`${JSON.stringify(shown)}\n`);
    if (run.mismatches > 0 || run.failure !== null) status = 1;
  }
  return status;
}

await runMain(main);
