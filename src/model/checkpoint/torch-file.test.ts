import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { userErrorOf } from '../../../test/support/damage.js';
import { pickle, tensorPickle, torchZip, type View } from '../../../test/support/torch-writer.js';
import { openTorchFile } from './torch-file.js';

const dir = mkdtempSync(join(tmpdir(), 'torch-'));
afterAll(() => rmSync(dir, { recursive: true }));
const path = join(dir, 'pytorch_model.bin');

const floats = (n: number) => Float32Array.from({ length: n }, (_, i) => i + 0.5);
const bytesOf = (data: Float32Array) => new Uint8Array(data.buffer);

function writeTensors(
  tensors: Record<string, View>,
  storages: Record<string, Float32Array>,
  level: 0 | 6 = 0,
): void {
  const items = Object.entries(tensors).map(([name, view]) => [pickle.text(name), tensorPickle(view)]);
  const stream = pickle.stream(pickle.dict(items as [Buffer, Buffer][]));
  const bytes = Object.fromEntries(Object.entries(storages).map(([key, data]) => [key, bytesOf(data)]));
  writeFileSync(path, torchZip(stream, bytes, level));
}

const plain: View = { key: '0', storageLength: 6, offset: 0, shape: [2, 3], strides: [3, 1] };

async function messageFor(
  view: View,
  storages: Record<string, Float32Array> = { 0: floats(6) },
): Promise<string> {
  writeTensors({ t: view }, storages);
  const message = await userErrorOf(async () => {
    const file = await openTorchFile(path);
    await file.readElements('t', 0, 1).finally(() => file.close());
  });
  return message ?? 'no error';
}

describe('a pytorch_model.bin', () => {
  it.each([0, 6] as const)(
    'is read through any view of a shared storage (deflate level %i)',
    async (level) => {
      const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(
          sizes,
          fc.nat(5),
          fc.nat(),
          fc.boolean(),
          async (shape, offset, order, isParameter) => {
            // Strides of a permuted tensor: the dimensions laid out in some other order.
            const dimensions = shape.map((_, i) => i);
            dimensions.push(...dimensions.splice(0, order % shape.length));
            const strides = new Array<number>(shape.length);
            let elements = 1;
            for (const i of dimensions.reverse()) {
              strides[i] = elements;
              elements *= shape[i];
            }
            const storageLength = offset + elements;
            const view = { key: '0', storageLength, offset, shape, strides, isParameter };
            writeTensors({ a: view, b: { ...view, offset: 0 } }, { 0: floats(storageLength) }, level);
            const file = await openTorchFile(path);
            const whole = await file.readElements('a', 0, elements);
            for (let k = 0; k < elements; k++) {
              let rest = k;
              let at = offset;
              for (let i = shape.length - 1; i >= 0; i--) {
                at += (rest % shape[i]) * strides[i];
                rest = Math.floor(rest / shape[i]);
              }
              expect(whole[k]).toBe(at + 0.5);
            }
            const first = order % elements;
            expect(await file.readElements('a', first, elements - first)).toEqual(whole.slice(first));
            expect((await file.readElements('b', 0, 1))[0]).toBe(0.5);
            await file.close();
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  it('is refused when a tensor leaves its storage or the storage is not there', async () => {
    expect(await messageFor(plain)).toBe('no error');
    const outside = 'inside its storage of 6 elements';
    expect(await messageFor({ ...plain, offset: 1 })).toContain(outside);
    expect(await messageFor({ ...plain, strides: [4, 1] })).toContain(outside);
    expect(await messageFor({ ...plain, shape: [2 ** 30, 2 ** 30], strides: [0, 0] })).toContain(outside);
    expect(await messageFor({ ...plain, strides: [1] })).toContain(outside);
    expect(await messageFor({ ...plain, shape: [-2, 3] })).toContain('a damaged tensor');
    expect(await messageFor({ ...plain, key: '7' })).toContain('entry model/data/7: found none');
    expect(await messageFor({ ...plain, storageLength: 2 ** 30 })).toContain('found 24 bytes');
    expect(await messageFor({ ...plain, storageType: 'LongStorage' })).toContain(
      'tensor t: found type I64, expected F32, F16, BF16 or F64',
    );
  });
});

describe('a pickle with anything but tensors', () => {
  const touched = join(dir, 'touched');
  const command = pickle.tuple(pickle.text(`touch ${touched}`));
  const stackGlobal = Buffer.concat([pickle.text('os'), pickle.text('system'), Buffer.from([0x93])]);
  const getattr = pickle.call(
    pickle.global('builtins', 'getattr'),
    pickle.tuple(pickle.global('os', 'path'), pickle.text('os')),
  );

  it.each([
    ['os.system', pickle.call(pickle.global('os', 'system'), command), '"os.system"'],
    ['os.system by STACK_GLOBAL', pickle.call(stackGlobal, command), '"os.system"'],
    ['posix.system', pickle.call(pickle.global('posix', 'system'), command), '"posix.system"'],
    [
      'builtins.eval',
      pickle.call(pickle.global('builtins', 'eval'), pickle.tuple(pickle.text('1'))),
      '"builtins.eval"',
    ],
    ['getattr', getattr, '"builtins.getattr"'],
    ['a name of Object.prototype', pickle.global('torch', 'constructor'), '"torch.constructor"'],
    [
      'a dotted name',
      pickle.global('collections', 'OrderedDict.__init__'),
      '"collections.OrderedDict.__init__"',
    ],
    ['another torch function', pickle.global('torch', 'load'), '"torch.load"'],
    ['NEWOBJ', Buffer.concat([pickle.tuple(), pickle.tuple(), Buffer.from([0x81])]), 'opcode 0x81'],
    ['INST', Buffer.from(`(ios\nsystem\n`), 'opcode 0x69'],
    [
      'a call of a storage class',
      pickle.call(pickle.global('torch', 'FloatStorage'), pickle.tuple()),
      'a call of torch.FloatStorage',
    ],
    ['a string called', pickle.call(pickle.text('os.system'), command), 'no function'],
    ['a number', pickle.int(1), 'no tensor'],
  ])('is refused and not executed: %s', async (_, value, expected) => {
    writeFileSync(path, torchZip(pickle.stream(pickle.dict([[pickle.text('t'), value]])), {}, 0));
    const message = await userErrorOf(() => openTorchFile(path));
    expect(message).toContain(path);
    expect(message).toContain(expected);
    expect(existsSync(touched)).toBe(false);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no STOP', Buffer.from([0x80, 2, 0x7d])],
    ['protocol 9', Buffer.from([0x80, 9, 0x7d, 0x2e])],
    ['an empty stack', Buffer.from([0x80, 2, 0x2e])],
    ['a mark as the value', Buffer.from('(.')],
    ['a text longer than the stream', Buffer.from('X\xff\xff\xff\xff.', 'latin1')],
    ['a text of 2^63 bytes', Buffer.from('\x8d\xff\xff\xff\xff\xff\xff\xff\x7f.', 'latin1')],
    ['an unknown memo', Buffer.from('h\x07.')],
    [
      'a long of 255 bytes',
      Buffer.concat([Buffer.from([0x8a, 255]), Buffer.alloc(255, 1), Buffer.from('.')]),
    ],
    ['a list that holds itself', Buffer.from(']q\x00h\x00a.')],
    ['a dictionary with a list as key', Buffer.from('}](h\x00u.')],
    ['a million marks', Buffer.concat([Buffer.alloc(1_000_000, '('), Buffer.from('.')])],
  ])('is refused when malformed: %s', async (_, stream) => {
    writeFileSync(path, torchZip(stream, {}, 6));
    expect(await userErrorOf(() => openTorchFile(path))).toContain('pickle: found');
  });

  it('never does worse on random opcodes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (stream) => {
        writeFileSync(path, torchZip(Buffer.from(stream), {}, 0));
        const file = await openTorchFile(path).catch(async () => undefined);
        await file?.close();
        if (!file) expect(await userErrorOf(() => openTorchFile(path))).toBeDefined();
      }),
      { numRuns: 200 },
    );
  });
});
