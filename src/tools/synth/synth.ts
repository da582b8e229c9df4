/**
 * Synthesis of an emitted project's RTL with Yosys for the 7 series, module by module: every process, FIFO and memory port with its parameters
 * once, out of context, and what joins them; multiplied by how often each is there and added up. Two runs at the same time, results kept by
 * content. Everything it returns is measured on the mapped cells (times: estimated from them).
 */
import { UserError } from '../../errors.js';
import { findYosys } from '../yosys/yosys-find.js';
import { addArea, noArea } from './area.js';
import { type Batch, batchesOf } from './batches.js';
import { type MeasuredModule, type ModuleChoice, measureBatch } from './run.js';
import { readSources, type Sources } from './sources.js';
import type { Counted, SynthOptions, SynthResult, SynthUnit } from './units.js';

const parallelRuns = 2;

/** In place of a unit's name: all FIFOs and memory ports. */
export const LIBRARY = 'library';

/** Modules of the library that stand for some lines of the module that they are in, and are counted with it. */
const PARTS = ['call_control', 'read_after_write', 'write_frontier'];

/**
 * Synthesizes. Throws ToolMissing without Yosys, UserError for a kernel that is not there, CheckFailed naming the module for RTL that Yosys
 * refuses, a latch, a combinational loop or a cell that does not map.
 */
export async function synthesize(options: SynthOptions): Promise<SynthResult> {
  const { top, kernel } = options;
  const sources = readSources(options.project);
  const tool = await findYosys(options.tool);
  if (kernel !== undefined && kernel !== LIBRARY && !sources.modules.includes(kernel.split(' ')[0]))
    throw new UserError(`--kernel ${kernel}: no such unit; expected one of ${sources.modules.join(', ')}`);
  const warnings = new Set<string>();
  const run = async ({ name, choices, isContainer }: Batch): Promise<readonly MeasuredModule[]> => {
    const { project, timeoutSeconds = 3600, signal } = options;
    const result = await measureBatch(choices, {
      project,
      sources,
      tool,
      name,
      isContainer,
      timeoutSeconds,
      ...(signal ? { signal } : {}),
    });
    for (const warning of result.warnings) warnings.add(warning);
    return result.modules;
  };

  const joined = new Map<string, Counted>();
  if (kernel !== undefined && sources.modules.includes(kernel) && !sources.isContainer(kernel))
    count(joined, { module: kernel, parameters: {} }, kernel);
  else await walk(top, sources, run, joined);
  const isWanted = (unit: Counted) =>
    kernel === undefined ||
    (kernel === LIBRARY ? sources.file(unit.module).isLibrary : unitName(unit) === kernel);
  const wanted = [...joined.values()].filter((unit) => unit.partOf === undefined && isWanted(unit));
  if (wanted.length === 0) {
    const names = [...joined.values()].map(unitName).join(', ');
    throw new UserError(`--kernel ${kernel}: no such unit; expected one of ${names}`);
  }

  const partsOf = (unit: Counted) => [...joined.values()].filter(({ partOf }) => partOf === unit.module);
  const missing = wanted
    .flatMap((unit) => [unit, ...partsOf(unit)])
    .filter(({ measured }) => measured === undefined);
  const batches = batchesOf(missing, sources, options.expectedTables);
  let done = 0;
  await inParallel(batches, parallelRuns, async (batch) => {
    options.tell?.(`${done} of ${batches.length} runs done, now ${batch.name}`);
    (await run(batch)).forEach((measured, i) => {
      batch.choices[i].measured = measured;
    });
    done++;
  });

  const units = wanted.map((unit) => ({
    name: unitName(unit),
    module: unit.module,
    parameters: unit.parameters,
    count: unit.instances.length,
    instances: unit.instances,
    isLibrary: sources.file(unit.module).isLibrary,
    ...withParts(unit, partsOf(unit)),
  }));
  const total = units.reduce((sum, { area, count }) => addArea(sum, area, count), noArea);
  return { tool: { kind: tool.kind, version: tool.version }, units, total, warnings: [...warnings] };
}

/** Area of a unit and its parts, their slowest stage and largest fan-out. */
function withParts(
  { measured }: Counted,
  parts: readonly Counted[],
): Pick<SynthUnit, 'area' | 'path' | 'fanOut'> {
  const all = [measured!, ...parts.map((part) => part.measured!)];
  const most = <T>(found: readonly (T | null)[], of: (one: T) => number) =>
    found.reduce((best, one) => (one && (!best || of(one) > of(best)) ? one : best), null);
  return {
    area: parts.reduce(
      (sum, part) => addArea(sum, part.measured!.area, part.instances.length),
      measured!.area,
    ),
    path: most(
      all.map(({ path }) => path),
      ({ ns }) => ns,
    ),
    fanOut: most(
      all.map(({ fanOut }) => fanOut),
      ({ loads }) => loads,
    ),
  };
}

/** Counts `module` and, where it only joins others, measures it and counts those. Order: as instantiated, containers first. */
async function walk(
  module: string,
  sources: Sources,
  run: (batch: Batch) => Promise<readonly MeasuredModule[]>,
  found: Map<string, Counted>,
): Promise<void> {
  const own = count(found, { module, parameters: {} }, module);
  if (!sources.isContainer(module)) return;
  own.measured ??= (await run({ name: module, choices: [own], isContainer: true }))[0];
  for (const { name, ...child } of own.measured.instances) {
    if (sources.isContainer(child.module)) await walk(child.module, sources, run, found);
    else if (PARTS.includes(child.module)) count(found, child, name).partOf = module;
    else count(found, child, name);
  }
}

function count(found: Map<string, Counted>, choice: ModuleChoice, instance: string): Counted {
  const name = unitName(choice);
  const unit = found.get(name) ?? { ...choice, instances: [] };
  unit.instances.push(instance);
  found.set(name, unit);
  return unit;
}

function unitName({ module, parameters }: ModuleChoice): string {
  const values = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
  return [module, ...values.sort()].join(' ');
}

async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
