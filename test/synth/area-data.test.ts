/**
 * The area model's data are of today's RTL and tool: some of their units, synthesized again, come out as they were kept. Where this fails the
 * RTL, its emitter or Yosys have changed: `npm run fit:area` renews the data and the model.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { totalBits } from '../../src/kernel/type.js';
import { parseConfig } from '../../src/model/config/config.js';
import type { AreaRow } from '../../src/plan/area/fit-model.js';
import { loadDevice } from '../../src/plan/board/device.js';
import { planAccelerator } from '../../src/plan/plan.js';
import { modelDims } from '../../src/plan/shape/dims.js';
import { completeOptions } from '../../src/quant/quantize/quantize.js';
import { masterWords } from '../../src/schedule/memory-choice.js';
import { bram36 } from '../../src/tools/synth/area.js';
import { writeRtl } from '../../src/tools/synth/project.js';
import { type ModuleChoice, measureBatch } from '../../src/tools/synth/run.js';
import { readSources } from '../../src/tools/synth/sources.js';
import { findYosys } from '../../src/tools/yosys/yosys-find.js';
import { packagePath } from '../../src/util/package-path.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-area-'));
afterAll(() => rmSync(folder, { recursive: true }));

vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));

/** What shares a run with a module moves its mapping by a little. */
const share = 0.04;

it('units of the tiny model synthesize to what is kept', async () => {
  const kept = JSON.parse(readFileSync(packagePath('devices', 'area', 'xc7-units.json'), 'utf8')) as {
    tool: { kind: string; version: string };
    units: AreaRow[];
  };
  const text = readFileSync(packagePath('models', 'tiny-mamba2', 'config.json'), 'utf8');
  const config = parseConfig(text, 'config.json');
  const planned = planAccelerator({
    name: 'tiny',
    layers: config.nLayers,
    dims: modelDims(config, completeOptions({})),
    device: await loadDevice('vc709'),
    preset: 'small',
  });
  const project = join(folder, 'project');
  writeRtl(planned, project);
  const tool = await findYosys('yowasp');
  expect({ kind: tool.kind, version: tool.version }, 'renew the data: npm run fit:area').toEqual(kept.tool);

  const own = kept.units.filter(({ counts }) => counts['tiny/small']);
  const master = own.find(({ kind }) => kind === 'write master')!;
  const port = planned.layer.network.ports.find(({ name }) => `axi_${name}` === master.name)!;
  const bits = totalBits(port.type);
  const choices: readonly (readonly [unit: string, choice: ModuleChoice])[] = [
    ...['add_residual', 'gate', 'turn_dt', 'hat_out_words_4', 'x_to_ssm'].map(
      (module) => [module, { module, parameters: {} }] as const,
    ),
    [
      master.name,
      { module: 'axi_write_master', parameters: { WIDTH: bits, BUFFER_WORDS: masterWords(port) } },
    ],
    ['axi_descriptors', { module: 'axi_read_master', parameters: { WIDTH: 512, BUFFER_WORDS: 16 } }],
  ];
  const { modules } = await measureBatch(
    choices.map(([, choice]) => choice),
    {
      project,
      sources: readSources(project),
      tool,
      name: 'area',
      timeoutSeconds: 900,
    },
  );
  choices.forEach(([name], i) => {
    const same = own.filter((unit) => unit.name === name);
    expect(same, name).toHaveLength(1);
    const [{ synthesized }] = same as [AreaRow];
    const { area } = modules[i];
    expect(area.dsp, name).toBe(synthesized.dsp);
    expect(bram36(area), name).toBe(synthesized.bram36);
    expect(area.ff, name).toBe(synthesized.ff);
    expect(Math.abs(area.lut - synthesized.lut), `${name}: ${area.lut}`).toBeLessThanOrEqual(
      share * synthesized.lut,
    );
  });
}, 900_000);
