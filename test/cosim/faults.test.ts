/** Co-simulation must be able to fail: RTL broken by hand is found, and what broke is named. In CXXRTL, which every machine has. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emitCpp } from '../../src/emit/cpp/project.js';
import { writeProject } from '../../src/emit/project/write-project.js';
import { emitRtl } from '../../src/emit/rtl/project.js';
import { emitCosimBench } from '../../src/emit/testbench/cosim-bench.js';
import { VectorWriter } from '../../src/emit/testbench/vectors.js';
import { NetworkBuilder } from '../../src/kernel/build/network-builder.js';
import { withDepths } from '../../src/kernel/depths.js';
import type { Channel } from '../../src/kernel/ir.js';
import { sint, typeOf } from '../../src/kernel/type.js';
import { scheduleNetwork } from '../../src/schedule/asap.js';
import { vc709Timing } from '../../src/schedule/target.js';
import { type CosimOptions, runCosim } from '../../src/tools/cosim/cosim.js';
import { handFiles, results, writeHandCalls } from './hand.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-cosim-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Fault {
  readonly file: string;
  readonly text: string;
  readonly wrong: string;
}
let count = 0;

/** Calls of 1 and 255 words, or others, of the region with one text in one file changed. */
async function broken(fault: Fault | null, options: Partial<CosimOptions> = {}, calls = [1, 255]) {
  const project = join(folder, `project${count++}`);
  await writeProject(
    project,
    fault ? handFiles({ [fault.file]: (whole) => replaced(whole, fault) }) : handFiles(),
  );
  const vectors = new VectorWriter(join(project, 'vectors'));
  writeHandCalls(vectors, calls);
  return runCosim(project, { script: vectors.finish(), engine: 'cxxrtl', optimize: 1, ...options });
}

function replaced(whole: string, { file, text, wrong }: Fault): string {
  if (whole.split(text).length !== 2) throw new Error(`${file}: expected '${text}' once`);
  return whole.replace(text, wrong);
}

describe('broken values', () => {
  it('a wrong shift: channel, process, call, word, lane and both values', async () => {
    const report = await broken({ file: 'double_values.sv', text: '<< 1', wrong: '<< 2' });
    expect(report.failure).toBeNull();
    const firstMismatch = { call: 0, word: 0, lane: 0, expected: `${results[0]}`, found: `${-16000 - 300}` };
    expect(report.channels).toMatchObject([
      { name: 'seen', process: 'double_values', mismatches: 256 },
      { name: 'twice', process: 'double_values', mismatches: 256, firstMismatch },
    ]);
    expect(report.memories.every(({ wrongBytes }) => wrongBytes > 0)).toBe(true);
  });

  it('words written to the wrong place', async () => {
    const [text, wrong] = ["to_request_word = '0", "to_request_word = 32'd1"];
    const report = await broken({ file: 'store.sv', text, wrong });
    expect(report.channels.every(({ mismatches }) => mismatches === 0)).toBe(true);
    expect(report.memories[0]).toMatchObject({ wrongBytes: 8, firstWrong: 7000 });
  });
});

describe('broken flow', () => {
  it('a FIFO that drops a word', async () => {
    const [text, wrong] = ["COUNT'(push)", "COUNT'(push && tail != AT'(1))"];
    const { failure } = await broken({ file: 'fifo.sv', text, wrong });
    expect(failure).toMatch(
      /^deadlock: .*reads empty channel '\w+' \(depth \d\), which lost \d+ of the words/,
    );
  });

  it('a process that never starts', async () => {
    const text = 'store u_store (.clk(clk), .rst(rst), .start(go)';
    const fault = { file: 'fastmamba_scale.sv', text, wrong: text.replace('go', "1'b0") };
    expect((await broken(fault, {}, [255])).failure).toMatch(
      /^deadlock: .*'double_values' writes full channel 'twice' \(depth 2\), 'store' has not started$/,
    );
    // So few words that they fit the channel: the region is done, and they are still in it.
    expect((await broken(fault, {}, [1])).failure).toBe("channel 'twice': 1 words left over");
  });

  it('a process that ends too soon', async () => {
    const [text, wrong] = ['if (left == 1)', 'if (left == 1 || left == 200)'];
    const { failure } = await broken({ file: 'store.sv', text, wrong });
    expect(failure).toMatch(
      /^deadlock: .*'double_values' writes full channel 'twice' \(depth 2\), 'store' has ended$/,
    );
  });

  it('a call that does not end within the limit', async () => {
    const { failure } = await broken(null, { cycleLimit: 300 });
    expect(failure).toMatch(/^cycle limit of 300 reached: still running '/);
  });
});

/** Emitted RTL of a network whose channel `side` is too shallow: it is written beside `twice`, but all of it is read first. */
async function tooShallow(depth: number) {
  const net = new NetworkBuilder('shallow', 'Two channels, one read behind the other.');
  const words = net.scalar('words', 0, 64, 'words');
  const channel = (name: string) => net.channel(name, typeOf(sint(16)), name);
  const [values, side, twice, late] = ['values', 'side', 'twice', 'late'].map(channel) as [
    Channel,
    Channel,
    Channel,
    Channel,
  ];
  net.process('double_values', 'PMU', 'Every value to both channels.', (p) => {
    p.nest('double', [{ index: 'word', bound: p.arg(words) }], () => {
      const value = p.read(values).named('value');
      p.write(side, value);
      p.write(twice, value);
    });
  });
  net.process('wait', 'test', 'Reads all of `side`, then `twice`.', (p) => {
    p.nest('first', [{ index: 'word', bound: p.arg(words) }], () => {
      p.read(side);
    });
    p.nest('then', [{ index: 'word', bound: p.arg(words) }], () => {
      p.write(late, p.read(twice));
    });
  });
  const plain = net.build();
  const network = withDepths(plain, Object.fromEntries(plain.channels.map(({ name }) => [name, depth])));
  const schedule = scheduleNetwork(network, vc709Timing);
  const project = join(folder, `shallow${depth}`);
  await writeProject(
    project,
    new Map([
      ...emitCpp(network, { model: 'none', planDigest: 'none', command: 'test' }),
      ...emitRtl(network, schedule),
      ...emitCosimBench(network, { schedule }),
    ]),
  );
  const vectors = new VectorWriter(join(project, 'vectors'));
  const some = Int16Array.from({ length: 32 }, (_, i) => 1000 - 99 * i);
  vectors.feed(values, some);
  vectors.expect(late, some);
  vectors.call({ words: some.length });
  return runCosim(project, { script: vectors.finish(), engine: 'cxxrtl', optimize: 1 });
}

describe('a FIFO that is too shallow', () => {
  it('is a deadlock that names the cycle of processes and channels', async () => {
    expect((await tooShallow(4)).failure).toMatch(
      /^deadlock: .*'double_values' writes full channel 'twice' \(depth 4\), 'wait' reads empty channel 'side' \(depth 4\)|^deadlock: 'wait' reads empty channel 'side' \(depth 4\), 'double_values' writes full channel 'twice' \(depth 4\)$/,
    );
    expect(await tooShallow(32)).toMatchObject({ failure: null, mismatches: 0, words: 32 });
  });
});

const [read, write] = ['axi_read_master.sv', 'axi_write_master.sv'] as const;
const unstable = "logic turn; always_ff @(posedge clk) turn <= !turn; assign wdata = data ^ 64'(turn);";
const rules: [string, Fault, string][] = [
  [
    'a burst over a border',
    { file: read, text: "(13'h1000 - {1'b0, address[11:0]})", wrong: "13'h1fff" },
    "port 'from': read burst of 2040 bytes at .* crosses a 4 KiB border",
  ],
  [
    'a last word that does not say so',
    { file: write, text: 'wlast = burst == 1', wrong: 'wlast = burst == 2' },
    "port 'to': word 1 of a burst of 1: wlast is missing",
  ],
  [
    'an address between words',
    { file: read, text: 'araddr = address', wrong: "araddr = address + 64'd4" },
    "port 'from': .*between two words",
  ],
  [
    'an address outside',
    { file: read, text: 'address <= base +', wrong: "address <= base + 64'd32768 +" },
    "port 'from': .*outside the mapped memory",
  ],
  ['another size', { file: write, text: "awsize = 3'(SHIFT)", wrong: "awsize = 3'd2" }, "port 'to': .*size"],
  [
    'data that change while they wait',
    { file: write, text: 'assign wdata = data;', wrong: unstable },
    "port 'to': m_axi_to_wvalid: what it announces changed",
  ],
];

describe('broken AXI', () => {
  it.each(rules)('%s', async (_, fault, message) => {
    // With pauses, so that words of a burst wait.
    expect((await broken(fault, { boundaryStalls: true })).failure).toMatch(new RegExp(`^${message}`));
  });
});
