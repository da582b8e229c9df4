#!/usr/bin/env node
// Fits the planner's area model: synthesizes every unit of a list of plans (npm's Yosys, so that it repeats anywhere; results are cached), keeps
// structure and synthesized area of each distinct unit in devices/area/xc7-units.json and the coefficients in devices/area/xc7.json.
// `npm run fit:area -- tiny/small 130m/auto tiny/paper/mat_in`: plans as model/preset, or one unit of such a plan as model/preset/unit; a model is
// a name of a published size or `tiny`, the shipped one. With --keep the coefficients and all other units stay as they are: for a unit whose RTL
// changed, and to see how well the model foretells it. With --refit too the coefficients are fitted anew to all units, kept and renewed.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseConfig } from '../dist/model/config.js';
import { NAMED_SHAPES } from '../dist/model/synthetic.js';
import { FLOOR, fitModel } from '../dist/plan/area/fit-model.js';
import { unitArea } from '../dist/plan/area/model.js';
import { loadDevice } from '../dist/plan/device.js';
import { modelDims } from '../dist/plan/dims.js';
import { planAccelerator } from '../dist/plan/plan.js';
import { addAreaRows } from '../dist/tools/area-rows.js';
import { synthesizeWith } from '../dist/tools/synth-tools.js';
import { packagePath } from '../dist/util/package-path.js';

const DEFAULT_PLANS = ['tiny/small', 'tiny/auto', '130m/paper', '130m/auto'];
const usage = 'usage: fit-area.mjs [--keep [--refit]] [model/preset[/unit] ...]';

async function main() {
  const given = process.argv.slice(2).filter((argument) => !['--keep', '--refit'].includes(argument));
  const keeps = process.argv.includes('--keep');
  const fits = !keeps || process.argv.includes('--refit');
  const plans = given.length > 0 ? given : DEFAULT_PLANS;
  if (plans.some((name) => !/^[\w.-]+\/(small|auto|paper)(\/\w+)?$/.test(name))) {
    console.error(usage);
    return 2;
  }
  const device = await loadDevice('vc709');
  const before = keeps ? JSON.parse(readFileSync(packagePath('devices', 'area', 'xc7-units.json'), 'utf8')) : undefined;
  const rows = keptRows(before?.units ?? [], plans);
  let tool;
  for (const name of plans) {
    const planned = planOf(name, device);
    const tell = (text) => console.error(`${name}: ${text}`);
    const [model, preset, kernel] = name.split('/');
    const project = join('build', 'area', `${model}-${preset}`);
    const choice = kernel ? { kernel } : {};
    const result = await synthesizeWith({ planned, device, project, tool: 'yowasp', tell, ...choice });
    addAreaRows(rows, keeps ? `${model}/${preset}` : name, planned, result, kernel === undefined);
    tool = result.tool;
  }
  const all = [...rows.values()];
  const coefficients = packagePath('devices', 'area', 'xc7.json');
  const model = fits ? fitModel(all, tool) : JSON.parse(readFileSync(coefficients, 'utf8'));
  const whole = before?.plans ?? plans.filter((name) => name.split('/').length === 2);
  const head = `"tool": ${JSON.stringify(tool)},\n"plans": ${JSON.stringify(whole)}`;
  write('xc7-units.json', `{\n${head},\n"units": [\n${all.map((row) => JSON.stringify(row)).join(',\n')}\n]\n}\n`);
  if (fits) write('xc7.json', `${JSON.stringify(model, null, 2)}\n`);
  return report(whole, all, model);
}

/** Rows by what addAreaRows tells them apart by, without the units that are synthesized again. */
function keptRows(units, plans) {
  const again = plans.map((name) => name.split('/'));
  const kept = units.flatMap((row) => {
    const isAgain = (plan) => again.some(([model, preset, unit]) => plan === `${model}/${preset}` && [undefined, row.name].includes(unit));
    const counts = Object.entries(row.counts).filter(([plan]) => !isAgain(plan));
    return counts.length > 0 ? [{ ...row, counts: Object.fromEntries(counts) }] : [];
  });
  return new Map(kept.map((row) => {
    const { name: _, counts: __, synthesized, ...same } = row;
    return [JSON.stringify([same, synthesized]), row];
  }));
}

/** The paper rotates while it runs; the other presets fold the rotation into the weights where that can be. */
function planOf(name, device) {
  const [model, preset] = name.split('/');
  const fields = { model_type: 'mamba2', architectures: ['Mamba2ForCausalLM'], ...NAMED_SHAPES[model] };
  const text =
    model === 'tiny'
      ? readFileSync(packagePath('models', 'tiny-mamba2', 'config.json'), 'utf8')
      : JSON.stringify(fields);
  const config = parseConfig(text, `${model}, config.json`);
  const hadamard = preset === 'paper' ? 'online' : 'folded';
  const dims = modelDims(config, { hadamard, nau: 'ours', stateBits: 24 });
  return planAccelerator({ model, layers: config.nLayers, dims, device, preset });
}

function write(name, text) {
  const path = packagePath('devices', 'area', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}

/** Units that the model misses, and the totals. Returns the exit code: 1 where one is further off than a tenth. */
function report(plans, rows, model) {
  let far = 0;
  for (const row of rows) {
    const planned = unitArea(row, model);
    for (const kind of ['lut', 'ff', 'dsp', 'bram36']) {
      const found = row.synthesized[kind];
      const off = Math.abs(planned[kind] - found);
      if (off <= Math.max(FLOOR[kind], found / 10)) continue;
      far++;
      console.log(
        `${Object.keys(row.counts)[0]} ${row.name} (${row.kind}): ${kind} planned ${planned[kind]}, synthesized ${found}, ${Math.round((100 * (planned[kind] - found)) / found)} %`,
      );
    }
  }
  for (const name of plans) {
    const sum = (of) => rows.reduce((all, row) => all + (row.counts[name] ?? 0) * of(row), 0);
    const totals = ['lut', 'ff', 'dsp', 'bram36'].map((kind) => {
      const [planned, found] = [sum((row) => unitArea(row, model)[kind]), sum((row) => row.synthesized[kind])];
      return `${kind} planned ${planned}, synthesized ${found} (${((100 * (planned - found)) / found).toFixed(1)} %)`;
    });
    console.log(`${name}: ${totals.join('; ')}`);
  }
  console.log(`${rows.length} distinct units, ${far} figures further off than 10 %`);
  return far > 0 ? 1 : 0;
}

process.exitCode = await main();
