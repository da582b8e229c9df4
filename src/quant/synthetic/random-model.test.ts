import { describe, expect, it } from 'vitest';
import { goldenLayer } from '../golden/layer.js';
import type { GoldenData, GoldenTap } from '../golden/observer.js';
import { createGoldenState } from '../golden/state.js';
import { type RandomModel, randomModel } from './random-model.js';

/** Bits of the taps that a saturation ends. */
const SATURATED: Partial<Record<GoldenTap, number>> = {
  'norm.v': 18,
  'norm.out': 16,
  'in_proj.x': 8,
  'in_proj.out': 16,
  'conv.out': 16,
  'silu_xbc.out': 16,
  u: 16,
  'h.final': 24,
  'ssm.y': 16,
  'silu_z.out': 16,
  'gate.out': 16,
  'gated_norm.out': 16,
  'out_proj.x': 8,
  'out_proj.out': 32,
  'residual.out': 32,
};

function run(model: RandomModel, tokens: number, see: (name: GoldenTap, data: GoldenData) => void): void {
  const state = createGoldenState(model.config);
  const residual = model.embeddingRowsNow(Array.from({ length: tokens }, (_, t) => t));
  for (let i = 0; i < model.config.nLayers; i++) {
    goldenLayer(model.layerNow(i), model, residual, state.layers[i], {
      tap: (name, _, data) => see(name, data),
    });
  }
}

describe('random models', () => {
  const shapes = [
    {},
    { nHeads: 6, nGroups: 2, groupNorm: true, dModel: 40, headDim: 16, dState: 32 },
    { nHeads: 8, headDim: 64, dState: 128, dModel: 256 },
  ];
  it.each(shapes)('lively: tensors fill their words and seldom saturate (%o)', (shape) => {
    for (const stateBits of [18, 24]) {
      run(randomModel(shape, 11, { stateBits }), 40, (name, data) => {
        const bits = name === 'h.final' ? stateBits : SATURATED[name];
        if (bits === undefined) return;
        const limit = 2 ** (bits - 1);
        let squares = 0;
        let atLimit = 0;
        for (const v of data) {
          squares += v * v;
          if (v === -limit || v === limit - 1) atLimit++;
        }
        expect(atLimit / data.length, name).toBeLessThan(0.03);
        if (bits < 32) expect(Math.sqrt(squares / data.length) / limit, name).toBeGreaterThan(0.01);
      });
    }
  });

  it('extreme: every saturation happens on both sides', () => {
    const low = new Set<string>();
    const high = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      run(randomModel({ nLayers: 1 }, seed, {}, 'extreme'), 6, (name, data) => {
        const bits = SATURATED[name];
        if (bits !== undefined) {
          if (data.some((v) => v === -(2 ** (bits - 1)))) low.add(name);
          if (data.some((v) => v === 2 ** (bits - 1) - 1)) high.add(name);
        }
        const ends: Partial<Record<GoldenTap, number>> = {
          w: 2 ** 25 - 1,
          decay: 2 ** 17 - 1,
          dt: 2 ** 24 - 1,
        };
        if (ends[name] !== undefined && data.some((v) => v === ends[name])) high.add(name);
      });
    }
    // A left-rounded negative never meets the lower end of SiLU's result: it is above -0.28.
    const never = ['silu_xbc.out', 'silu_z.out'];
    expect([...low].sort()).toEqual(
      Object.keys(SATURATED)
        .filter((n) => !never.includes(n))
        .sort(),
    );
    expect([...high].sort()).toEqual([...Object.keys(SATURATED), 'w', 'decay'].sort());
  });

  it('are the same for the same seed, and others for another', () => {
    const [a, b, c] = [4, 4, 5].map((seed) => randomModel({}, seed));
    expect(a.layerNow(1)).toEqual(b.layerNow(1));
    expect(a.headNow()).toEqual(b.headNow());
    expect(a.layerNow(1).inProj.weight).not.toEqual(c.layerNow(1).inProj.weight);
    expect(a.layerNow(1).inProj.weight).not.toEqual(a.layerNow(0).inProj.weight);
  });
});
