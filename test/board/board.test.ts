/**
 * The board's project as far as it can be looked at without Vivado: its Tcl runs in tclsh against a stand-in for Vivado's commands, every
 * parameter of an IP is explained by the plan, pins are those of the board's sources and stand once, controllers' files are well formed, and the
 * memory that kernel and host see covers the image without a gap.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitBoard } from '../../src/emit/board/board-project.js';
import { steeredPorts } from '../../src/emit/board/steered-ports.js';
import { type Master, mastersOf } from '../../src/emit/network/masters.js';
import { writeProject } from '../../src/emit/project/write-project.js';
import { emitRtl } from '../../src/emit/rtl/project.js';
import { boardOf } from '../../src/plan/board/board.js';
import { type Device, loadDevice } from '../../src/plan/board/device.js';
import { scheduleNetwork } from '../../src/schedule/asap.js';
import { vc709Timing } from '../../src/schedule/target.js';
import { buildLayerNetwork } from '../../src/units/layer/network.js';
import { packagePath } from '../../src/util/package-path.js';
import { smallShape } from '../support/small-shape.js';

const root = mkdtempSync(join(tmpdir(), 'fastmamba-board-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const { network } = buildLayerNetwork(smallShape);
const rtl = emitRtl(network, scheduleNetwork(network, vc709Timing));
/** The kernel's ports: 16 masters, of which four that write share the port of one that reads. */
const KERNEL_PORTS = 12;
const hasTcl = spawnSync('tclsh', [], { input: 'puts ready', encoding: 'utf8' }).stdout?.trim() === 'ready';

interface Case {
  readonly folder: string;
  readonly device: Device;
  readonly files: ReadonlyMap<string, string>;
}
const cases: Record<string, Case> = {};
beforeAll(async () => {
  const rated = await loadDevice('vc709');
  // Another clock of the kernel, too.
  const slower = { ...(await loadDevice('vc709-1600')), clockMHz: 200 };
  for (const device of [rated, slower]) {
    const files = emitBoard({
      ...{ network, device, board: boardOf(device)!, model: 'small', planDigest: '0123456789ab' },
      ...{ banner: '// Written by fastmamba.', bufferWords: () => 128 },
    });
    const folder = join(root, device.name);
    await writeProject(folder, new Map([...rtl, ...files]));
    cases[device.name] = { folder, device, files };
  }
});

const standin = packagePath('test', 'board', 'vivado-standin.tcl');

/** What the plan and the board say of every parameter of every cell. */
function explained({ device }: Case): Record<string, Record<string, string | number>> {
  const fast = device.memory.megaTransfersPerSecond === 1866;
  const controller = (name: string) => ({
    [name]: {
      XML_INPUT_FILE: `${name}.prj`,
      MIG_DONT_TOUCH_PARAM: 'Custom',
      RESET_BOARD_INTERFACE: 'Custom',
    },
    [`${name}_reset`]: { C_EXT_RESET_HIGH: 1, C_AUX_RESET_HIGH: 0 },
    // Thirteen ports, at most four an interconnect, then those.
    [`${name}_ports`]: { NUM_SI: 4, NUM_MI: 1 },
    ...Object.fromEntries(
      [4, 3, 3, 3].map((inputs, i) => [`${name}_ports_${i}`, { NUM_SI: inputs, NUM_MI: 1 }]),
    ),
  });
  return {
    'port:system_clock': { FREQ_HZ: 200_000_000 },
    system_clock_buffer: { C_BUF_TYPE: 'IBUFDS' },
    ...(fast
      ? { 'port:memory_clock': { FREQ_HZ: 233_209_000 }, memory_clock_buffer: { C_BUF_TYPE: 'IBUFDS' } }
      : {}),
    'port:pcie_clock': { FREQ_HZ: 100_000_000 },
    pcie_clock_buffer: { C_BUF_TYPE: 'IBUFDSGTE' },
    reference_buffer: { C_BUF_TYPE: 'BUFG' },
    reset: { POLARITY: 'ACTIVE_HIGH' },
    pcie_reset_n: { POLARITY: 'ACTIVE_LOW' },
    // Gen3 x8 in block X0Y1 (FACTS.md), 256 bits at 250 MHz, one channel each way, a window of registers, one interrupt.
    pcie: {
      ...{ mode_selection: 'Advanced', pcie_blk_locn: 'X0Y1', pl_link_cap_max_link_width: 'X8' },
      ...{ pl_link_cap_max_link_speed: '8.0_GT/s', axi_data_width: '256_bit', axisten_freq: 250 },
      ...{ pf0_device_id: 7038, xdma_axi_intf_mm: 'AXI_Memory_Mapped', xdma_rnum_chnl: 1, xdma_wnum_chnl: 1 },
      ...{ xdma_num_usr_irq: 1, axilite_master_en: 'true', axilite_master_scale: 'Kilobytes' },
      ...{ axilite_master_size: 64, pciebar2axibar_axil_master: '0x00000000' },
    },
    kernel_clock: {
      ...{ PRIM_SOURCE: 'No_buffer', PRIM_IN_FREQ: 200, USE_RESET: 'false' },
      CLKOUT1_REQUESTED_OUT_FREQ: device.clockMHz,
    },
    kernel_reset: { C_EXT_RESET_HIGH: 0 },
    control: { NUM_SI: 1, NUM_MI: 1 },
    ...controller('ddr3_0'),
    ...controller('ddr3_1'),
  };
}

/** Runs a script of a project; `before` is Tcl between the stand-in and the script. */
function run(it: Case, script: string, before = ''): { facts: string[][]; error: string } {
  const words = Object.entries(explained(it)).flatMap(([cell, values]) => [
    cell,
    `{${Object.entries(values)
      .map(([name, value]) => `${name} ${value}`)
      .join(' ')}}`,
  ]);
  const input = `source {${standin}}\nset ::standin::explained {${words.join(' ')}}\n${before}\nsource vitis/board/${script}\n`;
  const { stdout, stderr, status } = spawnSync('tclsh', [], { cwd: it.folder, input, encoding: 'utf8' });
  const facts = stdout.split('\n').map((line) => line.split('\t'));
  return { facts, error: status === 0 ? stderr : `${stderr}${stdout}` };
}

describe.skipIf(!hasTcl)('the Tcl of the board (skipped where there is no tclsh)', () => {
  it.each(['vc709', 'vc709-1600'])('builds the project of %s with commands that Vivado has', (name) => {
    const { facts, error } = run(cases[name], 'build.tcl');
    expect(error).toBe('');
    const of = (kind: string) => facts.filter(([first]) => first === kind).map(([, ...rest]) => rest);
    expect(of('package')).toEqual([['fastmamba_layer_ip']]);
    expect(of('top')).toEqual([
      ['package_kernel', 'fastmamba_layer_ip'],
      ['fastmamba', 'board_wrapper'],
    ]);
    expect(of('validated')).toHaveLength(1);
    expect(of('run')).toEqual([
      ['synth_1', ''],
      ['impl_1', 'write_bitstream'],
    ]);
    expect(of('report').map(([path]) => path)).toContain('build/board/timing.rpt');
    // Every source is in, once: the kernel's in the IP, the board's beside it.
    const sources = of('file').map(([project, path]) => `${project}:${path}`);
    for (const path of rtl.keys())
      if (/\.s?v$/.test(path)) expect(sources).toContain(`package_kernel:${path}`);
    for (const path of cases[name].files.keys())
      if (/\.(s?v|xdc)$/.test(path)) expect(sources).toContain(`fastmamba:${path}`);
  });

  it('gives kernel and host one memory that covers the image, and each controller its half', () => {
    const { facts } = run(cases.vc709, 'build.tcl');
    const addresses = facts.filter(([kind]) => kind === 'address').map(([, ...rest]) => rest);
    const bytes = (range: string) =>
      Number.parseInt(range, 10) * { K: 2 ** 10, G: 2 ** 30 }[range.at(-1) as 'K' | 'G'];
    const ofMaster = new Map(
      addresses.map(([space, segment, offset, range]) => [space, { segment, offset, bytes: bytes(range) }]),
    );
    // One segment a master: nothing overlaps.
    expect(ofMaster.size).toBe(addresses.length);
    const whole = 2 * 2 ** 32;
    for (const { name } of mastersOf(network))
      expect(ofMaster.get(`kernel/m_axi_${name}`)).toMatchObject({ offset: '0x0', bytes: whole });
    expect(ofMaster.get('pcie/M_AXI')).toMatchObject({
      segment: 'steer_host/s_axi',
      offset: '0x0',
      bytes: whole,
    });
    expect(ofMaster.get('pcie/M_AXI_LITE')).toEqual({
      segment: 'kernel/s_axi_control',
      offset: '0x0',
      bytes: 4096,
    });
    const cells = [...ofMaster.keys()].filter((space) => space.startsWith('steer_'));
    expect(cells).toHaveLength(2 * (KERNEL_PORTS + 1));
    for (const space of cells) {
      const controller = space.endsWith('/m0_axi') ? 'ddr3_0' : 'ddr3_1';
      expect(ofMaster.get(space)).toEqual({
        segment: `${controller}/S_AXI`,
        offset: '0x0',
        bytes: whole / 2,
      });
    }
    const board = boardOf(cases.vc709.device)!;
    expect(board.memory.bytes).toBe(
      2 ** (board.memory.rowBits + board.memory.columnBits + board.memory.bankBits) * 8,
    );
  });

  it('names its clocks, and crosses from one to another in interconnects alone', () => {
    const { facts } = run(cases.vc709, 'build.tcl');
    const driver = new Map(facts.filter(([kind]) => kind === 'net').map(([, from, to]) => [to, from]));
    const clock = (pin: string) => driver.get(pin);
    expect(clock('kernel/ap_clk')).toBe('kernel_clock/clk_out1');
    for (const controller of ['ddr3_0', 'ddr3_1']) {
      expect(clock(`${controller}_ports/ACLK`)).toBe('kernel_clock/clk_out1');
      expect(clock(`${controller}_ports/M00_ACLK`)).toBe(`${controller}/ui_clk`);
      expect(clock(`${controller}/sys_clk_i`)).toBe('memory_clock_buffer/IBUF_OUT');
      expect(clock(`${controller}/clk_ref_i`)).toBe('reference_buffer/BUFG_O');
      const entries = [...driver].filter(([to]) =>
        new RegExp(`^${controller}_ports_\\d/S\\d\\d_AXI$`).test(to),
      );
      expect(entries).toHaveLength(KERNEL_PORTS + 1);
      for (const [to, from] of entries) {
        const at = to.replace('_AXI', '');
        const cell = from.split('/')[0];
        // An interface has the clock of the cell that drives it.
        expect(clock(`${at}_ACLK`)).toBe(clock(`${cell}/aclk`));
        expect(clock(`${at}_ACLK`)).toBe(cell === 'steer_host' ? 'pcie/axi_aclk' : 'kernel_clock/clk_out1');
      }
      for (const group of [0, 1, 2, 3]) {
        expect(clock(`${controller}_ports_${group}/M00_ACLK`)).toBe('kernel_clock/clk_out1');
        expect(driver.get(`${controller}_ports/S0${group}_AXI`)).toBe(`${controller}_ports_${group}/M00_AXI`);
      }
    }
    expect(clock('control/S00_ACLK')).toBe('pcie/axi_aclk');
    expect(clock('control/M00_ACLK')).toBe('kernel_clock/clk_out1');
    expect(driver.get('pcie/usr_irq_req')).toBe('interrupt_crossing/crossed');
  });

  it('says so where the catalogue has no PCIe IP, and where Vivado is too old', () => {
    const none = run(cases.vc709, 'build.tcl', 'dict unset ::standin::ips xdma');
    expect(none.error).toContain('the IP catalogue of Vivado 2023.2 has no xdma for xc7vx690tffg1761-2');
    const old = run(cases.vc709, 'build.tcl', 'set ::standin::version 2018.3_AR1');
    expect(old.error).toContain('found Vivado 2018.3_AR1, expected 2020.1 or later');
  });

  it('takes the kernel of Vitis HLS where it is told to', () => {
    const { error } = run(cases.vc709, 'project.tcl', 'set ::env(FASTMAMBA_KERNEL) hls');
    expect(error).toContain('no build_export/solution/impl/ip: run vitis/hls/export.tcl first');
  });

  it('loads the bitstream that was built', () => {
    expect(run(cases.vc709, 'build.tcl').error).toBe('');
    const { facts, error } = run(cases.vc709, 'program.tcl');
    expect(error).toBe('');
    expect(facts).toContainEqual(['programmed', 'device']);
  });

  it.each([
    ['build.tcl', 'open_run impl_1', 'open_runs impl_1', 'unknown command open_runs'],
    ['build.tcl', '-max_paths', '-most_paths', 'report_timing_summary: unknown option -most_paths'],
    ['design.tcl', 'USE_RESET', 'USES_RESET', 'kernel_clock: clk_wiz has no parameter USES_RESET'],
    ['design.tcl', 'axisten_freq 250', 'axisten_freq 125', 'pcie: axisten_freq is 125, explained is 250'],
    ['design.tcl', 'NUM_SI 4', 'NUM_SI 5', 'ddr3_0_ports: NUM_SI is 5, explained is 4'],
    ['design.tcl', '/ui_clk_sync_rst', '/ui_clk_rst', 'no pin, port or interface ddr3_0/ui_clk_rst'],
    ['design.tcl', '  net pcie_reset_n pcie/sys_rst_n\n', '', 'pcie/sys_rst_n is not connected'],
    ['design.tcl', 'net kernel/interrupt', 'net pcie/axi_aclk', 'kernel/interrupt is left open'],
    [
      'design.tcl',
      'net pcie_reset_n pcie/sys_rst_n',
      'net kernel/interrupt pcie/sys_rst_n',
      'no pin, port or interface kernel/interrupt',
    ],
    [
      'design.tcl',
      'net reset $controller/sys_rst',
      'net reset ddr3_0/sys_rst',
      'ddr3_0/sys_rst has two drivers',
    ],
    ['design.tcl', 'map $master $port/$slave 8G', '', 'kernel/m_axi_conv_state_in sees no memory'],
  ])('%s: refuses %s as %s', (script, from, to, error) => {
    const folder = join(root, 'broken');
    cpSync(cases.vc709.folder, folder, { recursive: true });
    const path = join(folder, 'vitis', 'board', script);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replaceAll(from, to));
    expect(run({ ...cases.vc709, folder }, 'build.tcl').error).toContain(`standin: ${error}`);
    rmSync(folder, { recursive: true });
  });

  it('stays within the Tcl of Vivado, 8.5', () => {
    for (const [path, text] of cases.vc709.files)
      if (path.endsWith('.tcl'))
        expect(text, path).not.toMatch(/\b(lmap|try|tailcall|string cat|dict map)\b/);
  });
});

/** Pins by signal from the lists as they were given. */
function listed(file: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of readFileSync(packagePath('test', 'data', 'vc709', file), 'utf8').split('\n')) {
    const one = /^(?:ddr3_)?(\w+)(?:\[(\d+)\])? ([A-Z]+\d+)$/.exec(line);
    const range = /^(\w+)\[(\d+)\.\.\d+\] +(.*)$/.exec(line);
    const clock = /^ck_p\/ck_n +(\S+) (\S+)$/.exec(line);
    if (clock) {
      found.set('ck_p[0]', clock[1]);
      found.set('ck_n[0]', clock[2]);
    } else if (range)
      range[3].split(' ').forEach((pin, i) => {
        found.set(`${range[1]}[${Number(range[2]) + i}]`, pin);
      });
    else if (one && one[1] !== 'init_calib_complete')
      found.set(one[2] === undefined ? one[1] : `${one[1]}[${one[2]}]`, one[3]);
    else if (/^ras_n/.test(line))
      for (const [, signal, pin] of line.matchAll(/(\w+) ([A-Z]+\d+)/g))
        found.set(['cs_n', 'cke', 'odt'].includes(signal) ? `${signal}[0]` : signal, pin);
  }
  return found;
}

/** Elements of an XML text with their attributes and own text. Throws where it is not well formed. */
function elements(xml: string) {
  const found: { name: string; attributes: Record<string, string>; text: string }[] = [];
  const inside: typeof found = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: attributes as Record<string, string>, text: '' };
    found.push(element);
    inside.push(element);
  });
  parser.on('text', (text) => {
    const element = inside.at(-1);
    if (element) element.text += text;
  });
  parser.on('closetag', () => {
    inside.pop();
  });
  parser.write(xml).close();
  return found;
}

describe("the controllers' files", () => {
  const controllers = [
    ['ddr3_0', 'J1'],
    ['ddr3_1', 'J3'],
  ] as const;

  it.each(controllers)('%s has the pins of both sources of socket %s, each once', (name, socket) => {
    const xml = elements(cases.vc709.files.get(`vitis/board/${name}.prj`)!);
    const pins = xml.filter(({ name, attributes }) => name === 'Pin' && attributes.PADName !== 'No connect');
    const found = new Map(
      pins.map(({ attributes }) => [attributes.name.replace('ddr3_', ''), attributes.PADName]),
    );
    expect(found.size).toBe(116);
    expect(pins).toHaveLength(116);
    expect(new Set(found.values()).size).toBe(116);
    expect([...found].sort()).toEqual([...listed(`ddr3_${socket}_pins.txt`)].sort());
    expect([...found].sort()).toEqual([...listed(`second_${socket}_pins.txt`)].sort());
  });

  it.each([
    ['vc709', { TimePeriod: '1072', InputClkFreq: '233.209', mrCasLatency: '13', mr2CasWriteLatency: '9' }],
    ['vc709-1600', { TimePeriod: '1250', InputClkFreq: '200', mrCasLatency: '11', mr2CasWriteLatency: '8' }],
  ])('have the timing of %s', (device, expected) => {
    for (const [name] of controllers) {
      const xml = elements(cases[device].files.get(`vitis/board/${name}.prj`)!);
      const text = (wanted: string) => xml.find((element) => element.name === wanted)?.text;
      for (const [element, value] of Object.entries(expected)) expect(text(element), element).toBe(value);
      // As TaPaSCo's file has it.
      const parameters = {
        twtr: '7.5',
        trrd: '5',
        trefi: '7.8',
        tfaw: '27',
        trtp: '7.5',
        tcke: '5',
        trfc: '260',
        trp: '13.91',
        tras: '34',
        trcd: '13.91',
      };
      expect(xml.find((element) => element.name === 'Parameters')?.attributes).toEqual(parameters);
      expect(text('TargetFPGA')).toBe('xc7vx690t-ffg1761/-2');
      // The interconnect tells 13 ports apart.
      expect(text('C0_S_AXI_ID_WIDTH')).toBe('4');
    }
  });
});

describe('the constraints', () => {
  it.each(['vc709', 'vc709-1600'])(
    'of %s use pins that the board has, each once and for one thing',
    (name) => {
      const text = cases[name].files.get('vitis/board/constraints.xdc')!;
      const pins = [...text.matchAll(/PACKAGE_PIN (\w+).*get_ports \{(\S+)\}/g)].map(([, pin, port]) => [
        port,
        pin,
      ]);
      const facts = readFileSync(packagePath('test', 'data', 'vc709', 'FACTS.md'), 'utf8');
      const lanes = /lane (\d)/;
      for (const [port, pin] of pins) {
        // Of the lanes between the first and the last the facts name the transceivers only; their pins have two other sources.
        const lane = /^pcie_[rt]x[pn]\[(\d)\]$/.exec(port);
        if (!lane || lane[1] === '0' || lane[1] === '7')
          expect(facts, port).toMatch(new RegExp(`\\b${pin}\\b`));
      }
      expect(facts).toMatch(lanes);
      const memory = [...listed('ddr3_J1_pins.txt').values(), ...listed('ddr3_J3_pins.txt').values()];
      const all = [...pins.map(([, pin]) => pin), ...memory];
      expect(new Set(all).size).toBe(all.length);
      expect(new Set(pins.map(([port]) => port)).size).toBe(pins.length);
      const { facts: design } = hasTcl ? run(cases[name], 'build.tcl') : { facts: [] };
      const outer = design.filter(([kind]) => kind === 'port').map(([, port]) => port);
      for (const port of outer) expect(pins.map(([one]) => one)).toContain(port);
    },
  );

  it('have the lanes of two sources', () => {
    const text = cases.vc709.files.get('vitis/board/constraints.xdc')!;
    const given = readFileSync(packagePath('test', 'data', 'vc709', 'pcie_pins.txt'), 'utf8');
    const lists = given.split('\n\n').map((part) => part.split('\n').filter((line) => /^\d /.test(line)));
    expect(lists).toHaveLength(2);
    for (const list of lists)
      for (const line of list) {
        const [lane, rxp, rxn, txp, txn, channel] = line.split(' ');
        for (const [end, pin] of Object.entries({ rxp, rxn, txp, txn }))
          expect(text).toContain(`PACKAGE_PIN ${pin}} [get_ports {pcie_${end}[${lane}]}]`);
        expect(text).toMatch(new RegExp(`LOC ${channel} .*pipe_lane\\[${lane}\\]`));
      }
  });
});

describe('ports', () => {
  const master = (name: string, direction: Master['direction'], bits = 512): Master => ({
    ...{ name, direction, bits, burst: 64, outstanding: 2 },
  });

  it('are shared by a master that reads and one that writes words as wide, first of the same region', () => {
    const ports = steeredPorts([
      master('descriptors', 'read'),
      master('weights_0', 'read'),
      master('state_in', 'read', 256),
      master('logits', 'write'),
      master('state_out', 'write', 256),
      master('odd', 'write', 128),
    ]);
    expect(ports.map(({ name, read, write }) => [name, read?.name, write?.name])).toEqual([
      ['descriptors_logits', 'descriptors', 'logits'],
      ['weights_0', 'weights_0', undefined],
      ['state', 'state_in', 'state_out'],
      ['odd', undefined, 'odd'],
    ]);
  });

  it('are no more than two steps of interconnects take', () => {
    const reads = Array.from({ length: 16 }, (_, i) => master(`weights_${i}`, 'read'));
    expect(() => steeredPorts(reads)).toThrow('board: found 16 AXI masters, 17 ports');
    expect(steeredPorts(reads.slice(1))).toHaveLength(15);
  });
});

describe('modules of the board', () => {
  const read = (program: string, args: readonly string[]) =>
    spawnSync(program, args, { cwd: join(cases.vc709.folder, 'vitis', 'board', 'rtl'), encoding: 'utf8' });
  const has = (program: string, version: string) => spawnSync(program, [version]).status === 0;
  const steers = () =>
    readdirSync(join(cases.vc709.folder, 'vitis', 'board', 'rtl')).filter((name) =>
      name.startsWith('steer_'),
    );
  const library = [
    'page_steer_read.sv',
    'page_steer_write.sv',
    '../../../rtl/lib/fifo.sv',
    '../../../rtl/lib/kept_register.sv',
  ];
  const silent = { status: 0, stdout: '', stderr: '' };

  it.skipIf(!has('verilator', '--version'))('are read by Verilator without a word', () => {
    for (const file of ['steer_residual.v', 'steer_host.v', 'steer_weights_in_1.v'])
      expect(
        read('verilator', ['--lint-only', '-Wall', '--top-module', file.slice(0, -2), file, ...library]),
      ).toMatchObject(silent);
  });

  it.skipIf(!has('iverilog', '-V'))('are plain Verilog of 2001', () => {
    expect(steers()).toHaveLength(KERNEL_PORTS + 1);
    for (const file of [...steers(), 'interrupt_crossing.v'])
      expect(read('iverilog', ['-g2001', '-gno-xtypes', '-Wall', '-t', 'null', '-i', file])).toMatchObject(
        silent,
      );
  });
});
