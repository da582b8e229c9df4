/**
 * One .safetensors file: 8 bytes length, a JSON header with type, shape and byte range of every tensor, then the bytes.
 * The header is checked as the format demands: ranges fit the shapes, lie within the file, neither overlap nor leave
 * holes. Only the header is held in memory.
 */
import { UserError } from '../../errors.js';
import { shown } from '../../util/lenient-json.js';
import { openForReading, type RandomAccessFile } from '../../util/random-access-file.js';
import { isWeightType } from '../file/float-decode.js';
import { readFloats } from '../file/read-floats.js';
import type { StoredTensor, TensorSource } from '../file/tensor-source.js';

const MAX_HEADER_BYTES = 100_000_000;

const BITS_PER_TYPE: Record<string, number> = {
  F64: 64,
  I64: 64,
  U64: 64,
  F32: 32,
  I32: 32,
  U32: 32,
  F16: 16,
  BF16: 16,
  I16: 16,
  U16: 16,
  I8: 8,
  U8: 8,
  BOOL: 8,
  F8_E4M3: 8,
  F8_E5M2: 8,
};

interface Entry extends StoredTensor {
  /** Byte range in the file. */
  readonly begin: number;
  readonly end: number;
}

/** Opens and checks a .safetensors file. Throws UserError when it is damaged, cut short or something else. */
export async function openSafetensors(path: string): Promise<TensorSource> {
  const file = await openForReading(path);
  try {
    return new SafetensorsFile(file, await readHeader(file));
  } catch (error) {
    await file.close();
    throw error;
  }
}

class SafetensorsFile implements TensorSource {
  constructor(
    private readonly source: RandomAccessFile,
    readonly tensors: ReadonlyMap<string, Entry>,
  ) {}

  get file(): string {
    return this.source.path;
  }

  async readElements(name: string, first: number, count: number): Promise<Float32Array> {
    const { type, begin, file } = this.tensors.get(name)!;
    if (!isWeightType(type)) {
      throw new UserError(`${file}: tensor ${name}: found type ${type}, expected F32, F16, BF16 or F64`);
    }
    return readFloats(this.source, { type, offset: begin + (first * BITS_PER_TYPE[type]) / 8, count });
  }

  close(): Promise<void> {
    return this.source.close();
  }
}

async function readHeader(file: RandomAccessFile): Promise<Map<string, Entry>> {
  const headerBytes = Number((await file.read(0, 8)).readBigUInt64LE());
  if (headerBytes < 2 || headerBytes > Math.min(MAX_HEADER_BYTES, file.size - 8)) {
    const expected = `2 to ${Math.min(MAX_HEADER_BYTES, file.size - 8)}`;
    throw new UserError(
      `${file.path}: header length: found ${headerBytes}, expected ${expected}; not a whole safetensors file`,
    );
  }
  const text = (await file.read(8, headerBytes)).toString('utf8');
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new UserError(`${file.path}: header: found ${shown(text.slice(0, 40))}, expected JSON`);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new UserError(`${file.path}: header: found ${shown(header)}, expected a JSON object`);
  }
  const dataStart = 8 + headerBytes;
  const entries = new Map<string, Entry>();
  for (const [name, value] of Object.entries(header)) {
    if (name !== '__metadata__') entries.set(name, checkEntry(file, name, value, dataStart));
  }
  checkRanges(file, [...entries.values()], dataStart);
  return entries;
}

function checkEntry(file: RandomAccessFile, name: string, value: unknown, dataStart: number): Entry {
  const fail = (field: string, found: unknown, expected: string): never => {
    throw new UserError(
      `${file.path}: tensor ${name}: ${field}: found ${shown(found)}, expected ${expected}`,
    );
  };
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  if (typeof dtype !== 'string') return fail('dtype', dtype, 'the name of a type');
  if (!Array.isArray(shape) || !shape.every(isCount)) return fail('shape', shape, 'a list of sizes');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0] > offsets[1]) {
    return fail('data_offsets', offsets, '[begin, end] in bytes');
  }
  const [begin, end] = offsets as [number, number];
  if (dataStart + end > file.size) {
    return fail('data_offsets', offsets, `an end of at most ${file.size - dataStart}, where the file ends`);
  }
  const bits = Object.hasOwn(BITS_PER_TYPE, dtype) ? BITS_PER_TYPE[dtype] : undefined;
  const bytes = (shape.reduce((n: number, size: number) => n * size, 1) * (bits ?? 0)) / 8;
  if (bits !== undefined && end - begin !== bytes) {
    return fail('data_offsets', offsets, `${bytes} bytes for ${dtype} of shape [${shape}]`);
  }
  return { name, file: file.path, type: dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

function checkRanges(file: RandomAccessFile, entries: Entry[], dataStart: number): void {
  let position = dataStart;
  for (const { name, begin, end } of entries.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position) {
      const found = begin < position ? 'bytes of another tensor' : 'a hole before it';
      throw new UserError(
        `${file.path}: tensor ${name}: found ${found}, expected data from byte ${position}`,
      );
    }
    position = end;
  }
  if (position !== file.size) {
    throw new UserError(`${file.path}: found ${file.size} bytes, expected ${position} by its header`);
  }
}
