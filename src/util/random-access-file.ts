/**
 * A file read by offset. Every request is checked against the file's size before anything is allocated, so that no
 * length field of a damaged file can make us allocate more than the file holds.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { UserError } from '../errors.js';

const LFS_POINTER = 'version https://git-lfs';
/** The format of git-lfs pointers allows fewer. */
const MAX_POINTER_BYTES = 1024;

/** Opens `path` for reading or throws a UserError that says why it cannot be read. */
export async function openForReading(path: string): Promise<RandomAccessFile> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const stat = await handle.stat();
    if (!stat.isFile())
      throw new UserError(
        `${path}: found a ${stat.isDirectory() ? 'folder' : 'special file'}, expected a file`,
      );
    const file = new RandomAccessFile(path, handle, stat.size);
    await refuseLfsPointer(file);
    return file;
  } catch (error) {
    await handle?.close();
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? error})`);
  }
}

/** A clone without git-lfs holds a few lines of text in the place of every large file. */
async function refuseLfsPointer(file: RandomAccessFile): Promise<void> {
  if (file.size < LFS_POINTER.length || file.size > MAX_POINTER_BYTES) return;
  const begin = await file.read(0, LFS_POINTER.length);
  if (begin.toString('latin1') === LFS_POINTER) {
    throw new UserError(
      `${file.path}: found a git-lfs pointer, expected the file itself; fetch it with git lfs pull`,
    );
  }
}

/** An open file of known size. */
export class RandomAccessFile {
  constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    /** Bytes. */
    readonly size: number,
  ) {}

  /** Throws UserError when the file does not hold the bytes [offset, offset + length). */
  require(offset: number, length: number): void {
    if (offset >= 0 && length >= 0 && offset + length <= this.size) return;
    throw new UserError(
      `${this.path}: found ${this.size} bytes, expected at least ${offset + length}; is it cut short?`,
    );
  }

  /** Those bytes; UserError as `require`. */
  async read(offset: number, length: number): Promise<Buffer> {
    this.require(offset, length);
    const buffer = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.handle.read(buffer, done, length - done, offset + done);
      if (bytesRead === 0)
        throw new UserError(`${this.path}: ended at byte ${offset + done} while being read`);
      done += bytesRead;
    }
    return buffer;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
