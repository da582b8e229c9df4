/**
 * What the emitted RTL must become: two products in one DSP block, the state in block RAM at its full width, every product where the schedule
 * said DSP in one, no latch and no loop (the synthesis itself refuses those), no stage far over its budget.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { emitRtl } from '../../src/emit/rtl/project.js';
import { NetworkBuilder } from '../../src/kernel/build/network-builder.js';
import { printType, sint, totalBits, typeOf } from '../../src/kernel/type.js';
import { loadDevice } from '../../src/plan/board/device.js';
import { type PlannedAccelerator, planAccelerator } from '../../src/plan/plan.js';
import { scheduleNetwork } from '../../src/schedule/asap.js';
import { vc709Timing } from '../../src/schedule/target.js';
import { bram36 } from '../../src/tools/synth/area.js';
import { MOST_FAN_OUT, plannedUnits, slowUnits } from '../../src/tools/synth/planned.js';
import { measureBatch } from '../../src/tools/synth/run.js';
import { readSources } from '../../src/tools/synth/sources.js';
import { synthesize } from '../../src/tools/synth/synth.js';
import type { SynthUnit } from '../../src/tools/synth/units.js';
import { findYosys } from '../../src/tools/yosys/yosys-find.js';
import { mat } from '../../src/units/compute/mat.js';
import { smallShape } from '../support/small-shape.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-infer-'));
afterAll(() => rmSync(folder, { recursive: true }));
vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));

function write(project: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
}

describe('a MAT array of 4 x 4', () => {
  it.each([
    { packed: true, blocks: 8 },
    { packed: false, blocks: 0 },
  ])('takes $blocks DSP blocks, packed: $packed', async ({ packed, blocks }) => {
    const net = new NetworkBuilder('array', 'A MAT array.');
    const channel = (name: string, bits: number, lanes: number) =>
      net.channel(name, typeOf(sint(bits), lanes), name);
    mat(net, 'mat', {
      tile: { rows: 4, cols: 4, ports: 1, weightLanes: 4 },
      weights: [channel('weights', 8, 4)],
      input: channel('input', 8, 4),
      output: channel('output', 32, 4),
      chunks: net.scalar('chunks', 0, 9, 'chunks'),
      lastTokens: net.scalar('last_tokens', 0, 16, 'tokens of the last chunk'),
      rowTiles: net.scalar('row_tiles', 0, 3, 'tiles'),
      slots: net.scalar('slots', 5, 18, 'slots'),
      chunkTokens: 16,
      colTiles: 2,
      minSlots: 5,
      lutRows: packed ? 0 : 4,
    });
    const network = net.build();
    const project = join(folder, `array_${packed}`);
    write(project, emitRtl(network, scheduleNetwork(network, vc709Timing)));
    const { units } = await synthesize({ project, top: 'mat', kernel: 'mat', tool: 'yowasp' });
    expect(units[0].area.dsp).toBe(blocks);
  });
});

describe('units of a small accelerator', () => {
  /** Fewer lanes: a unit's area grows with them, what it becomes does not change. */
  const shape = smallShape.with({ ssm: { rows: 2, cols: 2 }, gateLanes: 2, rescaleLanes: 2, convLanes: 4 });
  /** Those with products in DSP blocks of all sizes. */
  const wanted = [
    'state_space',
    'gate',
    'scale_x',
    'nau_decay',
    'gated_norm_root',
    'gated_norm_square',
    'rescale_out',
  ];
  const project = join(folder, 'small');
  let planned: PlannedAccelerator;
  let units: SynthUnit[] = [];
  beforeAll(async () => {
    const device = await loadDevice('vc709');
    const { dims } = shape;
    planned = planAccelerator({ name: 'small', layers: 1, dims, device, shape });
    write(project, emitRtl(planned.layer.network, planned.schedule));
    const sources = readSources(project);
    const choices = wanted.map((module) => ({ module, parameters: {} }));
    const tool = await findYosys('yowasp');
    const { modules, warnings } = await measureBatch(choices, {
      ...{ project, sources, tool, name: 'units', timeoutSeconds: 600 },
    });
    expect(warnings).toEqual([]);
    units = modules.map(({ module, parameters, area, path, fanOut }) => {
      return {
        name: module,
        module,
        parameters,
        count: 1,
        instances: [module],
        isLibrary: false,
        area,
        path,
        fanOut,
      };
    });
  });

  it('have a DSP block for every product that the schedule puts into one', () => {
    const stages = plannedUnits(planned.layer.network, planned.schedule, units);
    const blocks = (of: (unit: SynthUnit) => number) => units.map((unit) => [unit.name, of(unit)]);
    expect(blocks(({ area }) => area.dsp)).toEqual(blocks(({ name }) => stages.get(name)!.area!.dsp));
  });

  it('hold the state in block RAM, as wide as a word of it', () => {
    const { rams } = planned.layer.network.processes.find(({ name }) => name === 'state_space')!;
    const state = rams.reduce((most, ram) =>
      totalBits(ram.type) * ram.depth > totalBits(most.type) * most.depth ? ram : most,
    );
    expect(printType(state.type)).toContain(`s${shape.dims.stateBits}`);
    const { area } = units.find(({ name }) => name === 'state_space')!;
    // 36 bits wide and 512 words deep is half a block RAM.
    const halves = Math.ceil(totalBits(state.type) / 36) * Math.ceil(state.depth / 512);
    expect(bram36(area)).toBe(halves / 2);
    // In LUT RAM the state would take this many tables; what there is delays a word on its way, a shift register a bit.
    const asLutram = (totalBits(state.type) * state.depth) / 64;
    expect(area.lutram).toBeLessThan(asLutram / 4);
  });

  it('have no stage far over its budget', () => {
    const stages = plannedUnits(planned.layer.network, planned.schedule, units);
    expect(slowUnits(units, stages).map(({ name, path }) => `${name} ${path?.ns}`)).toEqual([]);
    for (const { name, fanOut } of units) expect(fanOut!.loads, name).toBeLessThanOrEqual(MOST_FAN_OUT);
  });
});
