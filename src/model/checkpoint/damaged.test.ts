import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { applyDamages, damages, userErrorOf } from '../../../test/support/damage.js';
import { openCheckpoint } from './checkpoint.js';

const REFERENCE = new URL('../../../test/data/reference/', import.meta.url).pathname;
const root = mkdtempSync(join(tmpdir(), 'damaged-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Opens the checkpoint and reads every tensor. */
async function readAll(dir: string): Promise<void> {
  const checkpoint = await openCheckpoint(dir);
  try {
    for (const name of checkpoint.names()) await checkpoint.read(name);
  } finally {
    await checkpoint.close();
  }
}

/** A copy of a reference checkpoint in which one file will be damaged. */
function copyOf(name: string): { dir: string; write: (file: string, bytes: Uint8Array | string) => void } {
  const dir = mkdtempSync(join(root, `${name}-`));
  cpSync(REFERENCE + name, dir, { recursive: true, filter: (path) => !path.endsWith('.npy') });
  return { dir, write: (file, bytes) => writeFileSync(join(dir, file), bytes) };
}

/** Length of the JSON header and its length field. */
const headerEnd = (bytes: Buffer): number => 8 + Number(bytes.readBigUInt64LE());
/** The structure of a zip written by torch lies at both ends; data.pkl comes first. */
const pickleEnd = (bytes: Buffer): number => bytes.indexOf('PK\x03\x04', 4, 'latin1');
const directoryStart = (bytes: Buffer): number => bytes.indexOf('PK\x01\x02', 0, 'latin1');
const begin = () => 0;
const end = (bytes: Buffer) => bytes.length;

const TARGETS: [string, string, (bytes: Buffer) => number, (bytes: Buffer) => number][] = [
  ['hf-f32', 'config.json', begin, end],
  ['statespaces-bin', 'config.json', begin, end],
  ['hf-f32', 'model.safetensors', begin, headerEnd],
  ['hf-f32', 'model.safetensors', begin, end],
  ['hf-bf16', 'model.safetensors.index.json', begin, end],
  ['hf-bf16', 'model-00002-of-00002.safetensors', begin, headerEnd],
  ['statespaces-bin', 'pytorch_model.bin', begin, pickleEnd],
  ['statespaces-bin', 'pytorch_model.bin', directoryStart, end],
  ['statespaces-bin', 'pytorch_model.bin', begin, end],
];

describe('a damaged checkpoint', () => {
  it.each(TARGETS)('is read or refused, never worse: %s/%s', async (name, file, from, to) => {
    const { dir, write } = copyOf(name);
    const whole = readFileSync(join(dir, file));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(damages, async (list) => {
        write(file, applyDamages(whole, list, from(whole), to(whole)));
        const message = await userErrorOf(() => readAll(dir));
        if (message === undefined) return;
        refused++;
        expect(message).toContain(dir);
        expect(message.split('\n').length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 150 },
    );
    expect(refused).toBeGreaterThan(15);
  });

  it.each([
    'hf-f32/model.safetensors',
    'hf-bf16/model-00001-of-00002.safetensors',
    'statespaces-bin/pytorch_model.bin',
  ])('is refused at whatever length it is cut: %s', async (path) => {
    const [name, file] = path.split('/');
    const { dir, write } = copyOf(name);
    const whole = readFileSync(join(dir, file));
    const lengths = [
      0,
      1,
      7,
      8,
      9,
      headerEnd(readFileSync(`${REFERENCE}hf-f32/model.safetensors`)),
      whole.length - 1,
    ];
    for (let length = 13; length < whole.length; length += Math.ceil(whole.length / 60)) lengths.push(length);
    for (const length of lengths) {
      write(file, whole.subarray(0, length));
      expect(await userErrorOf(() => readAll(dir))).toContain(file);
    }
  });

  it('is refused when a file is missing, and the file is named', async () => {
    for (const name of ['hf-f32', 'hf-bf16', 'statespaces-bin']) {
      for (const file of readdirSync(REFERENCE + name).filter((f) => /config|safetensors|bin/.test(f))) {
        const { dir } = copyOf(name);
        rmSync(join(dir, file));
        expect(await userErrorOf(() => readAll(dir))).toContain(file);
      }
    }
    expect(await userErrorOf(() => readAll(join(root, 'none')))).toContain(
      'none/config.json: cannot be read (ENOENT)',
    );
  });
});

describe('what a damaged safetensors file says', () => {
  const whole = readFileSync(`${REFERENCE}hf-f32/model.safetensors`);
  const header = JSON.parse(whole.toString('utf8', 8, headerEnd(whole)));
  const tensor = 'backbone.layers.0.mixer.D';

  /** The file with another header. */
  function withHeader(change: (h: typeof header) => void): Buffer {
    const changed = structuredClone(header);
    change(changed);
    const json = Buffer.from(JSON.stringify(changed));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    return Buffer.concat([length, json, whole.subarray(headerEnd(whole))]);
  }

  async function messageFor(bytes: Buffer): Promise<string | undefined> {
    const { dir, write } = copyOf('hf-f32');
    write('model.safetensors', bytes);
    return userErrorOf(() => readAll(dir));
  }

  it.each([
    [
      'a shape that does not fit the data',
      (h: typeof header) => {
        h[tensor].shape = [5];
      },
      `tensor ${tensor}: data_offsets: found`,
    ],
    [
      'an enormous shape',
      (h: typeof header) => {
        h[tensor].shape = [2 ** 40, 2 ** 40];
      },
      `tensor ${tensor}: data_offsets`,
    ],
    [
      'an end after the end of the file',
      (h: typeof header) => {
        h[tensor].data_offsets[1] += 1e9;
      },
      'where the file ends',
    ],
    [
      'overlapping data',
      (h: typeof header) => {
        h[tensor].data_offsets = h['backbone.layers.1.mixer.D'].data_offsets;
      },
      'expected data from byte',
    ],
    [
      'a negative size',
      (h: typeof header) => {
        h[tensor].shape = [-4];
      },
      `tensor ${tensor}: shape: found [-4], expected a list of sizes`,
    ],
    [
      'an integer type',
      (h: typeof header) => {
        h[tensor].dtype = 'I32';
      },
      `tensor ${tensor}: found type I32, expected F32, F16, BF16 or F64`,
    ],
    [
      'no dtype',
      (h: typeof header) => {
        delete h[tensor].dtype;
      },
      `tensor ${tensor}: dtype: found nothing`,
    ],
    [
      'a missing tensor',
      (h: typeof header) => {
        h.other = h[tensor];
        delete h[tensor];
      },
      `tensor ${tensor}: found none, expected shape [4]`,
    ],
    [
      'a transposed shape',
      (h: typeof header) => {
        h['backbone.layers.0.mixer.in_proj.weight'].shape.reverse();
      },
      'found shape [64,324], expected [324,64]',
    ],
    [
      'a layer too many',
      (h: typeof header) => {
        h['backbone.layers.2.mixer.D'] = h[tensor];
        delete h[tensor];
      },
      'expected shape [4]',
    ],
  ])('%s', async (_, change, expected) => {
    expect(await messageFor(withHeader(change))).toContain(expected);
  });

  it('a header length beyond the file', async () => {
    const bytes = Buffer.from(whole);
    bytes.writeBigUInt64LE(2n ** 62n);
    expect(await messageFor(bytes)).toContain('header length: found 4611686018427388000');
  });

  it('a weight that is not finite', async () => {
    const bytes = Buffer.from(whole);
    const [at] = header[tensor].data_offsets;
    bytes.writeFloatLE(Number.NaN, headerEnd(whole) + at + 8);
    expect(await messageFor(bytes)).toContain(
      `tensor ${tensor}: found NaN at element 2, expected finite numbers`,
    );
  });
});

describe('an index', () => {
  it.each([
    [
      'another folder',
      { 'backbone.norm_f.weight': '../model.safetensors' },
      'expected a file name in this folder',
    ],
    ['a number', { 'backbone.norm_f.weight': 3 }, 'field weight_map.backbone.norm_f.weight: found 3'],
    [
      'a file without the tensor',
      { nothing: 'model-00001-of-00002.safetensors' },
      'tensor nothing: found none in',
    ],
    ['an absent file', { 'backbone.norm_f.weight': 'none.safetensors' }, 'none.safetensors: cannot be read'],
  ])('that names %s is refused', async (_, weightMap, expected) => {
    const { dir, write } = copyOf('hf-bf16');
    write('model.safetensors.index.json', JSON.stringify({ weight_map: weightMap }));
    expect(await userErrorOf(() => readAll(dir))).toContain(expected);
  });
});
