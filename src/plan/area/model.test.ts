/**
 * The fitted model against every synthesized unit that is kept (devices/area/xc7-units.json): each within a tenth, a plan's sum within a
 * twentieth. `npm run fit:area` renews both files.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../model/config/config.js';
import { completeOptions } from '../../quant/quantize/quantize.js';
import { packagePath } from '../../util/package-path.js';
import { loadDevice } from '../board/device.js';
import { planAccelerator } from '../plan.js';
import { modelDims } from '../shape/dims.js';
import { type AreaRow, FLOOR } from './fit-model.js';
import { areaModel, unitArea } from './model.js';
import { networkStructure } from './units.js';

interface Kept {
  readonly tool: { readonly kind: string; readonly version: string };
  readonly plans: readonly string[];
  readonly units: readonly AreaRow[];
}

const kept = JSON.parse(readFileSync(packagePath('devices', 'area', 'xc7-units.json'), 'utf8')) as Kept;
const resources = ['lut', 'ff', 'dsp', 'bram36'] as const;
/** 250 MHz. */
const PERIOD_NS = 4;
/** As `synth` refuses it (src/tools/synth/planned.ts). */
const MOST_FAN_OUT = 1000;
const share = 0.1;
/**
 * Not met: adder trees above chains of four products are not yet modelled by their levels, 12 % off at most; a small corner turn whose digits
 * are powers of two, 25 tables of 222.
 */
const FARTHER = {
  ...{ 'tiny/auto mat_in lut': 0.12, 'tiny/auto mat_out lut': 0.12 },
  'tiny/small turn_xbc lut': 0.12,
} as Record<string, number>;
/** Not met: the write enable of a deep state memory is chosen in the cycle in which a word is taken. */
const SLOWER = { state_space: 4.1 } as Record<string, number>;
const shareInAll = 0.05;

describe('the area model', () => {
  it('is of the synthesis whose units are kept', () => {
    expect(areaModel().tool).toEqual(kept.tool);
    expect(kept.units.length).toBeGreaterThan(100);
  });

  it.each(resources)('%s of each unit is within a tenth, or a few', (kind) => {
    const far = kept.units.flatMap((unit) => {
      const found = unit.synthesized[kind];
      const planned = unitArea(unit)[kind];
      const name = `${Object.keys(unit.counts)[0]} ${unit.name}`;
      const allowed = FARTHER[`${name} ${kind}`] ?? share;
      return Math.abs(planned - found) > Math.max(FLOOR[kind], allowed * found)
        ? [`${name}: planned ${planned}, synthesized ${found}`]
        : [];
    });
    expect(far).toEqual([]);
  });

  it.each(kept.plans)('%s in all is within a twentieth', (plan) => {
    for (const kind of resources) {
      const sum = (of: (unit: AreaRow) => number) =>
        kept.units.reduce((all, unit) => all + (unit.counts[plan] ?? 0) * of(unit), 0);
      const found = sum((unit) => unit.synthesized[kind]);
      const planned = sum((unit) => unitArea(unit)[kind]);
      expect(found, kind).toBeGreaterThan(0);
      expect(Math.abs(planned - found) / found, `${kind}: ${planned} for ${found}`).toBeLessThan(shareInAll);
    }
  });

  it('has no unit whose longest stage or broadest net is more than the clock allows', () => {
    const wrong = kept.units.filter(
      ({ name, timing }) => timing.ns > (SLOWER[name] ?? PERIOD_NS) || timing.loads > MOST_FAN_OUT,
    );
    expect(wrong.map(({ name, timing }) => `${name}: ${timing.ns} ns, ${timing.loads} loads`)).toEqual([]);
  });

  it('counts today what it counted when the units were synthesized', async () => {
    const config = parseConfig(
      readFileSync(packagePath('models', 'tiny-mamba2', 'config.json'), 'utf8'),
      'config.json',
    );
    const dims = modelDims(config, completeOptions({}));
    const device = await loadDevice('vc709');
    const { layer, schedule, plan } = planAccelerator({
      name: 'tiny',
      layers: config.nLayers,
      dims,
      device,
      preset: 'small',
    });
    const { processes, fifos, ports, frame } = networkStructure(layer.network, schedule);
    const units = [...processes, ...fifos, ...ports, ...frame];
    const known = new Set(
      kept.units.map(({ kind, features, exact }) => JSON.stringify([kind, features, exact])),
    );
    const strange = units.filter(
      ({ kind, features, exact }) => !known.has(JSON.stringify([kind, features, exact])),
    );
    expect(strange.map(({ name }) => name)).toEqual([]);
    const listed = plan.processes.length + plan.channels.length + plan.ports.length + plan.frame.length;
    expect(listed).toBe(units.length);
  });
});
