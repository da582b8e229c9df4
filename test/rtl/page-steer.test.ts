/**
 * What steers pages to two memory controllers: through it a port sees one memory whatever the controllers' pace, in order; no controller ever
 * waits for it; words are owed to one controller at a time. Broken copies are found out.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/util/package-path.js';
import { bestEngine, simulate } from './lib-simulate.js';

const engine = await bestEngine();
const folder = mkdtempSync(join(tmpdir(), 'fastmamba-steer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const text = readFileSync(packagePath('test', 'rtl', 'page-steer.cpp'), 'utf8');

const ports = {
  read: {
    inputs:
      'rst s_arid s_araddr s_arlen s_arsize s_arburst s_arvalid s_rready m_arready m0_rdata m0_rresp m0_rlast m1_rdata m1_rresp m1_rlast m_rvalid',
    outputs:
      's_arready s_rid s_rdata s_rresp s_rlast s_rvalid m_araddr m_arlen m_arsize m_arburst m_arvalid m_rready',
  },
  write: {
    inputs:
      'rst s_awid s_awaddr s_awlen s_awsize s_awburst s_awvalid s_wdata s_wstrb s_wlast s_wvalid s_bready m_awready m_wready m0_bresp m1_bresp m_bvalid',
    outputs:
      's_awready s_wready s_bid s_bresp s_bvalid m_awaddr m_awlen m_awsize m_awburst m_awvalid m_wdata m_wstrb m_wlast m_wvalid m_bready',
  },
} as const;

type Half = keyof typeof ports;

/** What the bench says of a module, or of a copy in which `from` is `to`. */
const library = ['fifo.sv', 'kept_register.sv'].map((name) => packagePath('rtl', 'lib', name));

async function drive(half: Half, from = '', to = ''): Promise<string> {
  const path = packagePath('rtl', 'board', `page_steer_${half}.sv`);
  const source = readFileSync(path, 'utf8');
  expect(source).toContain(from);
  const copy = join(folder, `page_steer_${half}.sv`);
  writeFileSync(copy, source.replace(from, to));
  const defines = `${half === 'read' ? '#define READS\n' : ''}#define SEED 7\n#define CYCLES 60000\n`;
  const said = await simulate({
    ...{ engine, top: `page_steer_${half}`, sources: [copy, ...library] },
    inputs: ports[half].inputs.split(' '),
    outputs: ports[half].outputs.split(' '),
    bench: `${defines}${text}`,
    parameters: { WIDTH: 64, BURSTS: 4, ID_BITS: 2, ...(half === 'read' ? { WORDS: 16 } : {}) },
  });
  return said.trim();
}

describe(`page steering by ${engine}`, () => {
  it.each(['read', 'write'] as const)('gives a port one memory (%s)', async (half) => {
    const [, bursts] = /^bursts (\d+)$/.exec(await drive(half)) ?? [];
    expect(Number(bursts)).toBeGreaterThan(2000);
  });

  it.each<[Half, string, string, string]>([
    ['read', 'another bit steers', 's_araddr[12];', 's_araddr[13];'],
    ['read', 'the bit stays in the address', "{1'b0, s_araddr[63:13], s_araddr[11:0]}", 's_araddr'],
    ['read', 'room is not counted', 'room[c] - asked +', 'room[c] +'],
    ['read', 'the order is not kept', 'turn_valid & there[turn]', 'turn_valid & |there'],
    ['write', 'another bit steers', 's_awaddr[12];', 's_awaddr[13];'],
    ['write', 'bursts are announced early', 'turns_ready & ~sends &', 'turns_ready &'],
    ['write', 'a word goes to the other', 'sends & m_wready[to]', 'sends & m_wready[~to]'],
  ])('%s: is found out where %s', async (half, _, from, to) => {
    expect(await drive(half, from, to)).not.toMatch(/^bursts [1-9]\d{3}/);
  });
});
