/**
 * Opens a quantized artifact as a QuantizedModel, one layer read at a time. Types, shapes and sizes of all tensors are checked
 * when the artifact is opened, the checksum of each when it is read.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { dInProj, type Mamba2Config } from '../../model/config/mamba2-config.js';
import { openForReading } from '../../util/random-access-file.js';
import { readTextFile } from '../../util/text-file.js';
import type {
  QuantizedHead,
  QuantizedLayer,
  QuantizedModel,
  QuantizedScalars,
  QuantOptions,
} from '../types.js';
import {
  type LayerFields,
  MANIFEST_FILE,
  type Manifest,
  parseManifest,
  type TensorEntry,
} from './manifest.js';
import {
  ARRAY_OF,
  headTensors,
  layerTensors,
  linearOf,
  type StoredLinear,
  type TensorData,
  type TensorShape,
} from './tensors.js';

const MAX_MANIFEST_BYTES = 64 << 20;
/** Embedding blocks kept in memory. */
const KEPT_BLOCKS = 16;

/**
 * Opens the artifact in folder `dir`. Throws UserError naming file and field or tensor when it is missing, damaged, cut short
 * or of another version; reading a tensor throws when its bytes do not match their checksum.
 */
export async function openArtifact(dir: string): Promise<Artifact> {
  const file = join(dir, MANIFEST_FILE);
  const manifest = parseManifest(await readTextFile(file, MAX_MANIFEST_BYTES), file);
  const artifact = new Artifact(dir, manifest);
  await artifact.checkFiles();
  return artifact;
}

/** An artifact on disk; made by `openArtifact`. */
export class Artifact implements QuantizedModel {
  readonly config: Mamba2Config;
  readonly options: QuantOptions;
  readonly scalars: QuantizedScalars;
  private readonly entries: Map<string, TensorEntry>;
  private readonly blocks = new Map<number, Int32Array>();

  constructor(
    /** The folder. */
    readonly path: string,
    readonly manifest: Manifest,
  ) {
    this.config = Object.freeze({ ...manifest.config, dtMax: Number(manifest.config.dtMax) });
    this.options = manifest.options;
    this.scalars = manifest.scalars;
    this.entries = new Map(manifest.tensors.map((entry) => [entry.name, entry]));
    this.checkManifest();
  }

  /** Checks that all tensor files are as long as the manifest says. Throws UserError. */
  async checkFiles(): Promise<void> {
    const ends = new Map<string, TensorEntry>();
    for (const entry of this.entries.values()) {
      const last = ends.get(entry.file);
      if (!last || entry.offset + entry.bytes > last.offset + last.bytes) ends.set(entry.file, entry);
    }
    for (const [name, { offset, bytes }] of ends) {
      const path = join(this.path, name);
      const size = await stat(path).then(
        (found) => found.size,
        () => undefined,
      );
      if (size === undefined) throw new UserError(`${path}: found none, expected a tensor file`);
      if (size < offset + bytes) {
        // What takes the place of a file is called by its name.
        await (await openForReading(path)).close();
        throw new UserError(`${path}: found ${size} bytes, expected ${offset + bytes}; is it cut short?`);
      }
    }
  }

  /** A layer, read anew. Throws UserError where its bytes do not match their checksum. */
  async layer(index: number): Promise<QuantizedLayer> {
    const fields = this.manifest.layers[index];
    if (!fields) throw new RangeError(`layer ${index} of ${this.config.nLayers}`);
    const tensors = await this.readAll(`layers.${index}.`, this.layerTensors());
    // Version 1 has 12 fraction bits of |A| in every head.
    if (this.manifest.version === 1) tensors.push(['aShift', new Uint8Array(this.config.nHeads).fill(12)]);
    const part = nest(tensors) as Omit<QuantizedLayer, keyof LayerFields | 'index'> & LinearArrays;
    const { options } = this;
    const linear = (name: 'inProj' | 'outProj') =>
      linearOf(fields[name], part[name], options, options.weightBits);
    return { ...part, ...fields, index, inProj: linear('inProj'), outProj: linear('outProj') };
  }

  /** Final norm and LM head. Throws UserError as `layer` does. */
  async head(): Promise<QuantizedHead> {
    const { norm, lmHead, logitFracBits } = this.manifest.head;
    const tensors = await this.readAll('head.', headTensors(this.config, this.options));
    const part = nest(tensors) as { lmHead: StoredLinear };
    const { options } = this;
    return { norm, lmHead: linearOf(lmHead, part.lmHead, options, options.headBits), logitFracBits };
  }

  async embeddingRows(tokens: ArrayLike<number>): Promise<Int32Array> {
    const { dModel } = this.config;
    const { embeddingBlockRows } = this.manifest;
    const rows = new Int32Array(tokens.length * dModel);
    for (let t = 0; t < tokens.length; t++) {
      const block = await this.embeddingBlock(Math.floor(tokens[t] / embeddingBlockRows));
      const from = (tokens[t] % embeddingBlockRows) * dModel;
      rows.set(block.subarray(from, from + dModel), t * dModel);
    }
    return rows;
  }

  private async embeddingBlock(index: number): Promise<Int32Array> {
    let block = this.blocks.get(index);
    if (!block) block = (await this.read(this.entry(`embedding.${index}`))) as Int32Array;
    // Least recently used first.
    this.blocks.delete(index);
    this.blocks.set(index, block);
    if (this.blocks.size > KEPT_BLOCKS) this.blocks.delete(this.blocks.keys().next().value!);
    return block;
  }

  private async readAll(prefix: string, shapes: TensorShape[]): Promise<[string, TensorData][]> {
    const all: [string, TensorData][] = [];
    for (const { name } of shapes) all.push([name, await this.read(this.entry(prefix + name))]);
    return all;
  }

  private async read(entry: TensorEntry): Promise<TensorData> {
    const path = join(this.path, entry.file);
    const file = await openForReading(path);
    try {
      const bytes = await file.read(entry.offset, entry.bytes);
      const found = createHash('sha256').update(bytes).digest('hex');
      if (found !== entry.sha256) {
        throw new UserError(
          `${path}: tensor ${entry.name}: found checksum ${found.slice(0, 12)}..., expected ${entry.sha256.slice(0, 12)}...; the file is damaged`,
        );
      }
      const ArrayType = ARRAY_OF[entry.dtype];
      // A copy, since a buffer from the pool need not be aligned.
      const aligned = new Uint8Array(bytes).buffer;
      return new ArrayType(aligned);
    } finally {
      await file.close();
    }
  }

  private entry(name: string): TensorEntry {
    const entry = this.entries.get(name);
    if (!entry) throw new UserError(`${this.manifestPath()}: tensors: found no ${name}`);
    return entry;
  }

  private manifestPath(): string {
    return join(this.path, MANIFEST_FILE);
  }

  private checkManifest(): void {
    const { config, manifest, options } = this;
    const { dModel, dInner, nLayers, paddedVocabSize } = config;
    this.expect('layers', `${manifest.layers.length} layers`, `${nLayers} layers`);
    manifest.layers.forEach((layer, i) => {
      this.expectSize(`layers.${i}.inProj`, layer.inProj, dInProj(config), dModel);
      this.expectSize(`layers.${i}.outProj`, layer.outProj, dModel, dInner);
      this.expectTensors(`layers.${i}.`, this.layerTensors());
    });
    this.expectSize('head.lmHead', manifest.head.lmHead, paddedVocabSize, dModel);
    this.expectTensors('head.', headTensors(config, options));
    const blockRows = manifest.embeddingBlockRows;
    for (let first = 0; first < paddedVocabSize; first += blockRows) {
      const shape = [Math.min(blockRows, paddedVocabSize - first), dModel];
      this.expectTensors('embedding.', [{ name: String(first / blockRows), dtype: 'int32', shape }]);
    }
  }

  private layerTensors(): TensorShape[] {
    return layerTensors(this.config, this.options, this.manifest.version);
  }

  private expectSize(field: string, linear: LayerFields['inProj'], rows: number, cols: number): void {
    this.expect(field, `${linear.rows} x ${linear.cols}`, `${rows} x ${cols}`);
  }

  private expectTensors(prefix: string, shapes: TensorShape[]): void {
    for (const { name, dtype, shape } of shapes) {
      const entry = this.entry(prefix + name);
      const bytes = shape.reduce((n, size) => n * size, ARRAY_OF[dtype].BYTES_PER_ELEMENT);
      this.expect(
        `tensor ${entry.name}`,
        `${entry.dtype} [${entry.shape}] in ${entry.bytes} bytes`,
        `${dtype} [${shape}] in ${bytes} bytes`,
      );
    }
  }

  private expect(field: string, found: string, expected: string): void {
    if (found !== expected) {
      throw new UserError(`${this.manifestPath()}: ${field}: found ${found}, expected ${expected}`);
    }
  }
}

/** A layer's linear parts as read, before the manifest's scalars are added. */
type LinearArrays = Record<'inProj' | 'outProj', StoredLinear>;

/** Objects from dotted names: `inProj.weight` becomes the field `weight` of `inProj`. */
function nest(tensors: readonly [string, TensorData][]): unknown {
  const root: Record<string, unknown> = {};
  for (const [name, data] of tensors) {
    const keys = name.split('.');
    let at = root;
    for (const key of keys.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
    at[keys.at(-1)!] = data;
  }
  return root;
}
