/**
 * Test vectors of an emitted project: a script of commands (they stand at the head of `testbench/main.cpp`) and one file of bytes it
 * refers to. Lanes lie in the smallest native integer, little-endian, whatever tool reads them.
 */
import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Channel, Port } from '../../kernel/ir.js';
import type { DataType, ElementType } from '../../kernel/type.js';
import { laneCount, totalBits } from '../../kernel/type.js';
import { writeErrorOf, writeText } from '../../util/write-error.js';

/** Lane values, words one after the other, rows before columns. */
export type LaneValues = ArrayLike<number | bigint>;

const SCRIPT = 'script.txt';
const DATA = 'vectors.bin';

/** Writes a script and its data into a folder as it goes; `finish` gives the script its name. */
export class VectorWriter {
  /** Commands, each of the name by which it calls the file of data. */
  private readonly commands: ((data: string) => string)[] = [];
  private readonly file: number;
  private at = 0;

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    this.file = openSync(join(folder, DATA), 'w');
  }

  /** A memory of the testbench, all zero, and the byte at which it lies on the board; memories live across calls. */
  memory(name: string, bytes: number, address?: number): void {
    this.commands.push(() => ['memory', name, bytes, ...(address === undefined ? [] : [address])].join(' '));
  }
  /** Sets bytes of a memory. */
  poke(name: string, offset: number, bytes: Uint8Array): void {
    this.stored(bytes, (place) => `poke ${name} ${offset} ${place} ${bytes.length}`);
  }
  /** Sets bytes of a memory from a file of the caller's; the name is absolute or relative to the script. */
  pokeFile(name: string, offset: number, path: string, fileOffset: number, bytes: number): void {
    this.commands.push(() => `poke ${name} ${offset} ${fileName(path)} ${fileOffset} ${bytes}`);
  }
  /** Word 0 of a port is at this byte of the memory. */
  map(port: string, memory: string, offset = 0): void {
    this.commands.push(() => `map ${port} ${memory} ${offset}`);
  }
  /** Words for an input of the network, for the next call. */
  feed(channel: Channel, values: LaneValues): void {
    this.words('feed', channel, values);
  }
  /** Words that must cross a channel, inner or outer, in the next call. */
  expect(channel: Channel, values: LaneValues): void {
    this.words('expect', channel, values);
  }
  /** Also writes the words that do cross an expected channel in the next call to a file beside the script; returns its path. */
  record(channel: Channel, file: string): string {
    this.commands.push(() => `record ${channel.name} ${fileName(file)}`);
    return join(this.folder, file);
  }
  /** Runs the network with these scalars; with several, one call after the other, which RTL overlaps: words are those of all of them. */
  call(...calls: readonly Readonly<Record<string, number | bigint>>[]): void {
    const pairs = calls.map((scalars) =>
      Object.entries(scalars)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    );
    this.commands.push(() => ['call', pairs.join(' / ')].join(' '));
  }
  /** Runs it for descriptors `first` to `first + count - 1` of the memory that port `descriptors` is mapped to. */
  layers(first: number, count: number): void {
    this.commands.push(() => `layers ${first} ${count}`);
  }
  /** Compares bytes of a memory. */
  check(name: string, offset: number, bytes: Uint8Array): void {
    this.stored(bytes, (place) => `check ${name} ${offset} ${place} ${bytes.length}`);
  }
  /** Path of the finished script. */
  finish(): string {
    closeSync(this.file);
    const path = join(this.folder, SCRIPT);
    writeText(`${path}.part`, this.commands.map((command) => `${command(DATA)}\n`).join(''));
    renameSync(`${path}.part`, path);
    return path;
  }

  private words(command: string, channel: Channel, values: LaneValues): void {
    const lanes = laneCount(channel.type.shape);
    if (values.length % lanes !== 0)
      throw new RangeError(
        `channel ${channel.name}: ${values.length} values, expected a multiple of ${lanes}`,
      );
    const bytes = packLanes(values, channel.type.element);
    this.stored(bytes, (place) => `${command} ${channel.name} ${place} ${values.length / lanes}`);
  }
  /** Adds a command with `bytes` in the file of data. */
  private stored(bytes: Uint8Array, command: (place: string) => string): void {
    const { at } = this;
    this.commands.push((data) => command(`${data} ${at}`));
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.file, bytes, done);
    } catch (error) {
      throw writeErrorOf(join(this.folder, DATA), error);
    }
    this.at += bytes.length;
  }
}

/** A file's name as a script takes it: in quotes where it is more than one plain word. */
function fileName(path: string): string {
  return /^[^\s"\\]+$/.test(path) ? path : `"${path.replace(/["\\]/g, '\\$&')}"`;
}

/** Lanes in their native integers: the form of vector files. */
export function packLanes(values: LaneValues, element: ElementType): Uint8Array {
  const { length } = values;
  const bytes = laneBytes(element);
  if (bytes === 8)
    return new Uint8Array(BigInt64Array.from(values, (value) => BigInt.asIntN(64, BigInt(value))).buffer);
  const lanes =
    bytes === 1 ? new Int8Array(length) : bytes === 2 ? new Int16Array(length) : new Int32Array(length);
  // Conversion keeps the low bits, which is what an unsigned lane above the signed range needs.
  if (typeof values[0] === 'bigint') for (let i = 0; i < length; ++i) lanes[i] = Number(values[i]);
  else lanes.set(values as ArrayLike<number>);
  return new Uint8Array(lanes.buffer);
}

/** The inverse of `packLanes`. */
export function unpackLanes(bytes: Uint8Array, { bits, signed }: ElementType): Float64Array {
  const width = laneBytes({ bits });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = {
    1: (at: number) => (signed ? view.getInt8(at) : view.getUint8(at)),
    2: (at: number) => (signed ? view.getInt16(at, true) : view.getUint16(at, true)),
    4: (at: number) => (signed ? view.getInt32(at, true) : view.getUint32(at, true)),
    8: (at: number) => Number(signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true)),
  }[width];
  return Float64Array.from({ length: bytes.length / width }, (_, i) => read(i * width));
}

/** Words of a port as they lie in its memory: lanes of exactly their width, lane 0 in the lowest bits. */
export function packWords(values: LaneValues, type: DataType): Uint8Array {
  const { bits } = type.element;
  const whole = bits === 8 || bits === 16 || bits === 32 || bits === 64;
  if (whole) return packLanes(values, type.element);
  const lanes = laneCount(type.shape);
  const wordBytes = totalBits(type) / 8;
  const out = new Uint8Array((values.length / lanes) * wordBytes);
  for (let i = 0; i < values.length; ++i) {
    const start = Math.floor(i / lanes) * wordBytes * 8 + (i % lanes) * bits;
    const value = BigInt.asUintN(bits, BigInt(values[i]));
    for (let bit = 0; bit < bits; ++bit)
      if ((value >> BigInt(bit)) & 1n) out[(start + bit) >> 3] |= 1 << ((start + bit) & 7);
  }
  return out;
}

/** A memory for one port alone, with what it holds at first. */
export function portMemory(vectors: VectorWriter, port: Port, values: LaneValues, words: number): void {
  vectors.memory(port.name, (words * totalBits(port.type)) / 8);
  vectors.map(port.name, port.name);
  if (values.length > 0) vectors.poke(port.name, 0, packWords(values, port.type));
}

/** Bytes of the smallest native integer (1, 2, 4 or 8) that holds a lane. */
function laneBytes({ bits }: Pick<ElementType, 'bits'>): 1 | 2 | 4 | 8 {
  if (bits <= 8) return 1;
  if (bits <= 16) return 2;
  return bits <= 32 ? 4 : 8;
}
