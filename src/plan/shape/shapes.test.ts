import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../errors.js';
import { STREAM_BITS, totalBits } from '../../kernel/type.js';
import { hatSizeOf } from '../../quant/rotate/rotate.js';
import { scheduleNetwork } from '../../schedule/asap.js';
import { vc709Timing } from '../../schedule/target.js';
import { buildLayerNetwork } from '../../units/layer/network.js';
import type { AcceleratorShape, ModelDims } from '../../units/shape.js';
import { dividingPower, powersTo } from '../../util/powers-of-two.js';
import { networkResources } from '../area/network.js';
import { allUnits, totalResources } from '../area/resources.js';
import { type Device, loadDevice } from '../board/device.js';
import { budgetOf, shortOf } from '../budget.js';
import { PRESETS, presetNamed, presetShape } from '../search/presets.js';
import { prefillCycles } from '../search/workload.js';
import { decodeCycles, prefillBound, prefillLoads } from '../time/engine-load.js';
import { bestArray, MOST_ROWS, paddedRows, ssmArray } from './array-shapes.js';
import { convolutionLanes, sectionLanes } from './shape-limits.js';

let device: Device;
beforeAll(async () => {
  device = await loadDevice('vc709');
});

const dimsFrom = (
  d: Pick<ModelDims, 'dModel' | 'nHeads' | 'headDim' | 'dState' | 'nGroups'> & Partial<ModelDims>,
): ModelDims => {
  const dInner = d.nHeads * d.headDim;
  return {
    dInner,
    convKernel: 4,
    vocabRows: 50288,
    groupNorm: false,
    hatIn: 1,
    hatOut: hatSizeOf(dInner),
    stateBits: 24,
    ...d,
  };
};

/** A published size. */
const published = (dModel: number) =>
  dimsFrom({ dModel, nHeads: dModel / 32, headDim: 64, dState: 128, nGroups: 1 });

const anyDims = fc
  .record({
    dModelUnits: fc.integer({ min: 1, max: 48 }),
    unit: fc.constantFrom(8, 32, 64, 96),
    heads: fc.integer({ min: 1, max: 32 }),
    nGroups: fc.constantFrom(1, 1, 2, 3, 4, 8),
    headDim: fc.constantFrom(16, 32, 48, 64, 128),
    dState: fc.constantFrom(16, 32, 48, 64, 128, 256),
    convKernel: fc.integer({ min: 2, max: 8 }),
    vocabRows: fc.integer({ min: 1, max: 60000 }),
    online: fc.boolean(),
    groupNorm: fc.boolean(),
    stateBits: fc.integer({ min: 16, max: 24 }),
  })
  .map((r) => {
    const dModel = r.dModelUnits * r.unit;
    const { headDim, dState, nGroups, convKernel, vocabRows, stateBits } = r;
    const extra = {
      convKernel,
      vocabRows,
      stateBits,
      groupNorm: r.groupNorm && nGroups > 1,
      hatIn: r.online ? hatSizeOf(dModel) : 1,
    };
    return dimsFrom({ dModel, nHeads: r.heads * nGroups, headDim, dState, nGroups, ...extra });
  });

/** The state space takes B and C in two words, each wider than a memory that could give them back in time. */
const twoWideColumns: ModelDims = {
  ...dimsFrom({ dModel: 8, nHeads: 45, headDim: 48, dState: 256, nGroups: 3 }),
  ...{ convKernel: 2, vocabRows: 1, hatOut: 16, stateBits: 16 },
};

describe('presets', () => {
  test('any valid dims get a shape that divides and a network that builds and schedules', async () => {
    await fc.assert(
      fc.asyncProperty(anyDims, fc.constantFrom(...PRESETS), async (dims, preset) => {
        await setImmediate();
        let shape: ReturnType<typeof presetShape>['shape'];
        try {
          shape = presetShape(preset, { dims: dims, device }).shape;
        } catch (error) {
          // Only `auto` looks at the device, and only models beyond the published ones exceed its memories.
          if (
            error instanceof UserError &&
            preset === 'auto' &&
            (dims.dInner > 5120 || dims.dInner * dims.dState > 5120 * 128)
          )
            return;
          throw error;
        }
        scheduleNetwork(buildLayerNetwork(shape).network, vc709Timing);
      }),
      { numRuns: 10, examples: [[twoWideColumns, 'auto']] },
    );
  });

  test('auto gives every published model a shape within the margins, at the pace of arrays or memory', async () => {
    for (const dModel of [768, 1024, 1536, 2048, 2560]) {
      await setImmediate();
      const { shape, built } = presetShape('auto', { dims: published(dModel), device });
      const used = totalResources(allUnits(networkResources(built!.layer.network, built!.schedule)));
      expect(shortOf(used, budgetOf(device))).toEqual([]);
      const loads = prefillLoads(shape, device);
      const core = loads.filter(({ engine }) => ['mat_in', 'mat_out', 'ssm', 'memory'].includes(engine));
      expect(prefillBound(shape, device).cycles).toBe(Math.max(...core.map(({ cycles }) => cycles)));
      // Every array can take the whole weight stream in decode.
      expect(shape.inProj.rows * shape.inProj.cols).toBeGreaterThanOrEqual(1024);
      expect(shape.outProj.rows * shape.outProj.cols).toBeGreaterThanOrEqual(1024);
    }
  });

  test('auto is as good as trying every lane count beside its arrays', () => {
    const dims = published(768);
    const { shape } = presetShape('auto', { dims: dims, device });
    const cycles = prefillCycles(shape, device, 512, 1);
    /** Lanes in DSP blocks. */
    const area = (s: typeof shape) => 3 * s.ssm.rows * s.ssm.cols + 6 * s.rescaleLanes + 5 * s.convLanes;
    for (const rescaleLanes of powersTo(dividingPower(shape.inProj.rows)))
      for (const convLanes of powersTo(64))
        for (const lanes of powersTo(1024)) {
          const ssm = ssmArray(lanes, dims.headDim, dims.dState)!;
          const other = shape.with({ rescaleLanes, convLanes, ssm });
          if (prefillCycles(other, device, 512, 1) <= cycles)
            expect(area(other)).toBeGreaterThanOrEqual(area(shape));
        }
  });

  test('paper keeps the paper’s arithmetic at Mamba2-130M', () => {
    const { shape, notes } = presetShape('paper', { dims: published(768), device });
    expect(shape.inProj.rows * shape.inProj.cols + shape.outProj.rows * shape.outProj.cols).toBe(1536);
    expect(shape.inProj.lutRows).toBe(shape.inProj.rows);
    expect([shape.convLanes, shape.ssm.rows, shape.ssm.cols]).toEqual([32, 32, 16]);
    expect(notes.join('\n')).toMatch(/state space indices: 16 lanes for the paper's 24/);
    // The published module bounds a token at 3.75 M products / 1,536.
    expect(prefillBound(shape, device)).toMatchObject({ engine: 'mat_in' });
    expect(prefillBound(shape, device).cycles).toBeGreaterThan(2400);
    expect(prefillBound(shape, device).cycles).toBeLessThan(2600);
  });

  test('a state of few words keeps the loop of its update apart', () => {
    const dims = dimsFrom({ dModel: 32, nHeads: 1, headDim: 16, dState: 16, nGroups: 1, vocabRows: 97 });
    for (const preset of PRESETS) {
      const { shape } = presetShape(preset, { dims: dims, device });
      expect(() => scheduleNetwork(buildLayerNetwork(shape).network, vc709Timing)).not.toThrow();
    }
  });

  test('the shipped model gets arrays that a chunk keeps busy', () => {
    const dims = dimsFrom({ dModel: 192, nHeads: 6, headDim: 64, dState: 64, nGroups: 1, vocabRows: 256 });
    const { shape } = presetShape('auto', { dims: dims, device });
    const { dtTiles, xbcTiles, zTiles, inColTiles } = shape.sizes;
    expect((dtTiles + xbcTiles + zTiles) * inColTiles).toBeGreaterThanOrEqual(256);
    expect(shape.inProj.rows * shape.inProj.cols).toBeGreaterThanOrEqual(256);
  });

  test('a device that is too small is an error that names what is short', () => {
    const small = { ...device, name: 'small', bram36: 40 };
    expect(() => presetShape('auto', { dims: published(2560), device: small })).toThrow(
      /nothing fits: .* on small needs bram36 [\d,.]+ of 26 \([\d,.]+ short\)\nplan: nearest plan that fits: --under bram36=\d+ /,
    );
    expect(() => presetNamed('best')).toThrow(/--preset best: not known; expected auto, paper, small/);
  });
});

describe('loads', () => {
  test('more lanes never take more cycles', () => {
    const { shape } = presetShape('small', { dims: published(768), device });
    const wider = shape.with({ rescaleLanes: 8, ssm: { rows: 4, cols: 8 }, normLanes: 4, gateLanes: 8 });
    const before = prefillLoads(shape, device);
    prefillLoads(wider, device).forEach(({ cycles }, i) => {
      expect(cycles).toBeLessThanOrEqual(before[i].cycles);
    });
    expect(decodeCycles(wider, device)).toBeLessThan(decodeCycles(shape, device));
  });

  test('the state space load counts every state value once a token', () => {
    const { shape } = presetShape('paper', { dims: published(768), device });
    const load = prefillLoads(shape, device).find(({ engine }) => engine === 'ssm')!;
    expect(load.cycles).toBe(196_608 / 512);
  });
});

describe('words of streams', () => {
  const largest = (build: () => AcceleratorShape) =>
    Math.max(...buildLayerNetwork(build()).network.channels.map(({ type }) => totalBits(type)));
  const dims = (convKernel: number, dState: number) =>
    dimsFrom({ dModel: 4096, nHeads: 32, headDim: 256, dState, nGroups: 1, convKernel });

  test.each([
    [2, 128],
    [4, 256],
    [8, 1024],
  ])('the widest lanes that a plan may have are taken: %d taps, %d state indices', (taps, dState) => {
    const { shape } = presetShape('small', { dims: dims(taps, dState), device });
    const rows = { rows: MOST_ROWS, lutRows: 0 };
    const widest = () =>
      shape.with({
        inProj: { ...shape.inProj, ...rows },
        outProj: { ...shape.outProj, ...rows },
        rescaleLanes: sectionLanes(shape.dims),
        convLanes: convolutionLanes(shape.dims),
        ssm: ssmArray(256 * 1024, 256, dState) ?? ssmArray(256 * 128, 256, dState)!,
      });
    expect(largest(widest)).toBe(STREAM_BITS);
    expect(() => largest(() => shape.with({ convLanes: 2 * convolutionLanes(shape.dims) }))).toThrow(
      /channel conv_params_words: a word has 8192 bits, expected at most 4096/,
    );
    const wider = { ...shape.inProj, rows: 2 * MOST_ROWS };
    expect(() => largest(() => shape.with({ inProj: wider }))).toThrow(
      /channel mat_in_out: a word has 8192 bits/,
    );
  });
});

describe('array shapes', () => {
  test('bestArray has the asked size, divides the width, and no shape pads less by more than its aspect costs', () => {
    const sections = fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(
        sections,
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 4, max: 12 }),
        (rows, units, log) => {
          const matrix = { sections: rows, width: units * 32 };
          const macs = 2 ** log;
          const found = bestArray(matrix, macs)!;
          expect(found.rows * found.cols).toBe(macs);
          expect(matrix.width % found.cols).toBe(0);
          for (const cols of powersTo(dividingPower(matrix.width, 256)))
            if (macs / cols >= 2 && macs / cols <= 128)
              expect(paddedRows(rows, found.rows)).toBeLessThanOrEqual(paddedRows(rows, macs / cols) * 1.1);
        },
      ),
    );
  });
});
