/** Synthesis of the same RTL with Vivado, out of context: runs the project's own Tcl and reads the cells of every unit from what it writes. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { boardFolder } from '../../emit/board/board-project.js';
import { render } from '../../emit/project/template.js';
import { CheckFailed, UserError } from '../../errors.js';
import type { Device } from '../../plan/board/device.js';
import { writeText } from '../../util/write-error.js';
import { run } from '../programs/run.js';
import { type Area, addArea, countCell, noArea } from './area.js';
import type { LongestPath } from './path.js';
import { readSources } from './sources.js';
import type { SynthResult, SynthUnit } from './units.js';

export interface VivadoOptions {
  /** Folder of a project with its RTL in rtl/. */
  readonly project: string;
  readonly top: string;
  readonly device: Device;
  readonly kernel?: string;
  readonly timeoutSeconds?: number;
}

const cellsFile = join('build', 'vivado', 'cells.txt');

/** Writes vitis/board/synth_rtl.tcl into the project and runs it. Throws ToolMissing without Vivado, CheckFailed where it fails. */
export async function synthesizeVivado(options: VivadoOptions): Promise<SynthResult> {
  const { project, top, device, kernel, timeoutSeconds = 24 * 3600 } = options;
  const sources = readSources(project);
  const tcl = render('vitis/board/synth_rtl.tcl.ejs', {
    top,
    containers: sources.modules.filter((module) => sources.isContainer(module)),
    part: device.part,
    period: 1000 / device.clockMHz,
    clock: /\bap_clk\b/.test(sources.file(top).text) ? 'ap_clk' : 'clk',
  });
  mkdirSync(join(project, boardFolder), { recursive: true });
  writeText(join(project, boardFolder, 'synth_rtl.tcl'), tcl);
  const cells = join(project, cellsFile);
  const log = join(project, 'build', 'vivado', 'vivado.log');
  const args = ['-mode', 'batch', '-nojournal', '-nolog', '-source', join(boardFolder, 'synth_rtl.tcl')];
  await run('vivado', args, { cwd: project, log, timeoutSeconds, outputs: [cells] });
  const result = parseCells(
    readFileSync(cells, 'utf8'),
    cells,
    new Set(sources.files.filter((f) => f.isLibrary).flatMap((f) => f.modules)),
  );
  if (kernel === undefined) return result;
  const units = result.units.filter(({ name }) => name === kernel);
  if (units.length === 0) throw new UserError(`--kernel ${kernel}: no such unit in ${cells}`);
  return {
    ...result,
    units,
    total: units.reduce((sum, { area, count }) => addArea(sum, area, count), noArea),
  };
}

/** Units from what the Tcl writes. Vivado gives a module with other parameters another name. Throws CheckFailed for a line it does not know. */
export function parseCells(text: string, file: string, library: ReadonlySet<string>): SynthResult {
  let version = '';
  const units = new Map<
    string,
    SynthUnit & { area: Area; path: LongestPath | null; instances: string[]; count: number }
  >();
  let unit: { area: Area; path: LongestPath | null } = { area: noArea, path: null };
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [kind, ...fields] = line.split('\t') as [string, ...string[]];
    const bad = () =>
      new CheckFailed(`${file}: found ${JSON.stringify(line)}, expected a unit, cell or path`);
    if (kind === 'version') version = fields[0];
    else if (kind === 'unit' && fields.length === 2) {
      const [instance, name] = fields as [string, string];
      const known = units.get(name);
      if (known) {
        known.instances.push(instance);
        known.count++;
        // The same module again has the same cells.
        unit = { area: noArea, path: null };
        continue;
      }
      const module = name.replace(/__parameterized\d+$/, '');
      const isLibrary = library.has(module);
      const made = {
        name,
        module,
        parameters: {},
        count: 1,
        instances: [instance],
        isLibrary,
        area: noArea,
        path: null,
        fanOut: null,
      };
      units.set(name, made);
      unit = made;
    } else if (kind === 'cell' && fields.length === 2) {
      const one = countCell(fields[0]);
      if (one) unit.area = addArea(unit.area, one, Number(fields[1]));
    } else if (kind === 'path' && fields.length === 4) {
      const [levels, ns, from, to] = fields as [string, string, string, string];
      unit.path = { levels: Number(levels), ns: Number(ns), from, to };
    } else throw bad();
  }
  const all = [...units.values()];
  const total = all.reduce((sum, { area, count }) => addArea(sum, area, count), noArea);
  return { tool: { kind: 'vivado', version }, units: all, total, warnings: [] };
}
