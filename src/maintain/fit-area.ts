/**
 * `npm run fit:area -- tiny/small 130m/auto tiny/paper/mat_in`: fits the planner's area model. Synthesizes every unit of a list of plans (npm's
 * Yosys, so that it repeats anywhere; results are cached), keeps structure and synthesized area of each distinct unit in
 * devices/area/xc7-units.json and the coefficients in devices/area/xc7.json. A plan is model/preset, or one unit of it model/preset/unit, or
 * all its FIFOs and memory ports model/preset/library; a model is a name of a published size or `tiny`, the shipped one, with the bits of its
 * weights where they are not 8: `tiny@4`; preset `lut` is auto with all products of the arrays in LUTs. With --keep the coefficients and all
 * other units stay as they are: for a unit whose RTL changed, and to see how well the model foretells it. With --refit too the coefficients are
 * fitted anew to all units, kept and renewed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { planFor } from '../library/plan-for.js';
import { parseConfig } from '../model/config/config.js';
import type { Mamba2Config } from '../model/config/mamba2-config.js';
import { isPublishedSize, publishedConfig } from '../model/config/published-sizes.js';
import { type AreaRow, fitModel } from '../plan/area/fit-model.js';
import type { AreaModel } from '../plan/area/model.js';
import { type Device, loadDevice } from '../plan/board/device.js';
import { type PlannedAccelerator, planAccelerator } from '../plan/plan.js';
import { presetNamed } from '../plan/search/presets.js';
import { completeOptions } from '../quant/quantize/quantize.js';
import type { WeightBits } from '../quant/types.js';
import { addAreaRows } from '../tools/synth/area-rows.js';
import { LIBRARY } from '../tools/synth/synth.js';
import { synthesizeWith } from '../tools/synth/tools.js';
import type { MatShape } from '../units/shape.js';
import { packagePath } from '../util/package-path.js';
import { writeWhole } from '../util/write-whole.js';
import { areaDifferences, areaTotals } from './area-differences.js';
import { badUsage, runMain, tell } from './run-main.js';

const DEFAULT_PLANS = [
  'tiny/small',
  'tiny/auto',
  ...['mat_in', 'mat_out'].map((array) => `tiny/lut/${array}`),
  '130m/paper',
  '130m/auto',
];
const usage = 'npm run fit:area -- [--keep [--refit]] [model/preset[/unit] ...]';

/** What is kept in xc7-units.json. */
interface KeptUnits {
  readonly tool: AreaModel['tool'];
  readonly plans: readonly string[];
  readonly units: readonly AreaRow[];
}

const keptFile = (name: string) => packagePath('devices', 'area', name);
const readKept = <T>(name: string) => JSON.parse(readFileSync(keptFile(name), 'utf8')) as T;

async function main(): Promise<number> {
  const given = process.argv.slice(2).filter((argument) => !['--keep', '--refit'].includes(argument));
  const keeps = process.argv.includes('--keep');
  const fits = !keeps || process.argv.includes('--refit');
  const plans = given.length > 0 ? given : DEFAULT_PLANS;
  if (plans.some((name) => !/^[\w.-]+(@[24])?\/(small|auto|paper|lut)(\/\w+)?$/.test(name)))
    return badUsage(usage);
  const device = await loadDevice('vc709');
  const before = keeps ? readKept<KeptUnits>('xc7-units.json') : undefined;
  const rows = rowsLeft(before?.units ?? [], plans);
  let tool: AreaModel['tool'] | undefined;
  for (const name of plans) {
    const [model, preset, kernel] = name.split('/');
    const planned = planOf(model, preset, device);
    const project = join('build', 'area', `${model}-${preset}`);
    const result = await synthesizeWith({
      planned,
      project,
      tool: 'yowasp',
      kernel,
      tell: (text) => tell(`${name}: ${text}`),
    });
    addAreaRows(rows, keeps ? `${model}/${preset}` : name, planned, result, kernel === undefined);
    tool = result.tool;
  }
  const all = [...rows.values()];
  const model = fits ? fitModel(all, tool!) : readKept<AreaModel>('xc7.json');
  const renewed = plans.filter((name) => name.split('/').length === 2);
  const whole = [...new Set([...(before?.plans ?? []), ...renewed])];
  const head = `"tool": ${JSON.stringify(tool)},\n"plans": ${JSON.stringify(whole)}`;
  const units = all.map((row) => JSON.stringify(row)).join(',\n');
  await writeWhole(keptFile('xc7-units.json'), `{\n${head},\n"units": [\n${units}\n]\n}\n`);
  if (fits) await writeWhole(keptFile('xc7.json'), `${JSON.stringify(model, null, 2)}\n`);
  const far = areaDifferences(all, model);
  for (const line of [...far, ...areaTotals(whole, all, model)]) process.stdout.write(`${line}\n`);
  process.stdout.write(`${all.length} distinct units, ${far.length} figures further off than 10 %\n`);
  return far.length > 0 ? 1 : 0;
}

/** Kinds of units whose RTL is the library's own. */
function isLibraryKind(kind: AreaRow['kind']): boolean {
  return ['registers', 'lutram', 'bram', 'read master', 'write master'].includes(kind);
}

/** Rows by what addAreaRows tells them apart by, without the units that are synthesized again. */
function rowsLeft(units: readonly AreaRow[], plans: readonly string[]): Map<string, AreaRow> {
  const again = plans.map((name) => name.split('/'));
  const kept = units.flatMap((row): AreaRow[] => {
    const isAgain = (plan: string) =>
      again.some(
        ([model, preset, unit]) =>
          plan === `${model}/${preset}` &&
          (unit === undefined || unit === row.name || (unit === LIBRARY && isLibraryKind(row.kind))),
      );
    const counts = Object.entries(row.counts).filter(([plan]) => !isAgain(plan));
    return counts.length > 0 ? [{ ...row, counts: Object.fromEntries(counts) }] : [];
  });
  return new Map(
    kept.map((row) => {
      const { name: _, counts: __, timing: ___, synthesized, ...same } = row;
      return [JSON.stringify([same, synthesized]), row];
    }),
  );
}

/** The paper rotates while it runs; the other presets fold the rotation into the weights where that can be. */
function planOf(model: string, preset: string, device: Device): PlannedAccelerator {
  const [name, bits = '8'] = model.split('@');
  const config = isPublishedSize(name) ? publishedConfig(name) : configOf(name);
  const options = completeOptions({
    hadamard: preset === 'paper' ? 'online' : 'folded',
    weightBits: Number(bits) as WeightBits,
  });
  const own = presetNamed(preset === 'lut' ? 'auto' : preset);
  const planned = planFor({ config, options }, device, { name, preset: own, shell: 'none' });
  if (preset !== 'lut') return planned;
  const { inProj, outProj, dims } = planned.shape;
  const inLuts = (array: MatShape): MatShape => ({ ...array, lutRows: array.rows });
  const shape = planned.shape.with({ inProj: inLuts(inProj), outProj: inLuts(outProj) });
  return planAccelerator({ name, layers: config.nLayers, dims, device, shape, shell: 'none' });
}

function configOf(model: string): Mamba2Config {
  if (model !== 'tiny')
    throw new UserError(`${model}: found no such model, expected tiny or a published size`);
  const path = packagePath('models', 'tiny-mamba2', 'config.json');
  return parseConfig(readFileSync(path, 'utf8'), path);
}

await runMain(main);
