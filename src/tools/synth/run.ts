/**
 * One run of Yosys on a batch of modules, each synthesized out of context, as a hierarchy of its own inside an otherwise empty top: many small modules
 * share the fixed cost of a run. Results are kept by content, module by module.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CacheEntry, cached, cachePath } from '../../util/content-cache.js';
import { packagePath } from '../../util/package-path.js';
import { writeText } from '../../util/write-error.js';
import { runYosys } from '../yosys/yosys.js';
import type { FoundYosys } from '../yosys/yosys-find.js';
import { type Area, countArea } from './area.js';
import { type FanOut, largestFanOut } from './fan-out.js';
import { type Netlist, parameterValue, readNetlist } from './netlist.js';
import { type LongestPath, longestPath } from './path.js';
import { type Sources, withoutComments } from './sources.js';

export type Parameters = Readonly<Record<string, number | string>>;

/** A module with its parameters. */
export interface ModuleChoice {
  readonly module: string;
  readonly parameters: Parameters;
}

export interface MeasuredModule extends ModuleChoice {
  readonly area: Area;
  readonly path: LongestPath;
  readonly fanOut: FanOut;
  /** What it instantiates, where its children were left as black boxes. */
  readonly instances: readonly (ModuleChoice & { readonly name: string })[];
}

export interface BatchResult {
  readonly modules: readonly MeasuredModule[];
  readonly warnings: readonly string[];
}

export interface BatchOptions {
  readonly project: string;
  readonly sources: Sources;
  readonly tool: FoundYosys;
  /** Leave the modules below as black boxes: what remains is what joins them. */
  readonly isContainer?: boolean;
  /** Of the files of this run, unique among runs at the same time. */
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
}

/** A parameter that tells instances apart in simulation and changes no cell. */
const identity = 'ID';

const version = 5;
const top = 'synthesis_batch';

/** Measures a batch. Throws CheckFailed where Yosys refuses it, or finds a latch, a loop or a cell no slice has. */
export async function measureBatch(
  batch: readonly ModuleChoice[],
  options: BatchOptions,
): Promise<BatchResult> {
  const kept = batch.map((choice) => readKept(cachePath(cacheEntry(choice, options))));
  const missing = batch.filter((_, i) => kept[i] === null);
  const found = missing.length > 0 ? await runBatch(missing, options) : { modules: [], warnings: [] };
  for (const [i, module] of found.modules.entries()) {
    const result: BatchResult = { modules: [module], warnings: found.warnings };
    await cached(cacheEntry(missing[i], options), (path) => writeText(path, JSON.stringify(result)));
  }
  const left = [...found.modules];
  return {
    modules: kept.map((result) => result?.modules[0] ?? left.shift()!),
    warnings: [...new Set([...kept.flatMap((result) => result?.warnings ?? []), ...found.warnings])],
  };
}

/** One run of Yosys. */
async function runBatch(batch: readonly ModuleChoice[], options: BatchOptions): Promise<BatchResult> {
  const { project, sources, tool, name, timeoutSeconds, signal } = options;
  const read = filesOf(batch, options);
  const work = `build/synth/${name}`;
  mkdirSync(join(project, dirname(work)), { recursive: true });
  writeText(join(project, `${work}.sv`), wrapperText(batch));
  writeText(join(project, `${work}.map.v`), mapping());
  const { warnings } = await runYosys({
    script: scriptText(read, work),
    folder: project,
    name: work,
    inputs: [...read.map(({ path }) => path), `${work}.sv`, `${work}.map.v`],
    outputs: [`${work}.json`],
    timeoutSeconds,
    tool,
    ...(signal ? { signal } : {}),
  });
  const netlist = readNetlist(join(project, `${work}.json`));
  // It may be a hundred megabytes, and everything wanted of it is known now.
  rmSync(join(project, `${work}.json`));
  const known = new Set([...sources.modules, ...Object.keys(netlist)]);
  const modules = batch.map((choice, i) =>
    measured(choice, netlist[top].cells[`u${i}`].type, netlist, known),
  );
  return { modules, warnings: warnings.filter((line) => !ownWarning.test(line)) };
}

const mapping = () => readFileSync(packagePath('rtl', 'synth', 'carry_chains.v'), 'utf8');

/** The files of a batch: with what its modules instantiate, or with black boxes in their place. */
function filesOf(batch: readonly ModuleChoice[], { sources, isContainer = false }: BatchOptions): ReadFile[] {
  const files = [...new Set(batch.flatMap(({ module }) => sources.closure(module)))];
  const own = new Set(batch.map(({ module }) => sources.file(module).path));
  return files.map(({ path, modules, text }) => ({
    path,
    text,
    modules,
    isBlackBox: isContainer && !own.has(path) && !modules.some((module) => partsOfAny.includes(module)),
  }));
}

/** Library modules that are counted with the module that has them, whatever that is: registers on the way of its signals. */
const partsOfAny: readonly string[] = ['register_copies', 'kept_register'];

/** What the result of one module depends on. What else a run holds moves it by a per cent at most (names in ABC). */
function cacheEntry(choice: ModuleChoice, options: BatchOptions): CacheEntry {
  const { kind, version: toolVersion } = options.tool;
  const files = filesOf([choice], options);
  const program = [`${version}`, kind, toolVersion, scriptText(files, ''), mapping()];
  const texts = files.map(({ text, isBlackBox }) => essence(text, isBlackBox));
  return { kind: 'synthesis', input: [...program, wrapperText([choice]), ...texts], extension: '.json' };
}

function readKept(path: string): BatchResult | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as BatchResult) : null;
}

function measured(
  choice: ModuleChoice,
  type: string,
  netlist: Netlist,
  known: ReadonlySet<string>,
): MeasuredModule {
  const found = netlist[type];
  const { area, instances } = countArea(choice.module, found, known);
  return {
    ...choice,
    area,
    path: longestPath(choice.module, found),
    fanOut: largestFanOut(found),
    instances: instances.map((name) => {
      const { type: module, parameters } = found.cells[name];
      const values = Object.entries(parameters)
        .filter(([key]) => key !== identity)
        .map(([key, value]) => [key, parameterValue(value)]);
      return { name, module, parameters: Object.fromEntries(values) };
    }),
  };
}

/** Warnings about Yosys's own block RAM mapping, whose port widths it corrects itself. */
const ownWarning = /Resizing cell port .*\.(DI|DO|DIP|DOP|WE|ADDR)[AB]\w* from/;

interface ReadFile {
  readonly path: string;
  readonly text: string;
  readonly modules: readonly string[];
  readonly isBlackBox: boolean;
}

/**
 * Library modules that are mapped by themselves: a thousand equal ones are mapped once, and none gets smaller by what is around it. Registers that
 * are there several times stay so.
 */
const mappedApart: readonly string[] = ['lut_multiplier', 'lut_dot', 'reduce_tree', 'kept_register'];

/** Out of context: no buffers at the ports. Yosys keeps each module of the batch apart, and flattens what it instantiates into it. */
function scriptText(files: readonly ReadFile[], work: string): string {
  const synth = `synth_xilinx -family xc7 -flatten -noiopad -noclkbuf -top ${top}`;
  const children = files.filter(({ isBlackBox }) => isBlackBox).flatMap(({ modules }) => modules);
  const apart = files
    .filter(({ isBlackBox }) => !isBlackBox)
    .flatMap(({ modules }) => modules)
    .filter((name) => mappedApart.includes(name))
    .map((name) => `*${name}*`)
    .join(' ');
  return [
    ...files.map(({ path, isBlackBox }) => `read_verilog -sv${isBlackBox ? ' -lib' : ''} ${path}`),
    `read_verilog -sv ${work}.sv`,
    `hierarchy -check -top ${top}`,
    // An instance counts whether or not something reads what it gives.
    ...children.map((name) => `setattr -set keep 1 t:${name}`),
    ...(apart ? [`setattr -mod -set keep_hierarchy 1 ${apart}`] : []),
    `${synth} -run begin:coarse`,
    `techmap -map ${work}.map.v t:$add t:$sub`,
    `${synth} -run coarse:`,
    ...(apart ? [`setattr -mod -unset keep_hierarchy ${apart}`, 'flatten', 'opt_clean'] : []),
    'select -assert-none t:$dlatch t:$_DLATCH_* t:LDCE t:LDPE',
    'check -assert',
    'attrmap -remove src -remove module_not_derived',
    `write_json -selected ${work}.json`,
  ].join('\n');
}

/** What a result depends on: no comments and spaces, and of a black box only its parameters and ports. */
function essence(text: string, isBlackBox: boolean): string {
  const code = withoutComments(text);
  return (isBlackBox ? code.slice(0, code.indexOf(');') + 2) : code).replace(/\s+/g, ' ').trim();
}

/** A top that does nothing but hold the modules. */
function wrapperText(batch: readonly ModuleChoice[]): string {
  const instances = batch.map(({ module, parameters }, i) => {
    const values = Object.entries(parameters).map(([key, value]) => `.${key}(${spell(value)})`);
    return `  (* keep, keep_hierarchy *) ${module} ${values.length > 0 ? `#(${values.join(', ')}) ` : ''}u${i} ();\n`;
  });
  return `module ${top};\n${instances.join('')}endmodule\n`;
}

const spell = (value: number | string) => (typeof value === 'number' ? String(value) : `"${value}"`);
