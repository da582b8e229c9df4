/** Tools of the vendor: said plainly where they are not here; where they are, run on the project's own Tcl, their reports read (of stand-ins). */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CheckFailed, ToolMissing, UserError } from '../../src/errors.js';
import { type Device, loadDevice } from '../../src/plan/board/device.js';
import { type PlannedAccelerator, planAccelerator } from '../../src/plan/plan.js';
import { noArea } from '../../src/tools/synth/area.js';
import { requireTiming } from '../../src/tools/synth/planned.js';
import { synthesizeWith } from '../../src/tools/synth/tools.js';
import type { SynthUnit } from '../../src/tools/synth/units.js';
import { smallShape } from '../support/small-shape.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-vendor-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});

let device: Device;
let planned: PlannedAccelerator;
beforeAll(async () => {
  device = await loadDevice('vc709');
  planned = planAccelerator({ name: 'small', layers: 1, dims: smallShape.dims, device, shape: smallShape });
});

/** A program of this name in PATH that is `script` to sh. */
function pretend(name: string, script: string): void {
  const bin = join(folder, `bin-${name}`);
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}`);
  chmodSync(join(bin, name), 0o755);
  process.env.PATH = `${bin}:${path}`;
}

describe.each(['vivado', 'vitis_hls'] as const)('%s', (tool) => {
  it('did not run where it is not here', async () => {
    process.env.PATH = folder;
    const asked = synthesizeWith({ planned, project: join(folder, 'none'), tool });
    await expect(asked).rejects.toThrow(ToolMissing);
    await expect(asked).rejects.toThrow(
      new RegExp(`^synth did not run: ${tool}: not found; .* To get it: AMD`),
    );
  });
});

describe('vivado', () => {
  const cells = [
    'version\t2020.1',
    'unit\tregion\tregion',
    'cell\tLUT2\t10',
    'unit\tu_gate\tgate',
    'cell\tFDRE\t7',
    'cell\tRAM32M\t3',
    'cell\tDSP48E1\t4',
    'cell\tBUFG\t1',
    'path\t4\t2.75\tu_gate/a_reg/C\tu_gate/b_reg/D',
    'unit\tfifo_a\tfifo__parameterized1',
    'cell\tRAMB18E1\t1',
    'unit\tfifo_b\tfifo__parameterized1',
    'cell\tRAMB18E1\t1',
  ];
  const answer = (lines: readonly string[]) =>
    `[ "$1" = -version ] && echo "Vivado v2020.1" && exit\nmkdir -p build/vivado\nprintf '${lines
      .map((line) => `${line}\\n`)
      .join('')
      .replaceAll('\t', '\\t')}' > build/vivado/cells.txt\n`;

  it('is given the RTL and its Tcl, and every cell it counts is counted', async () => {
    pretend('vivado', answer(cells));
    const project = join(folder, 'vivado');
    const { units, total, tool } = await synthesizeWith({ planned, project, tool: 'vivado' });
    expect(tool).toEqual({ kind: 'vivado', version: '2020.1' });
    expect(units.map(({ name, module, count, isLibrary }) => [name, module, count, isLibrary])).toEqual([
      ['region', 'region', 1, false],
      ['gate', 'gate', 1, false],
      ['fifo__parameterized1', 'fifo', 2, true],
    ]);
    expect(units[1]).toMatchObject({
      area: { lut: 12, lutram: 12, ff: 7, dsp: 4 },
      path: { levels: 4, ns: 2.75 },
    });
    expect(total).toEqual({ ...noArea, lut: 22, lutram: 12, ff: 7, dsp: 4, ramb18: 2 });
    const tcl = readFileSync(join(project, 'vitis', 'board', 'synth_rtl.tcl'), 'utf8');
    expect(tcl).toContain(`-part {${device.part}}`);
    expect(tcl).toContain('create_clock -period 4 ');
    expect(tcl).toMatch(/^set containers \{.*layer_region.*\}$/m);
  });

  it('must write what was agreed', async () => {
    pretend('vivado', answer(['unit\tregion\tregion', 'cells LUT2 10']));
    const asked = synthesizeWith({ planned, project: join(folder, 'vivado'), tool: 'vivado' });
    await expect(asked).rejects.toThrow(/cells\.txt: found "cells LUT2 10", expected a unit, cell or path/);
    pretend('vivado', '[ "$1" = -version ] && exit\necho "ERROR: [Common 17-345] no license"; exit 1\n');
    const failed = synthesizeWith({ planned, project: join(folder, 'vivado'), tool: 'vivado' });
    await expect(failed).rejects.toThrow(CheckFailed);
    await expect(failed).rejects.toThrow(/no license/);
  });
});

describe('vitis_hls', () => {
  const report = (lut: number) =>
    `<profile><ReportVersion><Version>2020.1</Version></ReportVersion><EstimatedClockPeriod>3.215</EstimatedClockPeriod><AreaEstimates><Resources><BRAM_18K>3</BRAM_18K><DSP>2</DSP><FF>5</FF><LUT>${lut}</LUT></Resources></AreaEstimates></profile>`;

  it('is given the C++, and its reports are read', async () => {
    const at = 'build_csynth/solution/syn/report';
    pretend(
      'vitis_hls',
      `[ "$1" = -version ] && exit\ntest -f "$2" && mkdir -p ${at} && echo '${report(900)}' > ${at}/csynth.xml && echo '${report(70)}' > ${at}/gate_csynth.xml\n`,
    );
    const project = join(folder, 'vitis');
    const { units, total, warnings } = await synthesizeWith({ planned, project, tool: 'vitis_hls' });
    expect(total).toMatchObject({ lut: 900, ramb18: 3, dsp: 2, ff: 5 });
    expect(units).toHaveLength(1);
    expect(units[0]).toMatchObject({ name: 'gate', area: { lut: 70 }, path: { levels: null, ns: 3.215 } });
    const blocks = planned.plan.processes.find(({ name }) => name === 'gate')!.resources.dsp;
    expect(blocks).toBeGreaterThan(2);
    expect(warnings).toEqual([`gate: 2 DSP blocks, planned ${blocks}; products went into look-up tables`]);
    const asked = synthesizeWith({ planned, project, tool: 'vitis_hls', kernel: 'nobody' });
    await expect(asked).rejects.toThrow(UserError);
  });
});

describe('vitis-run', () => {
  it('takes the place of vitis_hls where that is not here', async () => {
    const report =
      '<ReportVersion><Version>2025.1</Version></ReportVersion><EstimatedClockPeriod>3</EstimatedClockPeriod><AreaEstimates><Resources><BRAM_18K>3</BRAM_18K><DSP>2</DSP><FF>5</FF><LUT>7</LUT></Resources></AreaEstimates>';
    const at = 'build_csynth/solution/syn/report';
    pretend(
      'vitis-run',
      `[ "$1" = --version ] && echo 'vitis-run v2025.1 (64-bit)' && exit\n[ "$1 $2 $3" = "--mode hls --tcl" ] && test -f "$4" && mkdir -p ${at} && echo '${report}' > ${at}/csynth.xml\n`,
    );
    const asked = { planned, project: join(folder, 'vitis-run'), tool: 'vitis_hls' } as const;
    expect(await synthesizeWith(asked)).toMatchObject({
      tool: { kind: 'vitis_hls', version: '2025.1' },
      total: { lut: 7, dsp: 2 },
    });
  });
});

describe('timing of synthesized units', () => {
  const unit = (name: string, ns: number, loads = 40): SynthUnit => ({
    ...{ name, module: name, parameters: {}, count: 1, instances: [name], isLibrary: false, area: noArea },
    path: { levels: 9, ns, from: 'a', to: 'b' },
    fanOut: { net: 'enable', loads },
  });
  const planned = (...units: SynthUnit[]) =>
    new Map(
      units.map(({ name }) => [name, { area: null, ns: 3.1, budgetNs: 3.6, periodNs: 4, unit: 'PMU' }]),
    );
  const check = (...units: SynthUnit[]) => requireTiming(units, planned(...units));

  it('a stage over the period is an error that names the worst, its levels and both figures', () => {
    const units = [unit('fine', 4), unit('long', 4.01), unit('longer', 6.13)];
    expect(() => check(...units)).toThrow(CheckFailed);
    expect(() => check(...units)).toThrow(
      'synth: longer: a stage of 9 levels takes about 6.13 ns, period 4.00 ns, scheduled 3.10 ns (from a to b); and 1 more unit',
    );
  });

  it('a net with too many pins is one too', () => {
    expect(() => check(unit('fine', 3), unit('broad', 3, 1001))).toThrow(
      'synth: broad: enable drives 1001 pins, expected at most 1000',
    );
  });

  it('what fits, or what the tool does not say, is none', () => {
    expect(() =>
      check(unit('near', 4, 1000), { ...unit('unsaid', 0), path: null, fanOut: null }),
    ).not.toThrow();
  });
});
