/**
 * Every reader of RTL that is here elaborates what is emitted, all of it, without a word: the kernel, and its wrapper for Vivado. Icarus
 * Verilog has other habits than Verilator, and Yosys others again.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeProject } from '../../src/emit/project/write-project.js';
import { emitRtl } from '../../src/emit/rtl/project.js';
import type { Network } from '../../src/kernel/ir.js';
import { loadDevice } from '../../src/plan/board/device.js';
import { presetShape } from '../../src/plan/search/presets.js';
import { scheduleNetwork } from '../../src/schedule/asap.js';
import { vc709Timing } from '../../src/schedule/target.js';
import { runYosys } from '../../src/tools/yosys/yosys.js';
import { buildLayerNetwork } from '../../src/units/layer/network.js';
import { smallShape } from '../support/small-shape.js';

const has = (program: string, version: string) => spawnSync(program, [version]).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'fastmamba-elaborate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Emitted {
  readonly project: string;
  /** Paths of the RTL: all of it, and what is not plain Verilog. */
  readonly sources: readonly string[];
}

/** The kernel's wrapper stands above everything. */
const top = 'fastmamba_layer_ip';

/** Writes the RTL of a layer to a folder of its own. */
async function emitted(name: string, network: Network): Promise<Emitted> {
  const project = join(folder, name);
  const files = emitRtl(network, scheduleNetwork(network, vc709Timing));
  await writeProject(project, files);
  return { project, sources: [...files.keys()].filter((path) => /\.s?v$/.test(path)) };
}

/** What a program says of a project, and how it ended. */
function said(program: string, args: readonly string[], { project, sources }: Emitted) {
  const { status, stdout, stderr } = spawnSync(program, [...args, ...sources], {
    cwd: project,
    encoding: 'utf8',
  });
  return { status, said: `${stdout}${stderr}` };
}

const silent = { status: 0, said: '' };
const networks: Record<string, Emitted> = {};
beforeAll(async () => {
  const device = await loadDevice('vc709');
  const { shape } = presetShape('small', { dims: smallShape.dims, device });
  networks.small = await emitted('small', buildLayerNetwork(shape).network);
  networks.layer = await emitted('layer', buildLayerNetwork(smallShape).network);
});

describe.each([
  ['small', 'preset small'],
  ['layer', 'buffers that take turns, products in LUTs and several weight ports'],
])('of %s', (name, what) => {
  it.skipIf(!has('iverilog', '-V'))(`Icarus Verilog says nothing about ${what}`, () => {
    const args = ['-g2012', '-Wall', '-s', top, '-o', 'elaborated'];
    expect(said('iverilog', args, networks[name])).toEqual(silent);
  });

  it.skipIf(!has('verilator', '--version'))(`Verilator says nothing about ${what}`, () => {
    const args = ['--lint-only', '-Wall', '--unroll-count', '16384', '--top-module', top];
    expect(said('verilator', args, networks[name])).toEqual(silent);
  });

  it(`Yosys finds nothing to warn of in ${what}`, async () => {
    const { project, sources } = networks[name];
    const script = [
      `read_verilog -sv ${sources.join(' ')}`,
      `hierarchy -check -top ${top}`,
      'proc',
      'check -assert',
    ];
    const { warnings } = await runYosys({
      ...{ script: script.join('\n'), folder: project, inputs: sources, outputs: [], name: 'lint' },
      timeoutSeconds: 600,
    });
    expect(warnings).toEqual([]);
  });
});

it.skipIf(!has('iverilog', '-V'))('the wrapper is plain Verilog of 2001', () => {
  // Without what it is made of: a name that is not known is not looked for where no top is asked for.
  const { project } = networks.small;
  const args = ['-g2001', '-gno-xtypes', '-Wall', '-t', 'null', '-i', `rtl/${top}.v`];
  const { status, stderr } = spawnSync('iverilog', args, { cwd: project, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
