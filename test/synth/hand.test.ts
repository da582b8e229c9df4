/** What is counted, and how long paths are, on modules whose cells and levels can be told by hand; what must be refused; what is kept. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CheckFailed, UserError } from '../../src/errors.js';
import { bram36 } from '../../src/tools/synth/area.js';
import { synthesize } from '../../src/tools/synth/synth.js';
import type { SynthResult } from '../../src/tools/synth/units.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-synth-'));
afterAll(() => rmSync(folder, { recursive: true }));
vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
const cacheFolder = join(folder, 'cache', 'fastmamba', 'synthesis');

/** A project whose RTL is `files`; library modules are in lib/. */
function project(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  mkdirSync(join(path, 'rtl', 'lib'), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, 'rtl', file), text);
  return path;
}

const store = `module store #(parameter int WIDTH = 8, parameter STYLE = "block", parameter int ID = 0) (
  input logic clk, input logic [8:0] at, from, input logic [WIDTH-1:0] in, output logic [WIDTH-1:0] out
);
  // latch is only a word here, and so are module sum and module adder.
  if (STYLE == "block") begin : block
    (* ram_style = "block" *) logic [WIDTH-1:0] memory [512];
    always_ff @(posedge clk) begin memory[at] <= in; out <= memory[from]; end
  end else begin : distributed
    (* ram_style = "distributed" *) logic [WIDTH-1:0] memory [32];
    always_ff @(posedge clk) begin memory[at[4:0]] <= in; out <= memory[from[4:0]]; end
  end
endmodule
`;
const sum = `module sum (
  input logic clk, input logic [15:0] a, b, c, d, output logic [17:0] total
);
  logic [15:0] a_held, b_held, c_held, d_held;
  always_ff @(posedge clk) begin
    {a_held, b_held, c_held, d_held} <= {a, b, c, d};
    total <= 18'(a_held) + 18'(b_held) + 18'(c_held) + 18'(d_held);
  end
endmodule
`;
const parity = `module parity (input logic clk, input logic [5:0] bits, output logic odd);
  always_ff @(posedge clk) odd <= ^bits;
endmodule
`;
const product = `module product (
  input logic clk, input logic signed [24:0] a, input logic signed [17:0] b, output logic signed [42:0] p
);
  logic signed [24:0] a_held;
  logic signed [17:0] b_held;
  logic signed [42:0] m;
  always_ff @(posedge clk) begin a_held <= a; b_held <= b; m <= a_held * b_held; p <= m; end
endmodule
`;
const region = `module region (
  input logic clk, input logic [8:0] at, from, input logic [71:0] in, output logic [71:0] out, input logic [15:0] a, b,
  output logic [17:0] total
);
  logic [71:0] between;
  logic [15:0] c;
  always_ff @(posedge clk) c <= a ^ b;
  store #(.WIDTH(72), .ID(1)) first (.clk, .at, .from, .in, .out(between));
  store #(.WIDTH(72), .ID(2)) second (.clk, .at, .from, .in(between), .out);
  store #(.WIDTH(4), .STYLE("distributed")) third (.clk, .at, .from, .in(in[3:0]), .out());
  sum u_sum (.clk, .a, .b, .c, .d(c), .total);
endmodule
`;

describe('a small design', () => {
  const path = project('design', { 'lib/store.sv': store, 'sum.sv': sum, 'region.sv': region });
  let result: SynthResult;
  beforeAll(async () => {
    result = await synthesize({ project: path, top: 'region', tool: 'yowasp' });
  });
  const unit = (name: string) => result.units.find((one) => one.name === name)!;

  it('is measured once for each distinct module, and counted as often as it is there', () => {
    expect(result.units.map(({ name, count }) => [name, count])).toEqual([
      ['region', 1],
      ['store WIDTH=72', 2],
      ['store STYLE=distributed WIDTH=4', 1],
      ['sum', 1],
    ]);
    expect(unit('store WIDTH=72').instances).toEqual(['first', 'second']);
    const { total, units } = result;
    const sumOf = (kind: 'lut' | 'ff') => units.reduce((all, { area, count }) => all + count * area[kind], 0);
    expect([total.lut, total.ff]).toEqual([sumOf('lut'), sumOf('ff')]);
    expect(bram36(total)).toBe(2 * bram36(unit('store WIDTH=72').area));
    expect(result.warnings).toEqual([]);
  });

  it('counts cells for what they take', () => {
    expect(bram36(unit('store WIDTH=72').area)).toBe(1);
    // Two RAM32X1D or one RAM32M hold four bits.
    expect(unit('store STYLE=distributed WIDTH=4').area).toMatchObject({
      lut: 4,
      lutram: 4,
      ff: 4,
      ramb18: 0,
    });
    // What joins the others is 16 exclusive-ors and their registers.
    expect(unit('region').area).toMatchObject({ lut: 16, ff: 16, dsp: 0, ramb36: 0 });
  });

  it('builds each addition of its own carry chain', () => {
    const { area, path } = unit('sum');
    expect(area.ff).toBe(4 * 16 + 18);
    expect(area.carry4).toBe(3 * 5);
    expect(area.lut).toBeLessThanOrEqual(3 * 18);
    // A table and a chain, three times or, as a tree would, twice.
    expect(path?.levels).toBe(6);
    expect(path?.to).toMatch(/^total\[1[67]\]$/);
  });

  it('takes results of earlier runs for the same text, whatever its comments say, and measures again what changed', async () => {
    const before = kept();
    const again = (files: Readonly<Record<string, string>>) => {
      const other = project('again', { 'lib/store.sv': store, 'sum.sv': sum, 'region.sv': region, ...files });
      return synthesize({ project: other, top: 'region', tool: 'yowasp' });
    };
    const { units } = await again({ 'sum.sv': `// Written again.\n${sum}` });
    expect(units).toEqual(result.units);
    expect(kept()).toEqual(before);
    const changed = await again({ 'sum.sv': sum.replace("+ 18'(d_held)", '') });
    expect(changed.units[0]).toEqual(result.units[0]);
    expect(changed.units[3].path?.levels).toBe(4);
  });

  const kept = () =>
    readdirSync(cacheFolder)
      .sort()
      .map((name) => [name, statSync(join(cacheFolder, name)).mtimeMs]);
});

describe('one unit alone', () => {
  it('is measured without the rest', async () => {
    const files = { 'parity.sv': parity, 'product.sv': product, 'broken.sv': 'module broken (\n' };
    const path = project('alone', files);
    const measure = async (kernel: string) =>
      (await synthesize({ project: path, top: 'broken', kernel, tool: 'yowasp' })).units[0];
    const ofParity = await measure('parity');
    expect(ofParity.area).toMatchObject({ lut: 1, ff: 1 });
    expect(ofParity.path).toMatchObject({ levels: 1, to: 'odd' });
    const ofProduct = await measure('product');
    expect(ofProduct.area).toMatchObject({ dsp: 1, lut: 0, ff: 0 });
    expect(ofProduct.path?.levels).toBe(0);
  });

  it('must be there', async () => {
    const path = project('nobody', { 'lib/store.sv': store, 'sum.sv': sum, 'region.sv': region });
    const asked = synthesize({ project: path, top: 'region', kernel: 'nobody', tool: 'yowasp' });
    await expect(asked).rejects.toThrow(UserError);
    await expect(asked).rejects.toThrow(/^--kernel nobody: no such unit; expected one of store, region, sum/);
  });
});

describe('what no clocked design has', () => {
  const refused = async (name: string, text: string) => {
    const path = project(name, { [`${name}.sv`]: text });
    const asked = synthesize({ project: path, top: name, kernel: name, tool: 'yowasp' });
    await expect(asked).rejects.toThrow(CheckFailed);
    return asked.catch((error: Error) => error.message);
  };

  it('is refused: a latch', async () => {
    const message = await refused(
      'held',
      'module held (input logic on, a, output logic b);\n  always_latch if (on) b = a;\nendmodule\n',
    );
    expect(message).toMatch(/assert/i);
    expect(message).toMatch(/held\.log$/);
  });

  it('is refused: logic in a circle', async () => {
    const message = await refused(
      'circle',
      'module circle (input logic a, b, output logic c, d);\n  assign c = a ^ d;\n  assign d = b & c;\nendmodule\n',
    );
    expect(message).toMatch(/found|loop/i);
  });
});
