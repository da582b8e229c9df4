/**
 * One program on three devices: fastmamba-host gives the tokens of the golden model on the C++ kernels, on the board (xdma.test.ts, behind a
 * stand-in), and on the RTL; the most likely tokens and draws; several sequences beside each other.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GoldenModel } from '../../src/quant/golden/model.js';
import { chooseEngine } from '../../src/tools/cosim/cosim.js';
import { buildHost } from '../../src/tools/host/build.js';
import { Random } from '../../src/util/random.js';
import { imageFolder } from '../../src/verify/accelerator.js';
import { tokenPart } from '../../src/verify/expected/golden-call.js';
import { HostSession } from '../../src/verify/host-session.js';
import type { Project } from '../../src/verify/project.js';
import { emitHostProject, goldenTokens, hostModel, hostPrompt, runHost } from '../support/host-program.js';
import { randomCall } from '../support/random-call.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-host-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let project: Project;
let program: string;
beforeAll(async () => {
  project = await emitHostProject(join(folder, 'project'));
  program = await buildHost(project.folder, 'csim');
}, 600_000);

const tokens = hostPrompt.join(',');
const ids = (stdout: string) => stdout.split('\n').map(Number);

describe('fastmamba-host on the C++ kernels', () => {
  it('gives the most likely tokens', async () => {
    const { stdout, stderr, exitCode } = await runHost(program, project, [
      '--tokens',
      tokens,
      '--count',
      '32',
    ]);
    expect(stderr).toMatch(/^32 tokens in \S+ s$/);
    expect(exitCode).toBe(0);
    expect(ids(stdout)).toEqual(await goldenTokens(hostPrompt, 32));
  });

  it('draws as `run` does, for every seed, temperature and number of candidates', async () => {
    const draws = [
      { temperature: 1, seed: 1 },
      { temperature: 6, seed: 2 ** 40 + 12345 },
      { temperature: 3, topK: 5, seed: 7 },
      { temperature: 0.01, topK: 96, seed: 8 },
      { temperature: 1000, topK: 97, seed: 9007199254740991 },
    ];
    for (const { temperature, topK, seed } of draws) {
      const how = [
        '--temperature',
        `${temperature}`,
        '--seed',
        `${seed}`,
        ...(topK ? ['--top-k', `${topK}`] : []),
      ];
      const { stdout } = await runHost(program, project, ['--tokens', '5,6', '--count', '40', ...how]);
      expect(ids(stdout)).toEqual(
        await goldenTokens([5, 6], 40, { temperature, seed, ...(topK ? { topK } : {}) }),
      );
    }
  });

  it('ends at a stop token, and takes and gives bytes', async () => {
    const made = await goldenTokens([72, 73], 32);
    const at = made.findIndex((id, i) => i > 2 && made.indexOf(id) === i);
    const stop = ['--count', '32', '--stop', `${made[at]}`];
    const { stdout } = await runHost(program, project, ['--tokens', '72,73', ...stop]);
    expect(ids(stdout)).toEqual(made.slice(0, at));
    const text = await runHost(program, project, ['--bytes', 'HI', '--count', '3']);
    expect(text.stdout).toBe(String.fromCharCode(...made.slice(0, 3)));
  });

  it('keeps sequences apart in their slots', async () => {
    const session = await HostSession.start(project, { device: 'csim', slots: 3 });
    const goldens = [0, 1, 2].map(() => new GoldenModel(hostModel, { resident: true }));
    try {
      for (const [slot, length] of [
        [0, 5],
        [2, 40],
        [1, 1],
        [0, 1],
        [2, 33],
        [0, 17],
        [1, 1],
      ] as const) {
        const part = hostPrompt.slice(slot * 7, slot * 7 + length);
        const { logits } = await session.feed(part, 'all', slot);
        expect(logits).toEqual(await goldens[slot].prefill(part, 'all'));
      }
      await session.reset(2);
      const again = new GoldenModel(hostModel, { resident: true });
      expect((await session.feed([9], 'last', 2)).logits).toEqual(await again.step(9));
      expect((await session.feed([9], 'last', 0)).logits).toEqual(await goldens[0].step(9));
    } finally {
      await session.close();
    }
  });

  it('computes many sequences in a call as each by itself', async () => {
    const SLOTS = 20;
    const session = await HostSession.start(project, { device: 'csim', slots: SLOTS });
    const random = new Random(3);
    // What a slot holds is all of its sequence up to what was given last.
    const texts = Array.from({ length: SLOTS }, (): number[] => []);
    try {
      const calls = Array.from({ length: 6 }, () =>
        randomCall(random, { slots: SLOTS, parts: 9, tokens: 7, vocabulary: 97 }),
      );
      // As many parts as there can be, with rows that are no runs of one length.
      const all = Array.from({ length: 16 }, (_, i) =>
        tokenPart([i, i + 1, 3], { slot: i, rows: i % 2 ? [0, 2] : [1] }),
      );
      for (const parts of [...calls, all]) {
        const { logits, calls: count } = await session.call(parts);
        expect(count).toBe(1);
        const wanted: number[] = [];
        for (const { slot, ids, gives, rows } of parts) {
          const golden = new GoldenModel(hostModel, { resident: true });
          const before = texts[slot];
          const found = await golden.prefill([...before, ...ids], 'all');
          const width = found.length / (before.length + ids.length);
          for (const row of rows) {
            const at = (before.length + row) * width;
            wanted.push(...found.subarray(at, at + width));
          }
          texts[slot] = [...before, ...ids.slice(0, gives)];
        }
        expect(logits).toEqual(Int16Array.from(wanted));
      }
    } finally {
      await session.close();
    }
  });

  it('answers a wrong command and goes on', async () => {
    const commands = [
      'jump',
      'feed 1 last 3',
      'feed 0 some 3',
      'feed 0 last 97',
      'feed 0 last x',
      'feed 0 last',
      'call 0 1 last 3 / 0 1 last 3',
      'call 0 2 none 3',
      'call 1 1 none 3',
      'call 0 1 1 3',
      'call 0 1 last',
      `call 0 1 none${' 3'.repeat(65)}`,
      'call 0 none 3',
      'reset',
      'feed 0 none 3',
    ];
    const { stdout, exitCode } = await runHost(
      program,
      project,
      ['--serve', 'on'],
      `${commands.join('\n')}\nquit\nreset 0\n`,
    );
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^ready 1 device csim plan \w{64} slots 1 vocab 97 rows \d+ frac_bits 10 max_tokens 64 max_parts 16 clock_mhz 250$/,
      ),
      "error 'jump' is no command; expected feed, call, reset or quit",
      'error slot 1: there are 1',
      "error 'some': expected none, last or all",
      'error token 97: ids go from 0 to 96',
      'error a token is missing or is not a number',
      'error slot 0: no token to feed',
      'error slot 0 is in two parts of the call',
      'error slot 0 gives after 2 tokens: its part has 1',
      'error slot 1: there are 1',
      'error slot 0: logits of token 1: expected ascending numbers below 1',
      'error slot 0: no token to feed',
      'error 65 tokens: a call has 64 at most',
      'error tokens after which the states are given is missing or is not a number',
      'error slot is missing or is not a number',
      'ok 0 0 1 0',
    ]);
    expect(exitCode).toBe(0);
  });
});

describe('a damaged image or a wrong option', () => {
  const description = () => join(project.folder, imageFolder, 'host.txt');
  const cases: [string, (text: string) => string, RegExp][] = [
    ['cut off', (text) => text.replace(/end\n$/, ''), /host\.txt: ends before its end/],
    [
      'of another version',
      (text) => text.replace('fastmamba-host 3', 'fastmamba-host 1'),
      /line 1: version 1, expected 3/,
    ],
    [
      'of something else',
      (text) => text.replace('fastmamba-host 3\n', ''),
      /line 1: not the description of a memory image/,
    ],
    ['with an unknown line', (text) => text.replace('\nvocab', '\nvocals'), /line 9: 'vocals' is not known/],
    [
      'without a number',
      (text) => text.replace(/\nrows \d+/, '\nrows many'),
      /line 10: a value is missing or is not a number/,
    ],
    ['without a region', (text) => text.replace(/\nregion logits .*/, ''), /no region 'logits'/],
    [
      'of another plan',
      (text) => text.replace(/plan \w{8}/, 'plan 00000000'),
      /the kernel is of plan \w+, the memory image of plan 00000000/,
    ],
    [
      'of another port',
      (text) => text.replace(/\nport logits .*/, ''),
      /the kernel has \d+ ports, the memory image is for \d+/,
    ],
  ];

  it.each(cases)('host.txt %s', async (_, change, message) => {
    const text = readFileSync(description(), 'utf8');
    writeFileSync(description(), change(text));
    const { stderr, exitCode } = await runHost(program, project, ['--tokens', '1']);
    writeFileSync(description(), text);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n')).toHaveLength(1);
    expect(exitCode).toBe(/kernel/.test(stderr) ? 1 : 2);
  });

  it('one bit of a region', async () => {
    const path = join(project.folder, imageFolder, 'layer_params.bin');
    const bytes = readFileSync(path);
    const damaged = Buffer.from(bytes);
    damaged[100] ^= 4;
    writeFileSync(path, damaged);
    const { stderr, exitCode } = await runHost(program, project, ['--tokens', '1']);
    writeFileSync(path, bytes);
    expect(stderr).toMatch(
      /layer_params\.bin: not the file that the image was written with \(its SHA-256 differs\); emit again/,
    );
    expect(exitCode).toBe(2);
  });

  const usage: [string[], RegExp][] = [
    [[], /usage: fastmamba-host IMAGE/],
    [['--tokens', '1', '--device', 'fpga'], /--device fpga: this program was built with/],
    [['--tokens', '1', '--speed', '3'], /--speed: not an option of csim/],
    [['--tokens', '1,x'], /--tokens x: expected a number of at least 0/],
    [['--tokens', '1', '--count', '0'], /--count 0: expected a number of at least 1/],
    [['--tokens', '97'], /token 97: ids go from 0 to 96/],
  ];
  it.each(usage)('%j', async (args, message) => {
    const { stderr, exitCode } = await runHost(program, project, args);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});

const engine = await chooseEngine();

describe.skipIf(engine !== 'verilator')(
  'fastmamba-host on the RTL (skipped where there is no Verilator)',
  () => {
    it('gives the same tokens, and counts cycles', async () => {
      const rtl = await buildHost(project.folder, 'rtl');
      const { stdout, stderr, exitCode } = await runHost(rtl, project, [
        '--device',
        'rtl',
        '--tokens',
        tokens,
        '--count',
        '32',
      ]);
      expect(stderr).toMatch(
        /prompt of 90 tokens: \d+ cycles; then \d+ cycles a token, \S+ tokens a second at 250 MHz/,
      );
      expect(exitCode).toBe(0);
      expect(ids(stdout)).toEqual(await goldenTokens(hostPrompt, 32));
    }, 1_800_000);

    it('says which port does not answer, and which had an error', async () => {
      const rtl = await buildHost(project.folder, 'rtl');
      const run = (...args: string[]) =>
        runHost(rtl, project, ['--device', 'rtl', '--tokens', '1,2,3', '--count', '2', ...args]);
      const error = await run('--fault', 'weights_in_0:5:error');
      expect(error.stderr).toMatch(
        /ended the call before its end: a memory has answered with an error; error at port weights_in_0;/,
      );
      expect(error.exitCode).toBe(1);
      const late = await run(
        '--fault',
        'state_in:0:never',
        '--time-limit',
        '0.0001',
        '--deadlock-cycles',
        '1000000',
      );
      expect(late.stderr).toMatch(
        /ended the call before its end: the time limit of a layer is over; no answer yet at port (residual_in, )?state_in; processes not done: .*state_space/,
      );
    }, 1_800_000);
  },
);
