/**
 * The host program on the board, as far as a machine without one can try it: behind its system calls stands a process that does what the
 * driver's source says, with the C++ kernel as the board (test/host/runtime/stand_in.cpp), and goes wrong in every way that it is asked to.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildHost } from '../../src/tools/host/build.js';
import type { Project } from '../../src/verify/project.js';
import { buildStandIn, emitHostProject, goldenTokens, hostPrompt, runHost } from '../support/host-program.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-xdma-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
/** The driver is Linux's, and so is the stand-in. */
const isLinux = process.platform === 'linux';
let project: Project;
let program: string;
beforeAll(async () => {
  if (!isLinux) return;
  project = await emitHostProject(join(folder, 'project'));
  program = await buildStandIn(project);
}, 600_000);

const tokens = (list: readonly number[]) => list.join(',');
const faulty = (...faults: string[]) => faults.flatMap((fault) => ['--fault', fault]);
/** A short prompt and two tokens: the image, and a few calls. */
const short = ['--device', 'stand-in', '--tokens', '3,1,4', '--count', '2'];
const run = (...args: string[]) => runHost(program, project, [...short, ...args]);

describe.skipIf(!isLinux)('XDMA behind a stand-in for driver and board', () => {
  it('gives the tokens of the golden model, with transfers cut short, signals, late events and a slow bus', async () => {
    const expected = await goldenTokens(hostPrompt, 32);
    const args = ['--device', 'stand-in', '--tokens', tokens(hostPrompt), '--count', '32'];
    for (const faults of [
      [],
      ['short:5000', 'interrupted:3', 'late_events:3'],
      ['lost_events', 'slow:1'],
      ['signals'],
    ]) {
      const { stdout, exitCode, stderr } = await runHost(program, project, [...args, ...faulty(...faults)]);
      expect(stderr).not.toContain('fastmamba-host:');
      expect(exitCode).toBe(0);
      expect(stdout.split('\n').map(Number)).toEqual(expected);
    }
  });

  it('ends a call that another host left at work, and does without the events file', async () => {
    const expected = await goldenTokens([3, 1, 4], 2);
    for (const args of [faulty('busy'), ['--events', 'off']]) {
      const { stdout, exitCode } = await run(...args);
      expect(exitCode).toBe(0);
      expect(stdout.split('\n').map(Number)).toEqual(expected);
    }
  });

  const failures: [string, string[], number, RegExp][] = [
    [
      'no driver',
      ['no_file'],
      3,
      /\/dev\/xdma0_user: No such file or directory; is the board programmed and/,
    ],
    ['no right', ['no_right'], 1, /\/dev\/xdma0_user: Permission denied; .* udev rule/],
    [
      'another design',
      ['wrong_name'],
      1,
      /no kernel of this project: its name reads 0x00000000, expected 0x41424d46/,
    ],
    ['other registers', ['wrong_version'], 1, /registers are of version 7, this program knows version 1/],
    [
      'another plan',
      ['wrong_plan'],
      1,
      /the kernel is of plan \w{12}, the memory image of plan \w{12}: give the image/,
    ],
    ['a board that is gone', ['gone:4'], 1, /the board does not answer \(its registers read 0xffffffff\)/],
    ['a board that goes in a call', ['gone:70'], 1, /the board does not answer|Input\/output error/],
    [
      'a transfer that fails',
      ['fails:3'],
      1,
      /xdma0_h2c_0: write of \d+ bytes at \d+, 0 done: Input\/output error/,
    ],
    ['the driver gives up', ['driver_timeout:4'], 1, /xdma0_h2c_0: .*the driver's own time limit is over/],
    [
      'a read that fails',
      ['fails:9'],
      1,
      /xdma0_c2h_0: read of \d+ bytes at \d+, 0 done: Input\/output error/,
    ],
    [
      'a memory that flips a bit',
      ['flips:77'],
      1,
      /memory: region \w+ \(\d+ bytes from \d+\) does not read back as it was written/,
    ],
    ['a memory that comes round', ['wraps'], 1, /memory: region \w+ .*does not read back as it was written/],
    [
      'a memory error',
      ['ends_early:2'],
      1,
      /ended the call before its end: a memory has answered with an error; error at port \w+; processes not done: \w+; layers left: 2$/,
    ],
    [
      'no end',
      ['hangs:2'],
      1,
      /has not ended the call in time: no answer yet at port \w+; processes not done: \w+; layers left: 2$/,
    ],
    [
      'a kernel that does not stop',
      ['busy', 'stuck'],
      1,
      /the kernel is at work and does not stop: .*; reset the board/,
    ],
  ];

  it.each(failures)('says what is wrong: %s', async (_, faults, code, message) => {
    const { exitCode, stderr } = await run(...faulty(...faults), '--time-limit', '0.01');
    expect(stderr).toMatch(message);
    expect(stderr).toContain('fastmamba-host: ');
    expect(exitCode).toBe(code);
  });

  it('does not wait for ever for a transfer that never moves', async () => {
    const { exitCode, stderr } = await run(...faulty('nothing:5'), '--transfer-seconds', '1');
    expect(stderr).toMatch(/xdma0_h2c_0: write of \d+ bytes at \d+, 0 done: no end after 1 s/);
    expect(exitCode).toBe(1);
  });
});

describe.skipIf(!isLinux)('the board through plain files', () => {
  it('moves registers and memory to and from the files, and finds no kernel behind them', async () => {
    const board = await buildHost(project.folder, 'board');
    const prefix = join(folder, 'xdma7');
    for (const end of ['_user', '_h2c_0', '_c2h_0', '_events_0']) writeFileSync(`${prefix}${end}`, '');
    const args = ['--device', 'board', '--tokens', '1', '--xdma', prefix];
    const empty = await runHost(board, project, [...args, '--transfer-seconds', '1']);
    expect(empty.stderr).toMatch(
      /xdma7_user: read of a register of 4 bytes at 4032, 0 done: no end after 1 s/,
    );
    writeFileSync(`${prefix}_user`, Buffer.alloc(0x1000));
    expect((await runHost(board, project, args)).stderr).toMatch(
      /no kernel of this project: its name reads 0x00000000/,
    );
    writeFileSync(`${prefix}_user`, Buffer.alloc(0x1000, 0xff));
    expect((await runHost(board, project, args)).stderr).toMatch(/the board does not answer/);
    const none = await runHost(board, project, [
      '--device',
      'board',
      '--tokens',
      '1',
      '--xdma',
      join(folder, 'none'),
    ]);
    expect(none).toMatchObject({ exitCode: 3, stdout: '' });
    expect(none.stderr).toMatch(/none_user: No such file or directory; is the board programmed/);
  });
});
