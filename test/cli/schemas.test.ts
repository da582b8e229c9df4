/** What the commands really print and write follows the committed schemas, with no field that they do not name. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { printed } from '../../src/schema/all.js';
import { RESULT_NAMES } from '../../src/schema/result-file.js';
import { packagePath } from '../../src/util/package-path.js';
import { cli, onlyJson } from '../support/cli.js';
import { pretendVivado } from '../support/pretend-vivado.js';
import { violations } from '../support/schemas.js';

const model = packagePath('test', 'data', 'reference', 'statespaces-bin');
const tokens = join(model, 'tokens.json');
const small = [model, '--preset', 'small'];
const kernel = ['--kernel', 'scale_x'];

/** A short run of each command. What `plan --compare`, `run --batch` and `serve` print is checked where they are run. */
const runs: Readonly<Record<Exclude<keyof typeof printed, 'comparison' | 'batch' | 'serve'>, string[]>> = {
  hls: ['hls', ...small],
  quantize: ['quantize', model, '-o', 'again'],
  eval: ['eval', model, '--text', tokens, '--window', '16'],
  taps: ['eval', model, '--taps', '--text', tokens, '--window', '16', '--tap-tokens', '32'],
  tasks: ['eval', '--tasks', packagePath('test', 'data', 'tasks'), '--limit', '1', '--context', '128'],
  logits: ['logits', model, '--tokens', tokens],
  run: ['run', '--prompt', 'ROMEO:', '--max-tokens', '2', '--engine', 'float', '--seed', '1', '--top-k', '3'],
  plan: ['plan', model],
  emit: ['emit', ...small],
  csim: ['csim', ...small],
  cosim: ['cosim', ...small, ...kernel, '--engine', 'cxxrtl'],
  synth: ['synth', ...small, ...kernel, '--tool', 'yowasp'],
  verify: ['verify', '--campaign', '1..1', '--engine', 'csim', '--processes', '1', '--operations', '5'],
  // With a program that passes for Vivado, whose reports miss their timing.
  board: ['board', ...small],
  report: ['report', ...small],
  doctor: ['doctor'],
};

let dir: string;
const outputs = new Map<string, unknown>();
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cli-schemas-'));
  for (const [name, args] of Object.entries(runs)) {
    // It shows no progress that could be left out.
    const quiet = name === 'doctor' ? [] : ['--quiet'];
    const env = name === 'board' ? { PATH: pretendVivado(dir) } : {};
    outputs.set(name, onlyJson(await cli(dir, ...args, '--json', ...quiet, env)));
  }
}, 600_000);
afterAll(() => rmSync(dir, { recursive: true }));

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as unknown;
const built = (...path: string[]) => join(dir, 'build', 'statespaces-bin', ...path);

describe('schemas', () => {
  it.each(Object.keys(runs))('%s --json prints what its schema says', (name) => {
    expect(violations(name, outputs.get(name))).toEqual([]);
  });

  it('describe the results that the page is made of', () => {
    for (const name of RESULT_NAMES.filter((one) => one !== 'tasks'))
      expect(violations(`result-${name}`, read(built('results', `${name}.json`))), name).toEqual([]);
    // Tasks need a tokenizer.
    const tiny = join(dir, 'build', 'tiny-mamba2');
    expect(violations('result-tasks', read(join(tiny, 'results', 'tasks.json')))).toEqual([]);
    const [head, ...records] = readFileSync(join(tiny, 'tasks.jsonl'), 'utf8').trim().split('\n');
    expect(violations('task-records-head', JSON.parse(head))).toEqual([]);
    expect(records.length).toBe(7 * 2);
    for (const record of records) expect(violations('task-record', JSON.parse(record))).toEqual([]);
  });

  it('describe the files of a quantized model and of an emitted project', () => {
    expect(violations('quantized-manifest', read(built('quantized', 'manifest.json')))).toEqual([]);
    expect(violations('plan', read(built('hls', 'plan.json')))).toEqual([]);
    expect(violations('image', read(built('hls', 'image', 'image.json')))).toEqual([]);
    expect(violations('cosim-design', read(built('hls', 'cosim', 'design.json')))).toEqual([]);
  });

  it('describe the data of this package', () => {
    const boards = readdirSync(packagePath('devices')).filter((name) => name.endsWith('.json'));
    for (const name of boards)
      expect(violations('device', read(packagePath('devices', name))), name).toEqual([]);
    expect(violations('area-model', read(packagePath('devices', 'area', 'xc7.json')))).toEqual([]);
    expect(violations('measurements', read(packagePath('measurements', 'rtl-cycles.json')))).toEqual([]);
  });

  it('find a field too many and one too few', () => {
    const doctor = outputs.get('doctor') as Record<string, unknown>;
    expect(violations('doctor', { ...doctor, more: 1 })).toEqual([
      expect.stringContaining('additional properties'),
    ]);
    const { node: _, ...less } = doctor;
    expect(violations('doctor', less)).toEqual([expect.stringContaining("required property 'node'")]);
  });
});
