/**
 * `npm run compare`: measures presets paper and auto at full size: four layers, which overlap, and the head as RTL in Verilator with a model of the
 * board's memory, every result in memory against the golden model. Its rows go to measurements/rtl-cycles.json, which `fastmamba plan --compare paper`
 * shows; on many machines each keeps its rows in a file of its own, and --merge takes them from there.
 */
import { existsSync } from 'node:fs';
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
import { UserError } from '../errors.js';
import { isPublishedSize, type PublishedSize, publishedConfig } from '../model/config/published-sizes.js';
import { loadDevice } from '../plan/board/device.js';
import { randomModel } from '../quant/synthetic/random-model.js';
import type { WeightBits } from '../quant/types.js';
import { measurementsPath, readMeasurements } from '../report/measurements.js';
import type { MeasuredRow } from '../schema/measurements.js';
import { writeWhole } from '../util/write-whole.js';
import { type MeasuredCycles, type Measurement, measure } from '../verify/measure.js';
import { badUsage, runMain, tell } from './run-main.js';

const usage =
  'npm run compare -- [--sizes 130m,2.7b] [--presets paper,auto] [--bits 8,4,2] [--head-bits 8] [--lengths 1,64] [--sequences 8] [--output folder] [--device vc709] [--keep file]\n   or: npm run compare -- --merge file...';
const SEED = 1;
/** Enough for a layer with one before and one after it; all others of the model take as long. */
const LAYERS = 4;

/** One token; many whole chunks twice, for the steady state between them; the comparison's prompt where that does not take hours. */
function lengthsFor(size: PublishedSize, chunk: number): number[] {
  const prompt = size === '130m' ? [COMPARED_PROMPT] : [];
  return [...new Set([1, ...(size === '130m' ? [4 * chunk, 8 * chunk] : [4 * chunk, 5 * chunk]), ...prompt])];
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      sizes: { type: 'string', default: COMPARED_SIZES.join(',') },
      presets: { type: 'string', default: 'paper,auto' },
      bits: { type: 'string', default: '8,4' },
      'head-bits': { type: 'string', default: '8' },
      lengths: { type: 'string', default: '' },
      sequences: { type: 'string', default: `${COMPARED_SEQUENCES}` },
      merge: { type: 'boolean', default: false },
      keep: { type: 'string', default: measurementsPath },
      output: { type: 'string', default: 'build/compare' },
      device: { type: 'string', default: 'vc709' },
    },
    allowPositionals: true,
  });
  if (values.merge !== positionals.length > 0) return badUsage(usage);
  if (values.merge) {
    const files = await Promise.all(positionals.map(readRows));
    await keep(files.flat(), values.keep);
    return 0;
  }
  const sizes = values.sizes.split(',');
  const presets = values.presets.split(',');
  const widths = values.bits.split(',').map(Number);
  const headBits = Number(values['head-bits']);
  const arePresets = presets.every((name): name is 'paper' | 'auto' => ['paper', 'auto'].includes(name));
  if (!sizes.every(isPublishedSize) || !arePresets) return badUsage(usage);
  const asked = numbers(values.lengths);
  const sequences = numbers(values.sequences);
  if (!asked || !sequences) return badUsage(usage);
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
      const dimensions = { dModel, nLayers: LAYERS, nHeads, headDim, dState, nGroups, convKernel, vocabSize };
      const model = randomModel(dimensions, SEED, options);
      const name = `mamba2-${size}, ${preset}, ${bits} bits`;
      const folder = join(values.output, `${size}-${preset}-${bits}`);
      // One token always: the head is measured with it.
      const lengths =
        asked.length > 0 ? [...new Set([1, ...asked])] : lengthsFor(size, planned.shape.chunkTokens);
      const command = 'npm run compare';
      const request = {
        model,
        planned,
        lengths,
        sequences,
        // Prompts packed end to end, as many tokens as the compared prompt; at 2.7B that takes hours.
        packed:
          size === '130m' && asked.length === 0 && sequences.includes(COMPARED_SEQUENCES)
            ? [{ tokens: COMPARED_PROMPT, sequences: COMPARED_SEQUENCES }]
            : [],
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
      const row = {
        ...{ size, preset, device: device.name },
        ...(bits === 8 ? {} : { bits }),
        ...(headBits === 8 ? {} : { headBits }),
        ...{ plan: planned.plan.digest, tool, runs: found.map((run) => rowOf(run, config.nLayers, found)) },
      };
      if (status === 0) await keep([row], values.keep);
    }
  return status;
}

/**
 * A run as a row keeps it, with the cycles of the whole model: its further layers take as long as one in the steady state, its head as that of a
 * token of each sequence.
 */
function rowOf(
  { tokens, sequences, layers, found, planned, bytes, mismatches, busy }: Measurement,
  modelLayers: number,
  all: readonly Measurement[],
): MeasuredRow['runs'][number] {
  const decode = all.find((run) => run.tokens === sequences && run.sequences === sequences)!;
  const whole = (of: 'found' | 'planned', own: MeasuredCycles) =>
    own.layersCycles + (modelLayers - layers) * own.layerCycles + decode[of].headCycles!;
  return {
    tokens,
    ...(sequences > 1 ? { sequences } : {}),
    layers,
    layerCycles: found.layerCycles,
    plannedLayerCycles: planned.layerCycles,
    headCycles: found.headCycles,
    plannedHeadCycles: planned.headCycles,
    modelCycles: whole('found', found),
    plannedModelCycles: whole('planned', planned),
    bytes,
    mismatches,
    busy: { matIn: busy.mat_in / layers, matOut: busy.mat_out / layers },
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

/** Numbers from 1 on with commas between them; none of an empty text; undefined for anything else. */
function numbers(text: string): number[] | undefined {
  const found = text === '' ? [] : text.split(',').map(Number);
  return found.every((one) => Number.isInteger(one) && one > 0) ? found : undefined;
}

/** The rows of a file that must be there. */
async function readRows(path: string): Promise<readonly MeasuredRow[]> {
  if (!existsSync(path)) throw new UserError(`${path}: found nothing, expected what --keep wrote`);
  return readMeasurements(path);
}

/** Puts rows into a file, each in the place of that of the same size, preset, widths and device; of the same plan, earlier runs of other calls stay. */
async function keep(rows: readonly MeasuredRow[], path: string): Promise<void> {
  const key = ({ size, preset, device, bits = 8, headBits = 8 }: MeasuredRow) =>
    `${size} ${device} ${preset} ${bits} ${headBits}`;
  const byKey = new Map((await readMeasurements(path)).map((row) => [key(row), row]));
  for (const row of rows) {
    const before = byKey.get(key(row));
    byKey.set(key(row), before?.plan === row.plan ? { ...row, runs: withRuns(before.runs, row.runs) } : row);
  }
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await writeWhole(path, `${JSON.stringify({ rows: sorted }, null, 1)}\n`);
}

type Runs = MeasuredRow['runs'];

/** Runs with others put in the place of those of the same call: of one sequence first, then by length. */
function withRuns(before: Runs, runs: Runs): Runs {
  const key = ({ tokens, sequences = 1 }: Runs[number]) => `${sequences} ${tokens}`;
  const byKey = new Map([...before, ...runs].map((run) => [key(run), run]));
  return [...byKey.values()].sort((a, b) => (a.sequences ?? 1) - (b.sequences ?? 1) || a.tokens - b.tokens);
}

await runMain(main);
