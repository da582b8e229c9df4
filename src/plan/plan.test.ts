import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { hatSizeOf } from '../quant/rotate/rotate.js';
import type { ModelDims } from '../units/shape.js';
import { type Device, loadDevice } from './board/device.js';
import { canonicalJson, digestOf } from './digest.js';
import { type PlannedAccelerator, planAccelerator } from './plan.js';
import type { FrontPoint, Plan } from './plan-types.js';
import { verifyPlan } from './verify.js';

/** The shipped model. */
const tiny: ModelDims = {
  dModel: 192,
  dInner: 384,
  nHeads: 6,
  headDim: 64,
  dState: 64,
  nGroups: 1,
  convKernel: 4,
  vocabRows: 256,
  groupNorm: false,
  hatIn: 1,
  hatOut: hatSizeOf(384),
  stateBits: 24,
};

let device: Device;
let made: PlannedAccelerator;
let plan: Plan;
beforeAll(async () => {
  device = await loadDevice('vc709');
  made = planAccelerator({
    name: 'tiny',
    layers: 6,
    dims: tiny,
    device,
    prefillTokens: [1, 16, 512],
    sequences: [2, 8],
  });
  plan = made.plan;
});

const check = (changed: Partial<Plan>) => verifyPlan({ ...plan, ...changed }, made.layer.network, device);

describe('planAccelerator', () => {
  test('the plan of the shipped model holds', () => {
    expect(check({})).toEqual([]);
    expect(plan.figures).toBe('planned');
    expect(plan.resources).toMatchObject({ fits: true, withinBudget: true });
  });

  test('the same request gives the same bytes', () => {
    const again = planAccelerator({
      name: 'tiny',
      layers: 6,
      dims: tiny,
      device,
      prefillTokens: [1, 16, 512],
      sequences: [2, 8],
    });
    expect(JSON.stringify(again.plan)).toBe(JSON.stringify(plan));
  });

  test('a model that the board’s memory does not hold is refused with both sizes', () => {
    // 2 channels x 8 banks x 32 rows of 8 KiB.
    const memory = { ...device.memory, rows: 32 };
    const request = { name: 'tiny', layers: 6, dims: tiny, device: { ...device, memory }, shape: made.shape };
    expect(() => planAccelerator(request)).toThrow(/tiny takes [\d,]+ bytes of memory; vc709 has 4,194,304$/);
  });

  test('a prompt of one token costs no more than decode: it reads no states', () => {
    expect(plan.prefill[0].layerCycles).toBeLessThanOrEqual(plan.decode.layerCycles);
    expect(plan.prefill[0].from).toBe('simulation');
    expect(plan.prefill[2].from).toBe('extrapolation');
  });

  test('of two buffers that take turns neither is busy more than all the time', () => {
    const size = {
      dModel: 768,
      dInner: 1536,
      nHeads: 24,
      headDim: 64,
      dState: 128,
      hatOut: 256,
      vocabRows: 50288,
    };
    const request = { name: '130m', layers: 24, dims: { ...tiny, ...size }, device, prefillTokens: [2048] };
    const { bound, from } = planAccelerator(request).plan.prefill[0];
    expect(from).toBe('extrapolation');
    expect(bound.share).toBeGreaterThan(0.9);
    expect(bound.share).toBeLessThanOrEqual(1.001);
  });

  test('speed follows from cycles, and stays under the roofline', () => {
    const { decode, roofline } = plan;
    expect(decode.cycles).toBe(decode.fillCycles + 6 * decode.layerCycles + decode.headCycles);
    expect(decode.tokensPerSecond).toBeCloseTo(250e6 / decode.cycles, 6);
    expect(decode.tokensPerSecond).toBeLessThanOrEqual(roofline.decodeTokensPerSecondOfStreams);
    expect(roofline.pinBytesPerSecond).toBeCloseTo(29.856e9, -3);
    for (const { tokensPerSecond } of plan.prefill)
      expect(tokensPerSecond).toBeLessThanOrEqual(roofline.prefillTokensPerSecondOfArrays);
  });

  test('tokens of several sequences share the weights, and each has states of its own', () => {
    const { batches, decode, traffic } = plan;
    expect(batches.map(({ sequences }) => sequences)).toEqual([2, 8]);
    const { weights, rescale, parameters, state, residual, logits } = traffic.decodeToken;
    for (const { sequences, bytes, tokensPerSecond, cycles } of batches) {
      const chunks = Math.ceil(sequences / plan.shape.chunkTokens);
      const shared = chunks * (weights + rescale) + parameters;
      expect(bytes).toBe(shared + sequences * (state + residual + logits));
      expect(cycles).toBeGreaterThan(decode.cycles);
      expect(tokensPerSecond).toBeCloseTo((250e6 * sequences) / cycles, 6);
      expect(tokensPerSecond).toBeLessThan(sequences * decode.tokensPerSecond);
    }
  });

  test('traffic of a token is its weights, states and rows', () => {
    const { weights, state, residual } = plan.traffic.decodeToken;
    const rows = (count: number) => Math.ceil(count / plan.shape.inProj.rows) * plan.shape.inProj.rows;
    const outRows = Math.ceil(192 / plan.shape.outProj.rows) * plan.shape.outProj.rows;
    const layer = (rows(6) + rows(384 + 128) + rows(384)) * 192 + outRows * 384;
    expect(weights).toBe(6 * layer + rows(256) * 192);
    expect(state).toBe(6 * 2 * (384 * 64 * 3 + 512 * 3 * 2));
    expect(residual).toBe(6 * 3 * 192 * 4 + 192 * 4);
  });

  test('the design that was chosen is on the front once', () => {
    const { front = [] } = plan;
    const arrays = ({ shape }: FrontPoint) => {
      const { inProj, outProj, ssm, chunkTokens } = shape;
      return [inProj.rows, inProj.cols, outProj.rows, outProj.cols, ssm.rows, ssm.cols, chunkTokens].join();
    };
    const [chosen, ...others] = [...front].sort((a, b) => Number(b.isChosen) - Number(a.isChosen));
    expect(chosen.isChosen).toBe(true);
    expect(others.length).toBeGreaterThan(5);
    expect(others.map(arrays)).not.toContain(arrays(chosen));
  });

  test('the digest is of what is built, whatever the order of keys', () => {
    const { digest, device: on, channels, shape } = plan;
    const fifos = channels.map(({ name, type, depth }) => ({ name, type, depth }));
    const rest = { dims: tiny, device: on, shape, fifos };
    expect(digestOf(JSON.parse(JSON.stringify(rest)))).toBe(digest);
    expect(digestOf(Object.fromEntries(Object.entries(rest).reverse()))).toBe(digest);
    expect(digestOf({ ...rest, preset: 'other' })).not.toBe(digest);
  });

  test('a small device is said not to fit', () => {
    const tight = { ...device, dsp: 100 };
    const less: ModelDims = { ...tiny, dModel: 64, dInner: 128, nHeads: 2, hatOut: 128 };
    const { plan: other } = planAccelerator({
      name: 'tiny',
      layers: 6,
      dims: less,
      device: tight,
      prefillTokens: [],
      preset: 'small',
    });
    expect(other.resources.fits).toBe(other.resources.used.dsp <= 100);
    expect(other.resources.withinBudget).toBe(false);
  });
});

describe('verifyPlan', () => {
  test('finds what does not add up', () => {
    const { resources, decode, batches, prefill, channels, shape, processes } = plan;
    const more = { ...resources.used, dsp: resources.used.dsp + 1 };
    expect(check({ resources: { ...resources, used: more } })).toEqual([
      expect.stringMatching(/^dsp: .* in all/),
    ]);
    expect(check({ resources: { ...resources, fits: false } })).toEqual([
      expect.stringMatching(/said to exceed/),
    ]);
    expect(check({ decode: { ...decode, layerCycles: 100 } })).toEqual([
      expect.stringMatching(/decode, a layer: 100 cycles/),
    ]);
    expect(check({ batches: [{ ...batches[1], layerCycles: 100 }] })).toEqual([
      expect.stringMatching(/decode of 8 sequences, a layer: 100 cycles/),
    ]);
    expect(check({ decode: { ...decode, headCycles: 10 } })).toEqual([
      expect.stringMatching(/decode, the head/),
    ]);
    const fast = { ...prefill[2], layerCycles: 1000 };
    expect(check({ prefill: [fast] })).toEqual([
      expect.stringMatching(/prefill of 512, a layer: 1000 cycles/),
    ]);
    const shallow = channels.map((c) => (c.name === 'norm_in_values' ? { ...c, depth: 2 } : c));
    expect(check({ channels: shallow })).toEqual([
      expect.stringMatching(/norm_in_values: 2 words, the network has/),
      expect.stringMatching(/norm_in_values: 2 words, a row has/),
    ]);
    expect(check({ shape: { ...shape, convLanes: 5 } })).toHaveLength(2);
    const busy = processes.map((p, i) => (i === 0 ? { ...p, busyDecode: 1.5 } : p));
    expect(check({ processes: busy })).toEqual([expect.stringMatching(/busy share 1.5/)]);
  });
});

test('canonical JSON is JSON, with keys in order', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain = JSON.parse(JSON.stringify(value));
      expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
    }),
  );
  expect(canonicalJson({ b: 1, a: [undefined, { d: 2, c: undefined }] })).toBe('{"a":[null,{"d":2}],"b":1}');
});
