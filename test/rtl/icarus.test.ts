/** Icarus Verilog elaborates what is emitted, all of it, without a word: a reader of SystemVerilog with other habits than Verilator and Yosys. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeProject } from '../../src/emit/project/write-project.js';
import { emitRtl } from '../../src/emit/rtl/project.js';
import type { Network } from '../../src/kernel/ir.js';
import { loadDevice } from '../../src/plan/board/device.js';
import { presetShape } from '../../src/plan/search/presets.js';
import { scheduleNetwork } from '../../src/schedule/asap.js';
import { vc709Timing } from '../../src/schedule/target.js';
import { buildLayerNetwork } from '../../src/units/layer/network.js';
import { smallShape } from '../support/small-shape.js';

const isHere = spawnSync('iverilog', ['-V']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'fastmamba-icarus-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the RTL of a layer to a folder of its own and elaborates its top; gives what Icarus Verilog says. */
async function elaborate(name: string, network: Network): Promise<{ status: number | null; said: string }> {
  const project = join(folder, name);
  const files = emitRtl(network, scheduleNetwork(network, vc709Timing));
  await writeProject(project, files);
  const sources = [...files.keys()].filter((path) => path.endsWith('.sv'));
  const args = ['-g2012', '-Wall', '-s', 'fastmamba_layer', '-o', 'elaborated', ...sources];
  const { status, stdout, stderr } = spawnSync('iverilog', args, { cwd: project, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

describe.skipIf(!isHere)('Icarus Verilog (skipped where there is no iverilog)', () => {
  it('says nothing about preset small', async () => {
    const device = await loadDevice('vc709');
    const { shape } = presetShape('small', { dims: smallShape.dims, device });
    const { network } = buildLayerNetwork(shape);
    expect(await elaborate('small', network)).toEqual({ status: 0, said: '' });
  });

  it('says nothing about buffers that take turns, products in LUTs and several weight ports', async () => {
    const { network } = buildLayerNetwork(smallShape);
    expect(await elaborate('layer', network)).toEqual({ status: 0, said: '' });
  });
});
