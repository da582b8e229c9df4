/** Boards of one's own: --device takes the path of a file, and says in one line what is wrong with it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/util/package-path.js';
import { cli, onlyJson } from '../support/cli.js';

type Fields = Record<string, unknown> & { memory: Record<string, unknown> };
const board = () => JSON.parse(readFileSync(packagePath('devices', 'vc709.json'), 'utf8')) as Fields;
/** The same with other constraints of its memory. */
const withTiming = (device: Fields, changed: object) => {
  const { memory } = device;
  return { ...device, memory: { ...memory, timing: { ...(memory.timing as object), ...changed } } };
};
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'devices-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const plan = (file: string, ...more: string[]) =>
  cli(dir, 'plan', '--preset', 'small', '--prefill', '8', '--quiet', '--device', file, ...more);

describe('a device file', () => {
  it('is read from where it lies, with or without a byte order mark', async () => {
    writeFileSync(join(dir, 'mine.json'), `\ufeff${JSON.stringify({ ...board(), name: 'mine', dsp: 900 })}`);
    const { device, resources } = onlyJson(await plan('./mine.json', '--json')) as {
      device: { name: string };
      resources: { device: { dsp: number } };
    };
    expect([device.name, resources.device.dsp]).toEqual(['mine', 900]);
    expect((await plan('mine.json')).exitCode).toBe(0);
  });

  it.each<[string, (device: Fields) => string, string]>([
    ['a comma too many', (d) => `${JSON.stringify(d).slice(0, -1)},}`, 'bad.json: not valid JSON ('],
    ['UTF-16', (d) => Buffer.from(`\ufeff${JSON.stringify(d)}`, 'utf16le').toString('latin1'), 'UTF-16'],
    ['a list', () => '[]', 'bad.json: found [], expected a JSON object'],
    [
      'a field too many',
      (d) => JSON.stringify({ ...d, luts: 1 }),
      'field luts: found a field that devices do',
    ],
    [
      'one in its memory',
      (d) => JSON.stringify({ ...d, memory: { ...d.memory, efficiency: 1 } }),
      'field memory.efficiency',
    ],
    [
      'a constraint of its memory too many',
      (d) => JSON.stringify(withTiming(d, { tDQSCK: { clocks: 1, ns: 0 } })),
      'field memory.timing.tDQSCK: found a field that devices do',
    ],
    [
      'one too few',
      (d) => JSON.stringify(withTiming(d, { tFAW: undefined })),
      'field memory.timing.tFAW: found nothing, expected an object of clocks and ns',
    ],
    [
      'one without its unit',
      (d) => JSON.stringify(withTiming(d, { tFAW: 27 })),
      'field memory.timing.tFAW: found 27, expected an object of clocks and ns',
    ],
    [
      'refreshes that leave no time',
      (d) => JSON.stringify(withTiming(d, { tREFI: { clocks: 0, ns: 300 } })),
      'field memory.timing.tREFI',
    ],
    [
      'a field too few',
      (d) => JSON.stringify({ ...d, dsp: undefined }),
      'field dsp: found nothing, expected an',
    ],
    [
      'no memory',
      (d) => JSON.stringify({ ...d, memory: null }),
      'field memory: found null, expected an object',
    ],
    [
      'a text for a number',
      (d) => JSON.stringify({ ...d, lut: '9' }),
      'field lut: found "9", expected an integer',
    ],
    [
      'another grade',
      (d) => JSON.stringify({ ...d, speedGrade: '-4' }),
      'found "-4", expected "-1" or "-2" or',
    ],
    ['a narrow DSP', (d) => JSON.stringify({ ...d, dspWidths: [18, 18] }), 'field dspWidths: found [18,18]'],
    ['a part of two lines', (d) => JSON.stringify({ ...d, part: 'a\nb' }), 'field part: found "a\\nb"'],
    [
      'a clock of nothing',
      (d) => JSON.stringify({ ...d, clockMHz: 0 }),
      'field clockMHz: found 0, expected a number',
    ],
    [
      'an lfs pointer',
      () => `version https://git-lfs.github.com/spec/v1\n${'x'.repeat(90)}`,
      'a git-lfs pointer',
    ],
  ])('with %s is refused in one line', async (_what, textOf, message) => {
    writeFileSync(join(dir, 'bad.json'), textOf(board()), _what === 'UTF-16' ? 'latin1' : 'utf8');
    const { exitCode, stdout, stderr } = await plan('bad.json');
    expect(stderr).toContain(message);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(2);
    expect([exitCode, stdout]).toEqual([2, '']);
  });

  it('of a memory too slow for any design is told', async () => {
    const memory = { ...board().memory, channels: 1, bitsPerTransfer: 16, megaTransfersPerSecond: 200 };
    const slow = withTiming({ ...board(), memory }, { tCCD: { clocks: 40, ns: 0 } });
    writeFileSync(join(dir, 'slow.json'), JSON.stringify(slow));
    const { exitCode, stderr } = await cli(dir, 'plan', '--quiet', '--device', 'slow.json');
    expect(stderr).toBe(
      'fastmamba: plan: preset auto finds no design for this model on vc709; use --preset small',
    );
    expect(exitCode).toBe(2);
  });

  it('that is not there is named, and so are the known ones', async () => {
    expect((await plan('none/there.json')).stderr).toBe(
      'fastmamba: none/there.json: cannot be read (ENOENT)',
    );
    expect((await plan('none')).stderr).toContain(
      'expected kc705, vc709, vc709-1600, vcu118 or the path of a .json file',
    );
  });

  it('is told before the model is quantized', async () => {
    const { exitCode, stderr } = await cli(dir, 'hls', '--device', 'none.json');
    expect(exitCode).toBe(2);
    expect(stderr).not.toContain('Plan');
  });
});

describe('a clock that the units cannot make', () => {
  it('is a failed check that names the fastest one that they can', async () => {
    const found: number[] = [];
    for (const clockMHz of [285, 900]) {
      writeFileSync(join(dir, 'fast.json'), JSON.stringify({ ...board(), clockMHz }));
      const { exitCode, stdout, stderr } = await plan('fast.json');
      expect([exitCode, stdout]).toEqual([1, '']);
      expect(stderr.split('\n').length).toBe(1);
      const [, fastest] = /clockMHz: found \d+, expected at most (\d+), the fastest/.exec(stderr)!;
      found.push(Number(fastest));
    }
    expect(found[0]).toBe(found[1]);
    writeFileSync(join(dir, 'right.json'), JSON.stringify({ ...board(), clockMHz: found[0] }));
    expect((await plan('right.json')).exitCode).toBe(0);
    writeFileSync(join(dir, 'over.json'), JSON.stringify({ ...board(), clockMHz: found[0] + 1 }));
    expect((await plan('over.json')).exitCode).toBe(1);
  });
});
