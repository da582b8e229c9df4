/**
 * `npm run compare`: measures presets paper and auto at full size: one layer and the head as RTL in Verilator with a model of the board's memory, every
 * result in memory against the golden model. Its rows go to measurements/rtl-cycles.json, which `fastmamba plan --compare paper` shows.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import {
  COMPARED_PROMPT,
  COMPARED_SEQUENCES,
  COMPARED_SIZES,
  type ComparedVariant,
  comparedPlan,
} from '../cli/support/compare.js';
import { isPublishedSize, type PublishedSize, publishedConfig } from '../model/config/published-sizes.js';
import { loadDevice } from '../plan/board/device.js';
import { randomModel } from '../quant/synthetic/random-model.js';
import type { WeightBits } from '../quant/types.js';
import { measurementsPath, readMeasurements } from '../report/measurements.js';
import type { MeasuredRow } from '../schema/measurements.js';
import { writeWhole } from '../util/write-whole.js';
import { type Measurement, measure } from '../verify/measure.js';
import { badUsage, runMain, tell } from './run-main.js';

const usage =
  'npm run compare -- [--sizes 130m,2.7b] [--presets paper,auto] [--bits 8,4,2] [--head-bits 8] [--output folder] [--device vc709]';
const SEED = 1;

/** One token; whole chunks twice, for the steady state between them; the comparison's prompt where that does not take hours. */
function lengthsFor(size: PublishedSize, chunk: number): number[] {
  const prompt = size === '130m' ? [COMPARED_PROMPT] : [];
  return [...new Set([1, ...(size === '130m' ? [4 * chunk, 8 * chunk] : [2 * chunk, 3 * chunk]), ...prompt])];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: COMPARED_SIZES.join(',') },
      presets: { type: 'string', default: 'paper,auto' },
      bits: { type: 'string', default: '8,4' },
      'head-bits': { type: 'string', default: '8' },
      output: { type: 'string', default: 'build/compare' },
      device: { type: 'string', default: 'vc709' },
    },
  });
  const sizes = values.sizes.split(',');
  const presets = values.presets.split(',');
  const widths = values.bits.split(',').map(Number);
  const headBits = Number(values['head-bits']);
  const arePresets = presets.every((name): name is 'paper' | 'auto' => ['paper', 'auto'].includes(name));
  if (!sizes.every(isPublishedSize) || !arePresets) return badUsage(usage);
  if (!widths.every(isWidth) || !isWidth(headBits)) return badUsage(usage);
  tell(`seed ${SEED}`);
  const device = await loadDevice(values.device);
  const { stdout } = await execa('verilator', ['--version'], { reject: false });
  const tool = (stdout ?? '').split(' ').slice(0, 2).join(' ').toLowerCase();
  let status = 0;
  for (const size of sizes)
    for (const variant of variantsOf(presets, widths, headBits)) {
      const { preset, bits } = variant;
      const { options, planned } = comparedPlan(size, device, variant);
      const config = publishedConfig(size);
      const { dModel, nHeads, headDim, dState, nGroups, convKernel, paddedVocabSize: vocabSize } = config;
      const dimensions = { dModel, nLayers: 1, nHeads, headDim, dState, nGroups, convKernel, vocabSize };
      const model = randomModel(dimensions, SEED, options);
      const name = `mamba2-${size}, ${preset}, ${bits} bits`;
      const folder = join(values.output, `${size}-${preset}-${bits}`);
      const lengths = lengthsFor(size, planned.shape.chunkTokens);
      const command = 'npm run compare';
      const request = {
        model,
        planned,
        lengths,
        sequences: [COMPARED_SEQUENCES],
        // Prompts packed end to end, as many tokens as the compared prompt; at 2.7B that takes hours.
        packed: size === '130m' ? [{ tokens: COMPARED_PROMPT, sequences: COMPARED_SEQUENCES }] : [],
        detail: 'memory',
        folder,
        command,
      } as const;
      const found = await measure({ ...request, tell: (line) => tell(`${name}: ${line}`) });
      for (const run of found) {
        const shown = {
          size,
          preset,
          bits,
          headBits,
          plan: planned.plan.digest.slice(0, 12),
          ...run,
          busy: undefined,
        };
        process.stdout.write(`${JSON.stringify(shown)}\n`);
        if (run.mismatches > 0 || run.failure !== null) status = 1;
      }
      if (status === 0)
        await keep({
          size,
          preset,
          device: device.name,
          ...(bits === 8 ? {} : { bits }),
          ...(headBits === 8 ? {} : { headBits }),
          plan: planned.plan.digest,
          tool,
          runs: found.map(rowOf),
        });
    }
  return status;
}

function rowOf({
  tokens,
  sequences,
  calls,
  bytes,
  mismatches,
  busy,
}: Measurement): MeasuredRow['runs'][number] {
  const [layer, head] = calls;
  return {
    tokens,
    ...(sequences > 1 ? { sequences } : {}),
    layerCycles: layer.cycles,
    plannedLayerCycles: layer.plannedCycles,
    headCycles: head?.cycles ?? null,
    plannedHeadCycles: head?.plannedCycles ?? null,
    bytes,
    mismatches,
    busy: { matIn: busy.mat_in, matOut: busy.mat_out },
  };
}

const isWidth = (bits: number): bits is WeightBits => [8, 4, 2].includes(bits);

/** The paper's configuration has weights of 8 bits alone; the head never has fewer than the layers. */
function variantsOf(
  presets: readonly ('paper' | 'auto')[],
  widths: readonly WeightBits[],
  headBits: WeightBits,
): ComparedVariant[] {
  return presets.flatMap((preset) =>
    widths
      .filter((bits) => bits <= headBits && (preset === 'auto' || bits === 8))
      .map((bits) => ({ preset, shell: 'none', bits, headBits }) as const),
  );
}

/** Replaces the row of the same size, preset, widths and device. */
async function keep(row: MeasuredRow): Promise<void> {
  const key = ({ size, preset, device, bits = 8, headBits = 8 }: MeasuredRow) =>
    `${size} ${device} ${preset} ${bits} ${headBits}`;
  const others = (await readMeasurements()).filter((other) => key(other) !== key(row));
  const rows = [...others, row].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  await writeWhole(measurementsPath, `${JSON.stringify({ rows }, null, 1)}\n`);
}

await runMain(main);
