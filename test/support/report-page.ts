/** A small plan and results made by hand, for the tests of the page. */

import { loadDevice } from '../../src/plan/board/device.js';
import { type PlannedAccelerator, planAccelerator } from '../../src/plan/plan.js';
import type { FrontPoint, Plan } from '../../src/plan/plan-types.js';
import { recordCall } from '../../src/plan/timeline/timeline.js';
import { DEFAULT_QUANT_OPTIONS } from '../../src/quant/quantize/quantize.js';
import type { PageData } from '../../src/report/html/page-data.js';
import type { Results } from '../../src/report/html/results.js';

/** Of a model with two layers of 64, preset small. */
export async function exampleAccelerator(): Promise<PlannedAccelerator> {
  const dims = {
    ...{ dModel: 64, dInner: 128, nHeads: 4, headDim: 32, dState: 32, nGroups: 1, convKernel: 4 },
    ...{ vocabRows: 97, groupNorm: false, hatIn: 1, hatOut: 128, stateBits: 24 },
  };
  const device = await loadDevice('vc709');
  return planAccelerator({
    name: 'example',
    layers: 2,
    dims,
    device,
    preset: 'small',
    prefillTokens: [1, 40, 512],
  });
}

/** Its plan alone. */
export async function examplePlan(): Promise<Plan> {
  return (await exampleAccelerator()).plan;
}

const made = await exampleAccelerator();
const { calls } = made;
const timelines = {
  decode: recordCall(made, calls.decode),
  prefill: recordCall(made, calls.prefill[1]),
};

/** A page without any result. */
export function examplePage(plan: Plan, more: Partial<PageData> = {}): PageData {
  const commands = {
    ...{ hls: 'make-hls', eval: 'make-eval', csim: 'make-csim', cosim: 'make-cosim', synth: 'make-synth' },
    ...{ board: 'make-board', taps: 'make-taps', tasks: 'make-tasks' },
  };
  return { plan, calls, timelines, quantized: DEFAULT_QUANT_OPTIONS, results: {}, commands, ...more };
}

/** A result of every step, of the plan with this digest. No figure appears twice. */
export function exampleResults(plan: string): Required<Results> {
  const file = { plan, quantized: DEFAULT_QUANT_OPTIONS, kernel: null, tool: null };
  const area = { lut: 7101, ff: 7102, dsp: 7103, bram36: 704.5 };
  return {
    hls: {
      ...file,
      ...{ command: 'made-by-hls', tool: 'g++ 12.2.0' },
      result: { csim: { words: 30101, mismatches: 0, seconds: 1.25 } },
    },
    csim: {
      ...file,
      ...{ command: 'made-by-csim', tool: 'g++ 12.2.0' },
      result: { words: 30201, mismatches: 3, seconds: 2.5 },
    },
    eval: {
      ...file,
      ...{ command: 'made-by-eval', plan: null },
      result: {
        ...{ tokens: 16384, float: { perplexity: 4 }, golden: { perplexity: 4.01 } },
        ...{ ablationTokens: 4096, ablationFloat: { perplexity: 5 } },
        ablations: [{ name: 'no rotation', perplexity: 5.5 }],
      },
    },
    taps: {
      ...file,
      ...{ command: 'made-by-taps', plan: null },
      result: {
        ...{ model: 'm', tokens: 512, window: 256 },
        ranOn: { checkpoint: '3'.repeat(64), artifact: '4'.repeat(64), text: '5'.repeat(64) },
        variants: [
          {
            ...{ name: 'as quantized', quantized: DEFAULT_QUANT_OPTIONS },
            taps: [
              {
                layer: 0,
                tap: 'norm',
                sqnr: 71.25,
                sqnrInPlace: 61.25,
                largest: 0.125,
                largestInPlace: 0.125,
                saturated: 0.0625,
              },
              {
                layer: 0,
                tap: 'gate',
                sqnr: 33.5,
                sqnrInPlace: 32.5,
                largest: 0.5,
                largestInPlace: 0.5,
                saturated: 0,
              },
              {
                layer: 1,
                tap: 'norm',
                sqnr: null,
                sqnrInPlace: 31.5,
                largest: 0,
                largestInPlace: 0,
                saturated: 0,
              },
            ],
          },
        ],
      },
    },
    tasks: {
      ...file,
      ...{ command: 'made-by-tasks', plan: null },
      result: {
        file: 'tasks.jsonl',
        run: {
          ...{ format: 'fastmamba-task-records', version: 1, generator: '0', model: 'm' },
          ...{ checkpoint: '0'.repeat(64), artifact: '1'.repeat(64), quantized: DEFAULT_QUANT_OPTIONS },
          ...{ context: 2048, limit: 0, shard: { index: 1, count: 1 } },
          tasks: [{ task: 'piqa', data: '2'.repeat(64), examples: 1838 }],
        },
        tasks: [
          {
            ...{ task: 'piqa', examples: 1838, different: 17 },
            float: taskFigures(0.6012, 0.6134),
            golden: taskFigures(0.6023, 0.6145),
          },
        ],
        average: null,
      },
    },
    cosim: {
      ...file,
      ...{ command: 'made-by-cosim', tool: 'verilator 5.006' },
      result: {
        ...{ engine: 'verilator', kernel: 'layer', words: 30301, mismatches: 0, seconds: 1, seed: 1 },
        ...{ cycles: 50500, plannedCycles: 50000, stalls: false, memory: 'ddr3', problems: [] },
        processes: [{ name: 'gate', busy: 901, starved: 902, blocked: 903, waiting: 904 }],
        channels: [{ name: 'gate_out', depth: 38, highest: 37 }],
      },
    },
    board: {
      ...file,
      command: 'made-by-board',
      result: {
        version: '2023.2',
        device: {
          name: 'vc709',
          part: 'xc7vx690tffg1761-2',
          area: { lut: 433200, ff: 866400, dsp: 3600, bram36: 1470 },
        },
        kernel: { lut: 8101, ff: 8102, dsp: 8103, bram36: 804.5 },
        built: {
          bitstream: 'board.bit',
          area: { lut: 9201, ff: 9202, dsp: 820, bram36: 825 },
          cells: [{ name: 'kernel', lut: 8301, ff: 8302, dsp: 830, bram36: 835 }],
          timing: {
            ...{ isMet: false, setupSlack: -0.841, holdSlack: 0.042, failingEndpoints: 85 },
            clocks: [{ name: 'kernel_clk', slack: -0.841 }],
          },
          power: { totalWatts: 28.6, dynamicWatts: 27.7, staticWatts: 0.9, junctionCelsius: 58.7 },
        },
      },
    },
    synth: {
      ...file,
      command: 'made-by-synth',
      result: {
        ...{ tool: 'yosys', version: '0.55', preset: 'small', total: area },
        units: [
          {
            ...{ name: 'gate', count: 2, lut: 11, ff: 12, dsp: 13, bram36: 1.5, ns: 2.75, budgetNs: 3.2 },
            planned: { lut: 2101, ff: 2102, dsp: 2103, bram36: 2104 },
          },
        ],
      },
    },
  };
}

const taskFigures = (acc: number, accNorm: number) => ({
  ...{ acc, accError: 0.0114, accNorm, accNormError: 0.0113, perplexity: null, perplexityError: null },
});

const array = { rows: 8, cols: 8 };
const mat = { ...array, lutRows: 0 };

/** Three points that no other beats, the middle one chosen, not in order. */
export function exampleFront(): FrontPoint[] {
  const shape = { inProj: mat, outProj: mat, ssm: array, chunkTokens: 16 };
  const resources = { lut: 1, ff: 1, dsp: 1, bram36: 1 };
  const point = (areaShare: number, decode: number, prefill: number, isChosen = false) => ({
    ...{ shape, resources, areaShare, isChosen },
    ...{ decodeTokensPerSecond: decode, prefillTokensPerSecond: prefill },
  });
  return [point(0.5, 300, 9000), point(0.1, 100, 2000), point(0.25, 200, 6000, true)];
}
