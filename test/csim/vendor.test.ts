/**
 * An emitted project without this project's simulation headers, and its scripts, in a folder of an odd name: with a stand-in for a vendor's
 * streams every channel is compared as with our own; the Tcl says the same there as anywhere; the Makefile works.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitCpp } from '../../src/emit/cpp/project.js';
import { render } from '../../src/emit/project/template.js';
import { writeProject } from '../../src/emit/project/write-project.js';
import { VectorWriter } from '../../src/emit/testbench/vectors.js';
import { NetworkBuilder } from '../../src/kernel/build/network-builder.js';
import { sint, typeOf } from '../../src/kernel/type.js';
import { packagePath } from '../../src/util/package-path.js';
import { FOREIGN_STREAM } from '../support/foreign-stream.js';

const odd = `a b'"$x;[y](z)#%`;
const root = mkdtempSync(join(tmpdir(), 'fastmamba-vendor-'));
const project = join(root, odd);
const device = { part: 'xc7vx690tffg1761-2', periodNanoseconds: 4 };
afterAll(() => rmSync(root, { recursive: true, force: true }));

const WORDS = 8;

/** x to x + 3 to that or 0, over an inner channel. */
function network() {
  const net = new NetworkBuilder('sums', 'Adds.');
  const [input, inner, output] = ['input', 'inner', 'output'].map((name) =>
    net.channel(name, typeOf(sint(16), 4), name),
  );
  const loop = [{ index: 'word', bound: WORDS }];
  net.process('add', 'PMU', 'Adds 3.', (p) => {
    p.nest('add', loop, () => p.write(inner, p.read(input).add(3).saturate(sint(16))));
  });
  net.process('positive', 'PMU', 'Not below 0.', (p) => {
    p.nest('positive', loop, () => p.write(output, p.read(inner).max(0).saturate(sint(16))));
  });
  return net.build();
}

const built = network();
const values = Array.from({ length: 4 * WORDS }, (_, i) => 10 * i - 100);

/** A script in `folder`; `wrong` changes one word that is expected on the inner channel. */
function script(folder: string, wrong: boolean): string {
  const vectors = new VectorWriter(join(project, folder));
  const channel = (name: string) => built.channels.find((one) => one.name === name)!;
  const sums = values.map((value, i) => value + 3 + (wrong && i === 9 ? 1 : 0));
  vectors.feed(channel('input'), values);
  vectors.expect(channel('inner'), sums);
  vectors.expect(
    channel('output'),
    values.map((value) => Math.max(0, value + 3)),
  );
  vectors.call({});
  return vectors.finish();
}

beforeAll(async () => {
  const options = { model: odd, planDigest: 'none', command: 'test', device };
  await writeProject(project, emitCpp(built, options));
  script('vectors', false);
});

describe("with somebody else's streams", () => {
  const vendor = join(root, 'vendor');
  const program = join(root, 'csim');
  const run = (path: string, mode: string) => {
    const result = spawnSync(program, [path, '--mode', mode], { encoding: 'utf8' });
    return { code: result.status, report: JSON.parse(result.stdout) };
  };

  beforeAll(async () => {
    mkdirSync(vendor);
    writeFileSync(join(vendor, 'hls_stream.h'), FOREIGN_STREAM);
    // Our own integers under another name.
    cpSync(packagePath('host', 'include', 'csim'), join(vendor, 'csim'), { recursive: true });
    copyFileSync(packagePath('host', 'include', 'ap_int.h'), join(vendor, 'csim', 'ap_int.h'));
    for (const name of readdirSync(join(vendor, 'csim'))) {
      const path = join(vendor, 'csim', name);
      const text = readFileSync(path, 'utf8').replaceAll('fastmamba', 'foreign').replaceAll('"csim/', '"');
      writeFileSync(path, text);
    }
    const sources = [
      'kernel/add.cpp',
      'kernel/positive.cpp',
      'kernel/region.cpp',
      'testbench/main.cpp',
      'testbench/network.cpp',
    ];
    // As the Tcl has it: no folder of the project is named to the compiler.
    const args = [
      '-std=c++14',
      '-Wno-unknown-pragmas',
      '-Wno-unused-label',
      `-I${vendor}`,
      `-I${join(vendor, 'csim')}`,
      '-o',
      program,
    ];
    await execa('g++', [...args, ...sources], { cwd: project });
  });

  it.each(['sequential', 'checking'])('every channel is compared (%s)', (mode) => {
    const { code, report } = run(script('vectors', false), mode);
    expect(report).toMatchObject({ words: 2 * WORDS, mismatches: 0, failure: null });
    expect(code).toBe(0);
  });

  it('a wrong word of an inner channel is found, with its place', () => {
    const { code, report } = run(script('wrong', true), 'sequential');
    expect(code).toBe(1);
    expect(report.mismatches).toBe(1);
    expect(report.channels.find(({ name }: { name: string }) => name === 'inner').firstMismatch).toEqual({
      call: 0,
      word: 2,
      lane: 1,
      expected: `${10 * 9 - 100 + 3 + 1}`,
      found: `${10 * 9 - 100 + 3}`,
    });
  });
});

it('the Makefile works, whatever MODE and SCRIPT are in the environment', async () => {
  const env = { MODE: 'test', SCRIPT: 'none' };
  const { stdout } = await execa('make', ['csim', 'CXXFLAGS=-O0'], { cwd: project, env });
  expect(JSON.parse(stdout.slice(stdout.indexOf('{')))).toMatchObject({ words: 2 * WORDS, failure: null });
});

const tclsh = spawnSync('tclsh', [], { input: 'puts ready', encoding: 'utf8' }).stdout?.trim() === 'ready';

describe('the Tcl', () => {
  const steps = ['csim', 'csynth', 'cosim', 'export'] as const;

  it('puts no path into a flag or an argument', () => {
    for (const step of steps) {
      const text = readFileSync(join(project, 'vitis', 'hls', `${step}.tcl`), 'utf8');
      expect(text).not.toMatch(/-(cflags|argv) .*pwd/);
      expect(text).not.toContain('-I');
    }
  });

  /** Runs a script of the project with the vendor's commands replaced by ones that print what they were called with, one word a line. */
  function called(name: string, commands: readonly string[]): string[][] {
    const stub = (command: string) =>
      `proc ${command} {args} { puts "call ${command}"; foreach word $args { puts "word $word" } }`;
    const text = [...commands.map(stub), `source vitis/${name}`].join('\n');
    const { stdout, stderr } = spawnSync('tclsh', [], { cwd: project, input: text, encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout
      .split('call ')
      .slice(1)
      .map((call) => call.trimEnd().split('\nword '));
  }

  it.skipIf(!tclsh)('of each step calls the tool with whole words', () => {
    const commands = ['open_project', 'set_top', 'add_files', 'open_solution', 'set_part', 'create_clock'];
    commands.push('csim_design', 'csynth_design', 'cosim_design', 'export_design');
    for (const step of steps) {
      const calls = called(`hls/${step}.tcl`, commands);
      expect(calls).toContainEqual(['set_top', 'fastmamba_sums']);
      expect(calls).toContainEqual(['set_part', device.part]);
      expect(calls).toContainEqual(['add_files', 'kernel/add.cpp', '-cflags', '-std=c++14']);
      expect(calls).toContainEqual(['add_files', '-tb', 'testbench/main.cpp', '-cflags', '-std=c++14']);
      if (step === 'csim' || step === 'cosim')
        expect(calls).toContainEqual([`${step}_design`, '-argv', '--mode region']);
    }
  });

  it.skipIf(!tclsh)('names the script in the environment', () => {
    const text = `proc unknown {args} {}\nrename exit leave\nproc exit {} {}\nsource vitis/hls/csim.tcl\nputs $::env(FASTMAMBA_SCRIPT)`;
    const named = (env: NodeJS.ProcessEnv) =>
      spawnSync('tclsh', [], { cwd: project, input: text, encoding: 'utf8', env }).stdout.trim();
    expect(named(process.env)).toBe(join(project, 'vectors', 'script.txt'));
    expect(named({ ...process.env, FASTMAMBA_SCRIPT: '/another one' })).toBe('/another one');
  });

  it.skipIf(!tclsh)('of Vivado reads the RTL there', () => {
    mkdirSync(join(project, 'rtl', 'lib'), { recursive: true });
    for (const name of ['lib/fifo.sv', 'add.sv']) writeFileSync(join(project, 'rtl', name), '');
    const facts = { top: 'add', containers: [], part: device.part, period: 4, clock: 'clk' };
    mkdirSync(join(project, 'vitis', 'board'), { recursive: true });
    writeFileSync(
      join(project, 'vitis', 'board', 'synth_rtl.tcl'),
      render('vitis/board/synth_rtl.tcl.ejs', facts),
    );
    const commands = ['read_verilog', 'synth_design', 'create_clock', 'get_ports', 'get_cells', 'version'];
    commands.push('get_property', 'get_timing_paths');
    const calls = called('board/synth_rtl.tcl', commands);
    expect(calls[0]).toEqual(['read_verilog', '-sv', 'rtl/lib/fifo.sv rtl/add.sv']);
    expect(readFileSync(join(project, 'build', 'vivado', 'cells.txt'), 'utf8')).toContain('unit\tadd\tadd');
  });
});

it('the testbench takes its script from the environment where no argument names one', () => {
  const env = { ...process.env, FASTMAMBA_SCRIPT: join(project, 'vectors', 'script.txt') };
  const { status, stdout } = spawnSync(join(project, 'build', 'csim'), ['--mode', 'region'], {
    encoding: 'utf8',
    env,
  });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ words: WORDS, mismatches: 0 });
});
