/**
 * Writes a quantized artifact: a folder of manifest.json and binary tensor files (little endian, tensors at multiples of 64
 * bytes), one file a layer. It is made beside its final place and renamed when whole; the same model gives the same bytes.
 */
import { createHash } from 'node:crypto';
import { access, copyFile, type FileHandle, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../errors.js';
import { statedStopIds } from '../../model/tokenizer/stop-ids.js';
import { makeFolder } from '../../util/make-folder.js';
import { packageVersion } from '../../util/package-path.js';
import { addTemporary, dropTemporary } from '../../util/temporary.js';
import { writeErrorOf } from '../../util/write-error.js';
import type { CalibrationSource } from '../calibrate/types.js';
import type { Deviation } from '../deviation.js';
import { EMBEDDING_BLOCK_ROWS, type QuantizedSink } from '../quantize/quantize.js';
import { ARTIFACT_FORMAT, ARTIFACT_VERSION, MANIFEST_FILE, type Manifest } from './manifest.js';
import {
  arrayOf,
  headTensors,
  layerTensors,
  linearFields,
  type TensorData,
  type TensorShape,
} from './tensors.js';

const ALIGNMENT = 64;

/** What the manifest says of where the artifact comes from. */
export type ArtifactOrigin = Pick<Manifest, 'model'> & {
  /** The checkpoint's folder. */
  readonly checkpoint: string;
  readonly source?: string | undefined;
  readonly calibration: CalibrationSource;
};

/** A tensor file being written. */
class TensorFile {
  private offset = 0;

  constructor(
    private readonly handle: FileHandle,
    private readonly name: string,
    private readonly entries: Manifest['tensors'],
  ) {}

  async add({ name, dtype, shape }: TensorShape, data: TensorData): Promise<void> {
    if (data.length !== shape.reduce((n, size) => n * size, 1)) {
      throw new Error(`tensor ${name}: ${data.length} elements for shape [${shape}]`);
    }
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const entry = { name, dtype, shape, file: this.name, offset: this.offset, bytes: bytes.length, sha256 };
    this.entries.push(entry);
    await this.handle.write(bytes, 0, bytes.length, this.offset);
    this.offset += Math.ceil(bytes.length / ALIGNMENT) * ALIGNMENT;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/**
 * Runs `fill` with a sink that writes to `dir`, then puts the folder in place. A folder there before is replaced only when it
 * is an artifact (UserError otherwise). Nothing remains where `fill` fails.
 */
export async function writeArtifact(
  dir: string,
  origin: ArtifactOrigin,
  fill: (sink: QuantizedSink) => Promise<void>,
): Promise<void> {
  const target = resolve(dir);
  await refuseForeignFolder(dir, target);
  makeFolder(dirname(target));
  const temporary = addTemporary(await mkdtemp(join(dirname(target), `.${basename(target)}-`)));
  const writer = new ArtifactWriter(temporary, origin);
  try {
    await fill(writer);
    await writer.finish();
    await copyTokenizer(origin.checkpoint, temporary);
    await copyStopIds(origin.checkpoint, temporary);
    await rm(target, { recursive: true, force: true });
    await rename(temporary, target);
  } catch (error) {
    await writer.close();
    await rm(temporary, { recursive: true, force: true });
    throw writeErrorOf(dir, error);
  } finally {
    dropTemporary(temporary);
  }
}

/** The tokenizer goes along, so that the artifact can generate text by itself. It is not part of the manifest. */
async function copyTokenizer(checkpoint: string, folder: string): Promise<void> {
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
    await copyFile(join(checkpoint, name), join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

/** The ids that end a text as well, as they are stated: an artifact has no config.json to say them. */
async function copyStopIds(checkpoint: string, folder: string): Promise<void> {
  const ids = (await statedStopIds(checkpoint)).map(({ id }) => id);
  if (ids.length === 0) return;
  await writeFile(join(folder, 'generation_config.json'), `${JSON.stringify({ eos_token_id: ids })}\n`);
}

async function refuseForeignFolder(dir: string, target: string): Promise<void> {
  const exists = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    );
  if ((await exists(target)) && !(await exists(join(target, MANIFEST_FILE)))) {
    throw new UserError(`${dir}: found a file or folder that is no artifact, expected none or an artifact`);
  }
}

class ArtifactWriter implements QuantizedSink {
  private readonly fields: Partial<Manifest> = {};
  private readonly tensors: Manifest['tensors'] = [];
  private readonly layers: Manifest['layers'] = [];
  private readonly found: Deviation[] = [];
  private embeddingFile: TensorFile | undefined;
  private readonly opened: TensorFile[] = [];

  constructor(
    private readonly folder: string,
    private readonly origin: ArtifactOrigin,
  ) {}

  async begin(...[config, options, scalars]: Parameters<QuantizedSink['begin']>): Promise<void> {
    const dtMax = Number.isFinite(config.dtMax) ? config.dtMax : 'Infinity';
    Object.assign(this.fields, { config: { ...config, dtMax }, options, scalars });
    this.embeddingFile = await this.open('embedding.bin');
  }

  async embedding(firstRow: number, rows: Int32Array): Promise<void> {
    const { dModel } = this.fields.config!;
    const name = `embedding.${firstRow / EMBEDDING_BLOCK_ROWS}`;
    await this.embeddingFile!.add({ name, dtype: 'int32', shape: [rows.length / dModel, dModel] }, rows);
  }

  async layer(...[layer]: Parameters<QuantizedSink['layer']>): Promise<void> {
    const file = await this.open(`layer-${String(layer.index).padStart(3, '0')}.bin`);
    for (const tensor of layerTensors(this.config(), this.fields.options!)) {
      const name = `layers.${layer.index}.${tensor.name}`;
      await file.add({ ...tensor, name }, arrayOf(layer, tensor.name));
    }
    await file.close();
    const { norm, fracBits, siluIn, siluOut, gatedNorm } = layer;
    const linears = { inProj: linearFields(layer.inProj), outProj: linearFields(layer.outProj) };
    this.layers.push({ norm, fracBits, siluIn, siluOut, gatedNorm, ...linears });
  }

  async head(...[head]: Parameters<QuantizedSink['head']>): Promise<void> {
    const file = await this.open('head.bin');
    for (const tensor of headTensors(this.config(), this.fields.options!)) {
      await file.add({ ...tensor, name: `head.${tensor.name}` }, arrayOf(head, tensor.name));
    }
    await file.close();
    const { norm, lmHead, logitFracBits } = head;
    this.fields.head = { norm, lmHead: linearFields(lmHead), logitFracBits };
  }

  deviations(found: readonly Deviation[]): void {
    this.found.push(...found);
  }

  async close(): Promise<void> {
    for (const file of this.opened.splice(0)) await file.close();
  }

  async finish(): Promise<void> {
    await this.close();
    const { config, options, scalars, head } = this.fields;
    const manifest: Manifest = {
      format: ARTIFACT_FORMAT,
      version: ARTIFACT_VERSION,
      generator: packageVersion(),
      model: this.origin.model,
      ...(this.origin.source !== undefined && { source: this.origin.source }),
      config: config!,
      options: options!,
      scalars: scalars!,
      calibration: this.origin.calibration,
      deviations: this.found,
      embeddingBlockRows: EMBEDDING_BLOCK_ROWS,
      layers: this.layers,
      head: head!,
      tensors: this.tensors,
    };
    await writeFile(join(this.folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 1)}\n`);
  }

  private config() {
    const config = this.fields.config!;
    return { ...config, dtMax: Number(config.dtMax) };
  }

  private async open(name: string): Promise<TensorFile> {
    const file = new TensorFile(await open(join(this.folder, name), 'w'), name, this.tensors);
    this.opened.push(file);
    return file;
  }
}
