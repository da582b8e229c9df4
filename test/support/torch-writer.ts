/**
 * Writes `pytorch_model.bin` files for tests: the pickle opcodes that torch.save uses, and the zip around them.
 */
import { type Zippable, zipSync } from 'fflate';

/** A pickle stream put together opcode by opcode. */
export const pickle = {
  text: (s: string) => Buffer.concat([Buffer.from('X'), uint32(Buffer.byteLength(s)), Buffer.from(s)]),
  int: (n: number) => Buffer.concat([Buffer.from('J'), uint32(n)]),
  global: (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`),
  tuple: (...items: Buffer[]) => Buffer.concat([Buffer.from('('), ...items, Buffer.from('t')]),
  call: (callee: Buffer, args: Buffer) => Buffer.concat([callee, args, Buffer.from('R')]),
  dict: (items: [Buffer, Buffer][]) => Buffer.concat([Buffer.from('}('), ...items.flat(), Buffer.from('u')]),
  stream: (...items: Buffer[]) => Buffer.concat([Buffer.from([0x80, 2]), ...items, Buffer.from('.')]),
};

function uint32(n: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(n);
  return bytes;
}

const emptyDict = pickle.call(pickle.global('collections', 'OrderedDict'), pickle.tuple());
const FALSE = Buffer.from([0x89]);

/** How a tensor lies in a storage; counts are elements. */
export interface View {
  readonly key: string;
  readonly storageLength: number;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly storageType?: string;
  /** Wrapped as torch.nn.Parameter. */
  readonly isParameter?: boolean;
}

/** The pickle of one tensor. */
export function tensorPickle(view: View): Buffer {
  const type = pickle.global('torch', view.storageType ?? 'FloatStorage');
  const location = pickle.text('cpu');
  const id = pickle.tuple(
    pickle.text('storage'),
    type,
    pickle.text(view.key),
    location,
    pickle.int(view.storageLength),
  );
  const storage = Buffer.concat([id, Buffer.from('Q')]);
  const shape = pickle.tuple(...view.shape.map(pickle.int));
  const strides = pickle.tuple(...view.strides.map(pickle.int));
  const args = pickle.tuple(storage, pickle.int(view.offset), shape, strides, FALSE, emptyDict);
  const tensor = pickle.call(pickle.global('torch._utils', '_rebuild_tensor_v2'), args);
  if (!view.isParameter) return tensor;
  return pickle.call(
    pickle.global('torch._utils', '_rebuild_parameter'),
    pickle.tuple(tensor, FALSE, emptyDict),
  );
}

/** A whole file of a pickle and its storages; `level` 0 stores, 1 to 9 deflate. */
export function torchZip(dataPickle: Buffer, storages: Record<string, Uint8Array>, level: 0 | 6): Buffer {
  const files: Zippable = { 'model/data.pkl': dataPickle, 'model/byteorder': Buffer.from('little') };
  for (const [key, bytes] of Object.entries(storages)) files[`model/data/${key}`] = bytes;
  return Buffer.from(zipSync(files, { level }));
}
