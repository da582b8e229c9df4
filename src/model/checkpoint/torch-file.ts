/**
 * `pytorch_model.bin` as torch.save writes it: a zip with a pickled dictionary of tensor descriptions (`data.pkl`) and one
 * entry a storage (`data/<key>`). Views with any offset and strides are honoured, storages may be shared.
 */
import { UserError } from '../../errors.js';
import { BYTES_PER_ELEMENT, isWeightType } from '../file/float-decode.js';
import type { StoredTensor, TensorSource } from '../file/tensor-source.js';
import { readPickle } from './pickle.js';
import { TorchTensor, torchPickleRules } from './torch-values.js';
import { openTorchZip, type TorchZip } from './torch-zip.js';

const MAX_PICKLE_BYTES = 16 << 20;

/** Opens a `pytorch_model.bin`. Throws UserError when it is damaged or refers to anything but tensors of floats. */
export async function openTorchFile(path: string): Promise<TensorSource> {
  const zip = await openTorchZip(path);
  try {
    const folder = rootFolder(zip);
    if (zip.names().includes(`${folder}byteorder`)) {
      const order = (await zip.readAll(`${folder}byteorder`, 64)).toString('utf8').trim();
      if (order !== 'little')
        throw new UserError(`${path}: byteorder: found ${order.slice(0, 20)}, expected little`);
    }
    const pickle = await zip.readAll(`${folder}data.pkl`, MAX_PICKLE_BYTES);
    return new TorchFile(
      zip,
      `${folder}data/`,
      tensorsOf(readPickle(pickle, torchPickleRules(path), path), path),
    );
  } catch (error) {
    await zip.close();
    throw error;
  }
}

function rootFolder(zip: TorchZip): string {
  const pickles = zip.names().filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    throw new UserError(`${zip.path}: found ${pickles.length} entries */data.pkl, expected 1`);
  }
  return pickles[0].slice(0, -'data.pkl'.length);
}

function tensorsOf(root: unknown, path: string): Map<string, TorchTensor> {
  if (!(root instanceof Map))
    throw new UserError(`${path}: pickle: found no dictionary, expected one of tensors`);
  const tensors = new Map<string, TorchTensor>();
  for (const [name, value] of root) {
    if (typeof name !== 'string' || !(value instanceof TorchTensor)) {
      throw new UserError(
        `${path}: pickle: found an entry ${String(name).slice(0, 40)} that is no tensor, expected only tensors`,
      );
    }
    tensors.set(name, value);
  }
  return tensors;
}

class TorchFile implements TensorSource {
  readonly tensors: ReadonlyMap<string, StoredTensor>;

  constructor(
    private readonly zip: TorchZip,
    private readonly dataFolder: string,
    private readonly views: ReadonlyMap<string, TorchTensor>,
  ) {
    const file = zip.path;
    const entries = [...views].map(([name, { storage, offset, shape, strides }]) => {
      const place = [storage.key, offset, ...strides].join(' ');
      return [name, { name, file, type: storage.type, shape, place }] as const;
    });
    this.tensors = new Map(entries);
  }

  get file(): string {
    return this.zip.path;
  }

  async readElements(name: string, first: number, count: number): Promise<Float32Array> {
    const { storage, offset, shape, strides } = this.views.get(name)!;
    const { type } = storage;
    if (!isWeightType(type)) {
      throw new UserError(`${this.file}: tensor ${name}: found type ${type}, expected F32, F16, BF16 or F64`);
    }
    const entry = this.dataFolder + storage.key;
    const elementBytes = BYTES_PER_ELEMENT[type];
    if (this.zip.size(entry) !== storage.length * elementBytes) {
      throw new UserError(
        `${this.file}: tensor ${name}: found ${this.zip.size(entry)} bytes in ${entry}, expected ${storage.length * elementBytes}`,
      );
    }
    if (count === 0) return new Float32Array(0);
    if (isRowMajor(shape, strides)) {
      return this.zip.readFloats(entry, type, (offset + first) * elementBytes, count);
    }
    const positions = positionsOf(shape, strides, first, count);
    let low = positions[0];
    let high = low;
    for (const p of positions) {
      if (p < low) low = p;
      if (p > high) high = p;
    }
    const span = await this.zip.readFloats(entry, type, (offset + low) * elementBytes, high - low + 1);
    return Float32Array.from(positions, (p) => span[p - low]);
  }

  close(): Promise<void> {
    return this.zip.close();
  }
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== expected) return false;
    expected *= shape[i];
  }
  return true;
}

/** Storage positions, from the view's offset, of the elements [first, first + count) in row-major order. */
function positionsOf(
  shape: readonly number[],
  strides: readonly number[],
  first: number,
  count: number,
): Float64Array {
  const positions = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    let rest = first + k;
    let position = 0;
    for (let i = shape.length - 1; i >= 0; i--) {
      position += (rest % shape[i]) * strides[i];
      rest = Math.floor(rest / shape[i]);
    }
    positions[k] = position;
  }
  return positions;
}
