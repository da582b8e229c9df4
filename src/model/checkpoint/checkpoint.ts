/**
 * A checkpoint folder: config.json and the weights, whatever their layout and spelling, read one tensor (or some rows of
 * one) at a time under our own names, so that peak memory is near the largest tensor. That all tensors are there and
 * have the shapes of the config is checked when it is opened; a value that is not finite when it is read.
 */
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { isThere, readTextFile } from '../../util/text-file.js';
import { parseConfig } from '../config/config.js';
import type { Mamba2Config } from '../config/mamba2-config.js';
import { normNotes, withNormGroups } from '../config/norm-groups.js';
import type { TensorSource } from '../file/tensor-source.js';
import { findStored, type Located, locateTensors } from './locate-tensors.js';
import { openSafetensors } from './safetensors.js';
import { openSharded } from './sharded.js';
import { commonPrefix, withoutPrefix } from './tensor-prefix.js';
import { type Tensor, type TensorName, tensorSpecs } from './tensors.js';
import { ownHead } from './tied-head.js';
import { openTorchFile } from './torch-file.js';
import { refuseInsteadOfWeights, shownName } from './unknown-tensors.js';

export { layerTensor, type Tensor, type TensorName } from './tensors.js';

const MAX_CONFIG_BYTES = 1 << 20;

const WEIGHT_FILES: [string, (path: string) => Promise<TensorSource>][] = [
  ['model.safetensors', openSafetensors],
  ['model.safetensors.index.json', (path) => openSharded(path, openSafetensors)],
  ['pytorch_model.bin', openTorchFile],
  ['pytorch_model.bin.index.json', (path) => openSharded(path, openTorchFile)],
];

/** How to read what a folder leaves open. */
export interface CheckpointOptions {
  /** Parts that the gated norm runs over: 1, the whole width, or one a group of B and C (the default). */
  readonly normGroups?: number | undefined;
}

/**
 * Opens the checkpoint in folder `dir`. Throws UserError naming file, field or tensor, found and expected, when anything
 * is missing, damaged, left over or not a Mamba2 model. Close it after use.
 */
export async function openCheckpoint(
  dir: string,
  { normGroups }: CheckpointOptions = {},
): Promise<Checkpoint> {
  const configPath = join(dir, 'config.json');
  const parsed = parseConfig(await readTextFile(configPath, MAX_CONFIG_BYTES), configPath);
  const config = withNormGroups(parsed, normGroups);
  await refuseAdapter(dir);
  const source = await openWeights(dir);
  try {
    return await checkpointOf(dir, config, source);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Where the files differ from their config, or hold more than usual, the notes say so. */
async function checkpointOf(dir: string, given: Mamba2Config, stored: TensorSource): Promise<Checkpoint> {
  const notes = normNotes(given);
  const prefix = commonPrefix(stored.tensors.keys());
  const source = prefix === '' ? stored : withoutPrefix(stored, prefix);
  if (prefix !== '') {
    notes.push(`${source.file}: every tensor name begins with ${shownName(prefix)}: read without it`);
  }
  const padded = withStoredPadding(given, source);
  refuseInsteadOfWeights(source.tensors.values());
  const head = await ownHead(padded, source);
  if (head) {
    notes.push(
      `${head.file}: ${head.name} differs from the embedding, to which config.json ties it: the stored head is used`,
    );
  }
  const config = head ? Object.freeze({ ...padded, tieEmbeddings: false }) : padded;
  return new Checkpoint(dir, config, source, notes);
}

/** peft and transformers load an adapter that lies beside the weights without being asked. */
async function refuseAdapter(dir: string): Promise<void> {
  const path = join(dir, 'adapter_config.json');
  if (!(await isThere(path))) return;
  throw new UserError(
    `${path}: found an adapter beside the weights, expected weights with it merged in (merge_and_unload of peft)`,
  );
}

async function openWeights(dir: string): Promise<TensorSource> {
  for (const [name, openFile] of WEIGHT_FILES) {
    const path = join(dir, name);
    if (await isThere(path)) return openFile(path);
  }
  throw new UserError(
    `${dir}: found no weights, expected ${WEIGHT_FILES.map(([name]) => name).join(' or ')}`,
  );
}

/** An open checkpoint; made by `openCheckpoint`. */
export class Checkpoint {
  private readonly located: ReadonlyMap<TensorName, Located>;

  constructor(
    /** The folder. */
    readonly path: string,
    readonly config: Mamba2Config,
    private readonly source: TensorSource,
    /** What a user should know of how it was read, a line each. */
    readonly notes: readonly string[],
  ) {
    this.located = locateTensors(config, source);
  }

  /** Every tensor of the model, in order of use. `lmHead` is listed also when it is the embedding. */
  names(): TensorName[] {
    const names = [...this.located.keys()];
    return this.config.tieEmbeddings ? [...names, 'lmHead'] : names;
  }

  /** Whether the model has this tensor (biases depend on the config). */
  has(name: TensorName): boolean {
    return this.located.has(this.storedName(name));
  }

  /** Shape of a tensor; the convolution's is [dConv, convKernel]. */
  shape(name: TensorName): number[] {
    return [...this.find(name).spec.shape];
  }

  /** Reads a whole tensor. Throws UserError when a value is not finite or the file ends early. */
  async read(name: TensorName): Promise<Tensor> {
    const shape = this.shape(name);
    return { name, shape, data: await this.readChecked(name, 0, elements(shape)) };
  }

  /** Reads rows [first, first + count) of a two-dimensional tensor: [count, columns], row after row. */
  async readRows(name: TensorName, first: number, count: number): Promise<Tensor> {
    const [rows, columns] = this.shape(name);
    if (columns === undefined || !(first >= 0 && count >= 0 && first + count <= rows)) {
      throw new RangeError(`rows ${first} to ${first + count} of ${name} [${this.shape(name)}]`);
    }
    return {
      name,
      shape: [count, columns],
      data: await this.readChecked(name, first * columns, count * columns),
    };
  }

  /** Closes its files. */
  close(): Promise<void> {
    return this.source.close();
  }

  private storedName(name: TensorName): TensorName {
    return name === 'lmHead' && this.config.tieEmbeddings ? 'embedding' : name;
  }

  private find(name: TensorName): Located {
    const located = this.located.get(this.storedName(name));
    if (!located) throw new RangeError(`the model in ${this.path} has no tensor ${name}`);
    return located;
  }

  private async readChecked(name: TensorName, first: number, count: number): Promise<Float32Array> {
    const { stored } = this.find(name);
    const data = await this.source.readElements(stored.name, first, count);
    for (let i = 0; i < data.length; i++) {
      if (!Number.isFinite(data[i])) {
        throw new UserError(
          `${stored.file}: tensor ${stored.name}: found ${data[i]} at element ${first + i}, expected finite numbers`,
        );
      }
    }
    return data;
  }
}

const elements = (shape: readonly number[]): number => shape.reduce((n, size) => n * size, 1);

/**
 * transformers never reads `pad_vocab_size_multiple`, which converted configs carry along: there the table may have just
 * `vocab_size` rows. Its file decides.
 */
function withStoredPadding(config: Mamba2Config, source: TensorSource): Mamba2Config {
  if (config.layout !== 'huggingface') return config;
  const rows = findStored(tensorSpecs(config)[0], source)?.shape[0];
  return rows === config.vocabSize ? Object.freeze({ ...config, paddedVocabSize: config.vocabSize }) : config;
}
