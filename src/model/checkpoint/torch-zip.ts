/**
 * The zip container of a `pytorch_model.bin`: which entries there are and where their bytes lie. Stored entries (what
 * PyTorch writes) are read by offset; deflated ones are inflated whole, never beyond the size their header states, and
 * the last one is kept. The central directory is read by yauzl, which knows zip64.
 */
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import yauzl from 'yauzl';
import { UserError } from '../../errors.js';
import { openForReading, type RandomAccessFile } from '../../util/random-access-file.js';
import { BYTES_PER_ELEMENT, decodeFloats } from '../file/float-decode.js';
import { readFloats } from '../file/read-floats.js';
import type { WeightType } from '../file/tensor-source.js';

const inflate = promisify(inflateRaw);
const STORED = 0;
const DEFLATED = 8;
/** No deflate stream grows more than this. */
const MAX_DEFLATE_RATIO = 1032;

/** Opens a zip file; UserError when it is none or damaged. */
export async function openTorchZip(path: string): Promise<TorchZip> {
  const file = await openForReading(path);
  let zip: yauzl.ZipFile | undefined;
  try {
    zip = await promisifiedOpen(path);
    return new TorchZip(file, zip, await listEntries(zip));
  } catch (error) {
    zip?.close();
    await file.close();
    throw error instanceof UserError ? error : damaged(path, error);
  }
}

function damaged(path: string, error: unknown): UserError {
  return new UserError(`${path}: not a whole zip file as torch.save writes it (${(error as Error).message})`);
}

function promisifiedOpen(path: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, zip) =>
      error ? reject(error) : resolve(zip),
    );
  });
}

function listEntries(zip: yauzl.ZipFile): Promise<Map<string, yauzl.Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, yauzl.Entry>();
    zip.on('error', reject);
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry: yauzl.Entry) => {
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

/** An open zip file. */
export class TorchZip {
  private inflated: { name: string; bytes: Buffer } | undefined;

  constructor(
    private readonly file: RandomAccessFile,
    private readonly zip: yauzl.ZipFile,
    private readonly entries: ReadonlyMap<string, yauzl.Entry>,
  ) {}

  get path(): string {
    return this.file.path;
  }

  names(): string[] {
    return [...this.entries.keys()];
  }

  /** Bytes of an entry when unpacked; UserError when there is none of this name. */
  size(name: string): number {
    return this.entry(name).uncompressedSize;
  }

  /** The whole of a small entry. */
  async readAll(name: string, maxBytes: number): Promise<Buffer> {
    const { uncompressedSize, compressionMethod } = this.entry(name);
    if (uncompressedSize > maxBytes) {
      throw new UserError(
        `${this.path}: entry ${name}: found ${uncompressedSize} bytes, expected at most ${maxBytes}`,
      );
    }
    if (compressionMethod === DEFLATED) return this.inflateEntry(name);
    return this.file.read(await this.dataStart(name), uncompressedSize);
  }

  /** `count` floats of an entry from byte `offset` of it on. */
  async readFloats(name: string, type: WeightType, offset: number, count: number): Promise<Float32Array> {
    const { uncompressedSize, compressionMethod } = this.entry(name);
    const end = offset + count * BYTES_PER_ELEMENT[type];
    if (end > uncompressedSize) {
      throw new UserError(
        `${this.path}: entry ${name}: found ${uncompressedSize} bytes, expected at least ${end}`,
      );
    }
    if (compressionMethod !== DEFLATED) {
      return readFloats(this.file, { type, offset: (await this.dataStart(name)) + offset, count });
    }
    const bytes = await this.inflateEntry(name);
    const out = new Float32Array(count);
    decodeFloats(type, bytes.subarray(offset, end), out, 0);
    return out;
  }

  async close(): Promise<void> {
    this.zip.close();
    await this.file.close();
  }

  private entry(name: string): yauzl.Entry {
    const entry = this.entries.get(name);
    if (!entry) throw new UserError(`${this.path}: entry ${name}: found none, expected one`);
    const { compressionMethod, compressedSize, uncompressedSize } = entry;
    if (entry.isEncrypted() || (compressionMethod !== STORED && compressionMethod !== DEFLATED)) {
      throw new UserError(
        `${this.path}: entry ${name}: found method ${compressionMethod} or encryption, expected stored or deflated`,
      );
    }
    const most = compressionMethod === STORED ? compressedSize : compressedSize * MAX_DEFLATE_RATIO;
    if (compressedSize > this.file.size || uncompressedSize > most) {
      throw new UserError(
        `${this.path}: entry ${name}: found a size of ${uncompressedSize} bytes, expected at most ${most}`,
      );
    }
    return entry;
  }

  private dataStart(name: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.zip.readLocalFileHeader(this.entry(name), { minimal: true }, (error, header) =>
        error ? reject(damaged(this.path, error)) : resolve(header.fileDataStart),
      );
    });
  }

  private async inflateEntry(name: string): Promise<Buffer> {
    if (this.inflated?.name === name) return this.inflated.bytes;
    const { compressedSize, uncompressedSize } = this.entry(name);
    const packed = await this.file.read(await this.dataStart(name), compressedSize);
    let bytes: Buffer;
    try {
      bytes = await inflate(packed, { maxOutputLength: Math.max(1, uncompressedSize) });
    } catch (error) {
      throw damaged(this.path, error);
    }
    if (bytes.length !== uncompressedSize) {
      throw new UserError(
        `${this.path}: entry ${name}: found ${bytes.length} bytes, expected ${uncompressedSize}`,
      );
    }
    this.inflated = { name, bytes };
    return bytes;
  }
}
