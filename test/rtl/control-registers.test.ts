/** The control registers as a host meets them, in AXI4-Lite transactions: every order of address and data, calls, interrupts, identity. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emitTop } from '../../src/emit/rtl/top.js';
import { proofNetwork } from '../../src/maintain/proof-network.js';
import { packagePath } from '../../src/util/package-path.js';
import { bestEngine, simulate } from './lib-simulate.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-control-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const slave = (names: string) => names.split(' ').map((name) => `s_axi_control_${name}`);
const inputs = [
  'rst',
  ...slave('awaddr awvalid wdata wstrb wvalid bready araddr arvalid rready'),
  ...'ended idle reasons left cycles errors awaiting unfinished'.split(' '),
];
const outputs = [
  ...slave('awready wready bresp bvalid arready rdata rresp rvalid'),
  ...'interrupt start limit stop first count'.split(' '),
];
const engine = await bestEngine();
const planDigest = Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, '0')).join('');
const text = emitTop(proofNetwork(), 'proof_region', { planDigest }).get('rtl/fastmamba_proof_control.sv')!;
let count = 0;

/** What the bench says of the registers, or of a copy with one text changed. */
function check(from = '', to = ''): Promise<string> {
  if (text.split(from).length !== 2 && from !== '') throw new Error(`expected '${from}' once`);
  const source = join(folder, `control${count++}.sv`);
  writeFileSync(source, text.replace(from, to));
  const bench = readFileSync(packagePath('test', 'rtl', 'control-registers.cpp'), 'utf8');
  return simulate({ engine, top: 'fastmamba_proof_control', sources: [source], inputs, outputs, bench });
}

const broken = [
  [
    "if (ended) start <= again && reasons == 3'd0",
    'if (ended) start <= again',
    'an end before the end starts nothing',
  ],
  ['come[i] <= come[i] ^', 'come[i] <= come[i] & ~', 'a one toggles'],
  [
    'assign s_axi_control_wready = address_known;',
    "assign s_axi_control_wready = 1'b1;",
    'writes in every order',
  ],
  [
    "if (ended) done <= 1'b1;\n      else if (read_control)",
    'if (ended) done <= 1;\n      else if (read)',
    'done, ready and idle',
  ],
] as const;

describe(`control registers by ${engine}`, () => {
  it('keep to AXI4-Lite and to what Vitis HLS says of start, done, interrupts and starting again', async () => {
    expect(await check()).toMatch(/^0 wrong of \d+ writes and \d+ reads$/);
  });

  it.each(broken)('broken: %s', async (from, to, what) => {
    expect(await check(from, to)).toContain(what);
  });
});
