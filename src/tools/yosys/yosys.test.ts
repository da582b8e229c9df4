import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { CheckFailed, ToolMissing } from '../../errors.js';
import { runYosys } from './yosys.js';
import { findYosys } from './yosys-find.js';

const folder = mkdtempSync(join(tmpdir(), 'yosys-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});

mkdirSync(join(folder, 'rtl'));
writeFileSync(
  join(folder, 'rtl', 'inverter.sv'),
  'module inverter (input logic a, output logic b);\n  assign b = !a;\nendmodule\n',
);
const inputs = ['rtl/inverter.sv'];
const read = 'read_verilog -sv rtl/inverter.sv\n';
const run = (script: string, more: object = {}) =>
  runYosys({ script, folder, inputs, outputs: [], timeoutSeconds: 100, tool: 'yowasp', ...more });

/** A program `yosys` in PATH that says it is of this version; it does to its script what sh would. */
function pretend(version: string): void {
  const bin = join(folder, `bin-${version}`);
  mkdirSync(bin, { recursive: true });
  const text = `#!/bin/sh\nif [ "$1" = -V ]; then echo "Yosys ${version} (git sha1 0)"; else sh "$4"; fi\n`;
  writeFileSync(join(bin, 'yosys'), text);
  chmodSync(join(bin, 'yosys'), 0o755);
  process.env.PATH = `${bin}:${path}`;
}

describe('the npm package', () => {
  it('reads files of folders and writes others, and keeps a log', async () => {
    const outputs = ['out/deep/netlist.json'];
    const { warnings, log, tool } = await run(`${read}hierarchy -top inverter\nwrite_json ${outputs[0]}`, {
      outputs,
    });
    const { modules } = JSON.parse(readFileSync(join(folder, outputs[0]), 'utf8'));
    expect(Object.keys(modules)).toEqual(['inverter']);
    expect(warnings).toEqual([]);
    expect(readFileSync(log, 'utf8')).toContain('Executing JSON backend');
    expect(tool.version).toMatch(/^0\.\d+/);
  });

  it('gives each warning once', async () => {
    writeFileSync(
      join(folder, 'rtl', 'odd.sv'),
      'module odd (output wire b);\n  wire c;\n  assign b = c;\nendmodule\n',
    );
    const { warnings } = await run('read_verilog -sv rtl/odd.sv\nproc\ncheck\ncheck', {
      inputs: ['rtl/odd.sv'],
    });
    expect(warnings).toEqual([expect.stringMatching(/^Warning: Wire odd\..* is used but has no driver/)]);
  });

  it('fails with its own words and the log', async () => {
    const failure = run(`${read}hierarchy -top nobody`, { name: 'failing' });
    await expect(failure).rejects.toThrow(CheckFailed);
    await expect(failure).rejects.toThrow(/^yosys: Module `nobody' not found!\nlog: .*failing\.log$/);
    writeFileSync(
      join(folder, 'rtl', 'bad.sv'),
      'module bad (\n  input logic a\n);\n  assign = a;\nendmodule\n',
    );
    const bad = run('read_verilog -sv rtl/bad.sv', { inputs: ['rtl/bad.sv'] });
    await expect(bad).rejects.toThrow(/^yosys: rtl\/bad\.sv:4: syntax error/);
  });

  it('takes an unwritten output for a failure', async () => {
    writeFileSync(join(folder, 'old.json'), 'of an earlier run');
    await expect(run(read, { outputs: ['old.json'] })).rejects.toThrow('wrote no old.json');
  });

  it('is ended by the time limit and by a signal', async () => {
    await expect(run(read, { timeoutSeconds: 0.2 })).rejects.toThrow('longer than 0.2 s');
    await expect(run(read, { signal: AbortSignal.timeout(200) })).rejects.toThrow('interrupted');
  });
});

describe('the program in PATH', () => {
  it('is taken when it is recent, runs in the folder, and is judged the same way', async () => {
    pretend('0.61+3');
    expect(await findYosys()).toMatchObject({ kind: 'yosys', version: '0.61+3' });
    const tool = await findYosys();
    const { warnings } = await run('cat rtl/inverter.sv > copy.sv; echo "Warning: loose end"', {
      tool,
      outputs: ['copy.sv'],
    });
    expect(readFileSync(join(folder, 'copy.sv'), 'utf8')).toContain('module inverter');
    expect(warnings).toEqual(['Warning: loose end']);
    await expect(run('echo "ERROR: of its own"; exit 1', { tool })).rejects.toThrow(/^yosys: of its own\n/);
    await expect(run('echo last words; exit 3', { tool })).rejects.toThrow('exit code 3: last words');
  });

  it('is passed over when it is old, and refused by name when it was asked for', async () => {
    pretend('0.33');
    expect(await findYosys()).toMatchObject({ kind: 'yowasp' });
    const asked = findYosys('yosys');
    await expect(asked).rejects.toThrow(ToolMissing);
    await expect(asked).rejects.toThrow('found 0.33, expected at least 0.40');
  });
});
