/** What Yosys makes of the RTL library for the 7 series: the blocks that each module is meant for, and no others. */
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runYosys } from '../../src/tools/yosys/yosys.js';
import { librarySources } from './lib-simulate.js';

interface Cell {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

type Parameters = Readonly<Record<string, number | string>>;

const variants = {
  product: ['dsp_multiplier', { A_WIDTH: 25, B_WIDTH: 18, P_WIDTH: 43 }],
  biased: ['dsp_multiplier', { A_WIDTH: 25, B_WIDTH: 18, P_WIDTH: 43, BIAS: 8192 }],
  preAdded: [
    'dsp_add_multiplier',
    { A_WIDTH: 25, D_WIDTH: 24, SUM_WIDTH: 25, B_WIDTH: 18, P_WIDTH: 43, BIAS: 9 },
  ],
  packedPair: ['packed_pair', {}],
  wide: ['dsp_multiplier', { A_WIDTH: 32, B_WIDTH: 24, P_WIDTH: 56, STAGES: 4, BIAS: 99 }],
  dspDot: ['dsp_dot', { TERMS: 4, A_WIDTH: 25, B_WIDTH: 8, C_WIDTH: 18, P_WIDTH: 35 }],
  cascade: ['dsp_dot', { TERMS: 4, A_WIDTH: 24, B_WIDTH: 16, P_WIDTH: 42 }],
  lutDot: ['lut_dot', { TERMS: 4, P_WIDTH: 18 }],
  lutProduct: ['lut_multiplier', { A_WIDTH: 8, B_WIDTH: 8 }],
  blockRam: ['ram', { WIDTH: 72, DEPTH: 512, STORAGE: 'bram' }],
  lutRam: ['ram', { WIDTH: 24, DEPTH: 64, STORAGE: 'lutram', READ_STAGES: 1 }],
  blockFifo: ['fifo', { WIDTH: 72, DEPTH: 512, STORAGE: 'bram' }],
  lutFifo: ['fifo', { WIDTH: 24, DEPTH: 64, STORAGE: 'lutram' }],
  registerFifo: ['fifo', { WIDTH: 24, DEPTH: 2, STORAGE: 'registers' }],
  shortDelay: ['delay', { WIDTH: 8, CYCLES: 9 }],
  longDelay: ['delay', { WIDTH: 8, CYCLES: 30 }],
} as const satisfies Record<string, readonly [module: string, Parameters]>;

/** Two int8 weights in one factor: the low bits of one addend are constant. */
const PACKED_PAIR = `module packed_pair (input logic clk, en, load, input logic signed [7:0] w1, w0, x, output logic signed [31:0] p);
  logic signed [7:0] high, low;
  always_ff @(posedge clk) if (load) {high, low} <= {w1, w0};
  dsp_add_multiplier #(.A_WIDTH(24), .D_WIDTH(8), .SUM_WIDTH(25), .B_WIDTH(8), .P_WIDTH(32), .BIAS(32768))
    product (.clk, .en, .a({high, 16'd0}), .d(low), .b(x), .p);
endmodule
`;

/** Modules that others are made of. */
const parts: Readonly<Record<string, readonly string[]>> = {
  packed_pair: ['dsp_add_multiplier'],
  dsp_dot: ['delay'],
  lut_dot: ['delay'],
  fifo: ['kept_register'],
};

/** Cells of every variant, without clock buffers; one run, since starting Yosys is most of the time. */
async function synthesizeAll() {
  const folder = mkdtempSync(join(tmpdir(), 'fastmamba-infer-'));
  for (const source of librarySources) copyFileSync(source, join(folder, basename(source)));
  writeFileSync(join(folder, 'packed_pair.sv'), PACKED_PAIR);
  const list: [string, readonly [string, Parameters]][] = Object.entries(variants);
  const script = list.flatMap(([name, [top, parameters]]) => [
    'design -reset',
    `read_verilog -sv ${[top, ...(parts[top] ?? [])].map((module) => `${module}.sv`).join(' ')}`,
    ...Object.entries(parameters).map(
      ([key, value]) => `chparam -set ${key} ${typeof value === 'string' ? `"${value}"` : value} ${top}`,
    ),
    `synth_xilinx -family xc7 -noiopad -noclkbuf -flatten -top ${top}`,
    `write_json ${name}.json`,
  ]);
  await runYosys({
    script: script.join('\n'),
    folder,
    inputs: [...librarySources.map((path) => basename(path)), 'packed_pair.sv'],
    outputs: list.map(([name]) => `${name}.json`),
    timeoutSeconds: 500,
  });
  const cellsOf = (name: string) => {
    const { modules } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as {
      modules: Record<string, { attributes: Record<string, string>; cells: Record<string, Cell> }>;
    };
    return Object.values(Object.values(modules).find(({ attributes }) => 'top' in attributes)!.cells);
  };
  return Object.fromEntries(list.map(([name]) => [name, cellsOf(name)])) as Record<
    keyof typeof variants,
    Cell[]
  >;
}

const cells = await synthesizeAll();

const count = (list: readonly Cell[], pattern: RegExp) =>
  list.filter(({ type }) => pattern.test(type)).length;
const LUT_RAM = /^RAM(32|64|128|256)/;

describe('RTL library for the 7 series', () => {
  it.each(['product', 'biased'] as const)(
    'a %s of 25 x 18 bits is one DSP block with all its registers',
    (name) => {
      expect(cells[name].map(({ type }) => type)).toEqual(['DSP48E1']);
      const { parameters } = cells[name][0];
      const registers = ['AREG', 'BREG', 'MREG', 'PREG'].map((key) => Number.parseInt(parameters[key], 2));
      expect(registers).toEqual([1, 1, 1, 1]);
    },
  );

  it.each(['preAdded', 'packedPair'] as const)(
    '%s: the sum in front of a product is made in its block',
    (name) => {
      expect(count(cells[name], /^LUT|^CARRY4|^INV/)).toBe(0);
      // Of the pair, the two weights at most: the block may take them in, too.
      expect(count(cells[name], /^FD/)).toBeLessThanOrEqual(name === 'packedPair' ? 16 : 0);
      const blocks = cells[name].filter(({ type }) => type === 'DSP48E1');
      expect(blocks).toHaveLength(1);
      const { parameters } = blocks[0];
      const registers = ['ADREG', 'BREG', 'MREG', 'PREG'].map((key) => Number.parseInt(parameters[key], 2));
      expect(registers).toEqual([1, 1, 1, 1]);
      expect(parameters.USE_DPORT.trim()).toBe('TRUE');
    },
  );

  it.each(['dspDot', 'cascade'] as const)(
    '%s: a sum of four products is four DSP blocks and waiting factors',
    (name) => {
      expect(count(cells[name], /^LUT|^CARRY4|^INV|^SRL/)).toBe(0);
      const blocks = cells[name].filter(({ type }) => type === 'DSP48E1');
      expect(blocks).toHaveLength(4);
      for (const { parameters } of blocks)
        expect(['MREG', 'PREG'].map((key) => Number.parseInt(parameters[key], 2))).toEqual([1, 1]);
    },
  );

  it('four products of 8 x 8 bits in LUTs and their sum take fewer than 300, and no DSP block', () => {
    expect(count(cells.lutDot, /^DSP/)).toBe(0);
    expect(count(cells.lutDot, /^LUT|^INV/)).toBeLessThan(300);
  });

  it('a wider product is two DSP blocks, and registers for the low bits', () => {
    const found = [/^DSP48E1$/, /^LUT/, /^FD/].map((type) => count(cells.wide, type));
    expect(found).toEqual([2, 0, 17]);
  });

  it('a product of 8 x 8 bits in LUTs takes fewer than 72, and no DSP block', () => {
    expect(count(cells.lutProduct, /^DSP/)).toBe(0);
    expect(count(cells.lutProduct, /^LUT/)).toBeLessThan(72);
  });

  it('memories are block RAM or LUT RAM as asked', () => {
    expect([/^RAMB36E1$/, /^LUT/, LUT_RAM].map((type) => count(cells.blockRam, type))).toEqual([1, 0, 0]);
    expect([/^RAMB/, LUT_RAM].map((type) => count(cells.lutRam, type))).toEqual([0, 8]);
  });

  it('FIFOs are block RAM, LUT RAM or registers as asked', () => {
    expect(count(cells.blockFifo, /^RAMB36E1$/)).toBe(1);
    expect([/^RAMB/, LUT_RAM].map((type) => count(cells.lutFifo, type))).toEqual([0, 8]);
    expect(count(cells.registerFifo, /^RAM/)).toBe(0);
    expect(count(cells.registerFifo, /^LUT/)).toBeLessThan(40);
  });

  it('delays are shift registers in LUTs', () => {
    expect(cells.shortDelay.map(({ type }) => type)).toEqual(Array(8).fill('SRL16E'));
    expect(cells.longDelay.map(({ type }) => type)).toEqual(Array(8).fill('SRLC32E'));
  });
});
