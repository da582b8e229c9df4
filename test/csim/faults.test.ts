/**
 * C simulation must be able to fail: emitted units that were broken by hand are found with channel, call, word and lane, or memory and byte; and
 * networks that break the protocol of channels (too shallow, words left over, words missing) fail with the names of those concerned.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitCpp } from '../../src/emit/cpp/project.js';
import { writeProject } from '../../src/emit/project/write-project.js';
import { VectorWriter } from '../../src/emit/testbench/vectors.js';
import { NetworkBuilder } from '../../src/kernel/build/network-builder.js';
import { sint, typeOf } from '../../src/kernel/type.js';
import { buildCsim, type CsimMode, type CsimReport, runCsim, runScript } from '../../src/tools/csim/csim.js';
import { type UnitCase, UnitCases, writeCalls } from '../support/unit-cases.js';
import { memoryUnits } from '../support/unit-cases-memory.js';
import { vectorUnits } from '../support/unit-cases-vector.js';
import { updatedResidual } from '../support/unit-reference-vector.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const options = { model: 'none', planDigest: 'none', command: 'test' };

/** One text for another, which must be there once. */
function broken(files: Map<string, string>, path: string, text: string, wrong: string): void {
  const parts = files.get(path)!.split(text);
  if (parts.length !== 2)
    throw new Error(`${path}: '${text}' is there ${parts.length - 1} times, expected once`);
  files.set(path, parts.join(wrong));
}

describe('a broken unit', () => {
  const units = new UnitCases(
    {
      add_residual: vectorUnits.add_residual,
      gate: vectorUnits.gate,
      mover_write: memoryUnits.mover_write,
    },
    1,
  );
  let cases: UnitCase[] = [];
  let report: CsimReport;

  beforeAll(async () => {
    const project = join(folder, 'broken');
    const files = emitCpp(units.network, options);
    // Lane 1 takes the delta of lane 0; a mover begins a word late.
    broken(files, 'kernel/add_residual.cpp', 'delta.lane[lane]', 'delta.lane[lane == 1 ? 0 : lane]');
    broken(files, 'kernel/mover_write.cpp', '= mover_write_base +', '= mover_write_base + 1 +');
    await writeProject(project, files);
    const vectors = new VectorWriter(join(project, 'vectors'));
    cases = writeCalls(vectors, units, 40);
    report = await runCsim(project, { script: vectors.finish(), optimize: 1 });
  });

  it('is named with channel, call, word and lane, and every wrong word is counted', () => {
    const channel = (name: string) => units.network.channels.find((one) => one.name === name)!;
    const lanes = channel('add_residual_output').type.shape[0];
    expect(lanes).toBeGreaterThan(1);
    const wrong = cases.flatMap(({ feeds }, call) => {
      const [residual, delta] = ['residual', 'delta'].map((name) =>
        (feeds.get(channel(`add_residual_${name}`)) ?? []).filter((_, i) => i % lanes <= 1),
      ) as [number[], number[]];
      const right = updatedResidual(residual, delta).filter((_, i) => i % 2 === 1);
      const found = updatedResidual(
        residual,
        delta.map((_, i) => delta[i - (i % 2)]),
      ).filter((_, i) => i % 2 === 1);
      return right.flatMap((expected, word) =>
        expected === found[word]
          ? []
          : [{ call, word, lane: 1, expected: `${expected}`, found: `${found[word]}` }],
      );
    });
    const [first] = wrong;
    expect(report.failure).toBeNull();
    expect(report.channels.filter(({ mismatches }) => mismatches > 0)).toMatchObject([
      {
        name: 'add_residual_output',
        process: 'add_residual',
        mismatches: wrong.length,
        firstMismatch: first,
      },
    ]);
  });

  it('that writes memory is named with the byte', () => {
    const bad = report.memories.filter(({ wrongBytes }) => wrongBytes > 0);
    expect(bad.length).toBeGreaterThan(10);
    expect(bad[0]).toMatchObject({ memory: 'mover_write_memory', firstWrong: expect.any(Number) });
    expect(report.mismatches).toBeGreaterThan(bad.length);
  });
});

/** `fork` sends all words to `ahead`, then all to `behind`; `join` wants one of each in turn. */
function protocolNetwork() {
  const net = new NetworkBuilder('faults', 'Processes that can break the protocol of their channels.');
  const word = typeOf(sint(16), 2);
  const channel = (name: string, depth?: number) => net.channel(name, word, name, depth);
  const [input, ahead, behind, output] = [
    channel('input'),
    channel('ahead', 4),
    channel('behind', 4),
    channel('output'),
  ];
  const sent = net.scalar('sent', 0, 99, 'words sent each way');
  const taken = net.scalar('taken', 0, 99, 'words taken each way');
  net.process('fork', 'test', 'Sends first to one side, then to the other.', (p) => {
    p.nest('ahead', [{ index: 'word', bound: p.arg(sent) }], () => p.write(ahead, p.read(input)));
    p.nest('behind', [{ index: 'word', bound: p.arg(sent) }], () => p.write(behind, p.read(input)));
  });
  net.process('join', 'test', 'Takes from both sides in turn.', (p) => {
    p.nest('join', [{ index: 'word', bound: p.arg(taken) }], () =>
      p.write(output, p.read(behind).add(p.read(ahead)).saturate(sint(16))),
    );
  });
  return { network: net.build(), input, output };
}

describe('a broken protocol', () => {
  const project = join(folder, 'protocol');
  const { network, input, output } = protocolNetwork();
  let program = '';
  let scripts = 0;

  beforeAll(async () => {
    await writeProject(project, emitCpp(network, options));
    program = await buildCsim(project, { optimize: 1 });
  });

  /** One call; `fed` words come in and `wanted` are expected. */
  async function call(mode: CsimMode, sent: number, taken: number, fed = 2 * sent, wanted = taken) {
    const vectors = new VectorWriter(join(project, `vectors-${scripts++}`));
    const word = (i: number) => [i, -2 * i];
    const words = (count: number, of: (i: number) => number[]) =>
      Array.from({ length: count }, (_, i) => of(i)).flat();
    vectors.feed(input, words(fed, word));
    vectors.expect(
      output,
      words(wanted, (i) => word(i + sent + i)),
    );
    vectors.call({ sent, taken });
    return runScript(program, project, { script: vectors.finish(), mode });
  }

  it.each(['sequential', 'checking', 'region'] as const)('is none while depths hold, %s', async (mode) => {
    expect(await call(mode, 4, 4)).toMatchObject({ failure: null, mismatches: 0, words: 4 });
  });

  it('by a channel too shallow is a deadlock in checking mode, with who waits on what', async () => {
    expect((await call('sequential', 7, 7)).failure).toBeNull();
    expect((await call('checking', 7, 7)).failure).toBe(
      "deadlock: 'fork' writes full channel 'ahead' (depth 4); 'join' reads empty channel 'behind'",
    );
  });

  it.each(['sequential', 'checking', 'region'] as const)(
    'by words left over names the channels, %s',
    async (mode) => {
      const { failure } = await call(mode, 3, 2);
      expect(failure).toContain("channel 'ahead': 1 word left over");
      expect(failure).toContain("channel 'behind': 1 word left over");
    },
  );

  it('by a read past the end names channel and process', async () => {
    expect((await call('sequential', 2, 3)).failure).toBe(
      "process 'join': channel 'behind': read past the end",
    );
    expect((await call('region', 2, 3)).failure).toContain("channel 'behind': read past the end");
    // Concurrently it is a process that waits for ever.
    expect((await call('checking', 2, 3)).failure).toContain("'join' reads empty channel 'behind'");
  });

  it('by an input with too few or too many words names the input', async () => {
    expect((await call('sequential', 3, 3, 5)).failure).toContain("channel 'input': read past the end");
    expect((await call('sequential', 3, 3, 8)).failure).toContain("channel 'input': words left over");
  });

  it('by words that are missing at the end, or are too many, is a mismatch of the channel', async () => {
    const missing = await call('sequential', 3, 3, 6, 4);
    expect(missing.channels).toMatchObject([
      { name: 'output', mismatches: 1, firstMismatch: { call: 0, word: 3, found: 'no word' } },
    ]);
    const extra = await call('sequential', 3, 3, 6, 2);
    expect(extra.channels).toMatchObject([
      { name: 'output', mismatches: 1, firstMismatch: { call: 0, word: 2, expected: 'no word' } },
    ]);
  });
});
