import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { hatSizeOf } from '../../quant/rotate/rotate.js';
import type { AcceleratorShape, ModelDims } from '../../units/shape.js';
import type { Resources } from '../area/resources.js';
import { type Device, loadDevice, targetOf } from '../board/device.js';
import { budgetOf, shortOf } from '../budget.js';
import type { Arena } from './design.js';
import { counted, searchShapes } from './search.js';
import { type SearchSpace, wholeSpace } from './space.js';
import { merit, PURPOSES, speedEstimate, type Workload } from './workload.js';

/** Mamba2-130M. */
const dims: ModelDims = {
  ...{ dModel: 768, dInner: 1536, nHeads: 24, headDim: 64, dState: 128, nGroups: 1, convKernel: 4 },
  ...{ vocabRows: 50288, groupNorm: false, hatIn: 1, hatOut: hatSizeOf(1536), stateBits: 24 },
};

let device: Device;
beforeAll(async () => {
  device = await loadDevice('vc709');
});

const workload = (purpose: Workload['purpose']): Workload => ({ purpose, layers: 24, prefillTokens: 512 });
const rated = (shape: AcceleratorShape, purpose: Workload['purpose']) =>
  merit(speedEstimate(shape, device, workload(purpose)), purpose);

/** Few enough choices to try them all. */
const smallSpace: SearchSpace = {
  chunkTokens: [32, 57],
  inProj: [
    { rows: 16, cols: 32 },
    { rows: 32, cols: 32 },
    { rows: 32, cols: 64 },
  ],
  outProj: [
    { rows: 16, cols: 32 },
    { rows: 32, cols: 32 },
  ],
  ssm: [
    { rows: 8, cols: 8 },
    { rows: 16, cols: 16 },
  ],
  pairs: [{ xbc: true, z: true, out: true }],
  lutRows: false,
};

/** Every shape of the space with every choice of the lanes that cost most, around a shape that was found. */
function* everyShape(like: AcceleratorShape): Generator<AcceleratorShape> {
  for (const chunkTokens of smallSpace.chunkTokens)
    for (const inProj of smallSpace.inProj)
      for (const outProj of smallSpace.outProj)
        for (const ssm of smallSpace.ssm)
          for (const rescaleLanes of [2, 8])
            for (const convLanes of [2, 8])
              for (const gateLanes of [4, 16])
                yield like.with({
                  ...{ chunkTokens, ssm, rescaleLanes, convLanes, gateLanes, normLanes: 8, addLanes: 8 },
                  ...{ inProj: { ...inProj, lutRows: 0 }, outProj: { ...outProj, lutRows: 0 } },
                });
}

describe('searchShapes', () => {
  test.each(PURPOSES)('nothing in a small space is faster at %s and fits', (purpose) => {
    const limit: Resources = { lut: 180_000, ff: 250_000, dsp: 1900, bram36: 700 };
    const arena: Arena = { dims, device, space: smallSpace, limit, tokens: 512 };
    const { best } = searchShapes(arena, workload(purpose), targetOf(device));
    expect(shortOf(best!.used, limit)).toEqual([]);
    for (const shape of everyShape(best!.shape)) {
      const value = rated(shape, purpose);
      // What the search does not weigh, lanes that shorten the ends of a prompt or a token, is worth less than this.
      if (value <= best!.merit * 1.03) continue;
      const design = {
        shape,
        estimate: best!.estimate,
        merit: value,
        ...speedEstimate(shape, device, workload(purpose)),
      };
      const { used } = counted(design, targetOf(device));
      expect(shortOf(used, limit), JSON.stringify({ ...shape, dims: undefined })).not.toEqual([]);
    }
  });

  test('less to use never gives more speed, and what is found is within it', () => {
    const space = wholeSpace(dims, device, 512);
    const share = fc.double({ min: 0.5, max: 1, noNaN: true });
    const whole = searchShapes(
      { dims, device, space, limit: budgetOf(device), tokens: 512 },
      workload('both'),
      targetOf(device),
    );
    fc.assert(
      fc.property(share, share, (dsp, lut) => {
        const most = budgetOf(device);
        const limit = { ...most, dsp: Math.floor(most.dsp * dsp), lut: Math.floor(most.lut * lut) };
        const { best } = searchShapes(
          { dims, device, space, limit, tokens: 512 },
          workload('both'),
          targetOf(device),
        );
        expect(shortOf(best!.used, limit)).toEqual([]);
        expect(best!.merit).toBeLessThanOrEqual(whole.best!.merit * 1.01);
      }),
      { numRuns: 2 },
    );
  });

  test('products go to LUTs only where DSP blocks are short', () => {
    const space = wholeSpace(dims, device, 512);
    const limit = { ...budgetOf(device), dsp: 1800, lut: 400_000 };
    const { best } = searchShapes(
      { dims, device, space, limit, tokens: 512 },
      workload('prefill'),
      targetOf(device),
    );
    const inLuts = ({ inProj, outProj }: AcceleratorShape) =>
      inProj.lutRows * inProj.cols + outProj.lutRows * outProj.cols;
    expect(inLuts(best!.shape)).toBeGreaterThan(0);
    const plenty = searchShapes(
      { dims, device, space, limit: { ...limit, dsp: 6000 }, tokens: 512 },
      workload('prefill'),
      targetOf(device),
    );
    expect(inLuts(plenty.best!.shape)).toBe(0);
  });
});
