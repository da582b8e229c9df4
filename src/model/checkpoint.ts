/**
 * A checkpoint folder: config.json and the weights, whatever their layout and spelling, read one tensor (or some rows of
 * one) at a time under our own names, so that peak memory is near the largest tensor. That all tensors are there and
 * have the shapes of the config is checked when it is opened; a value that is not finite when it is read.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { type Mamba2Config, parseConfig } from './config.js';
import { readTextFile } from './random-access-file.js';
import { openSafetensors } from './safetensors.js';
import { openSharded } from './sharded.js';
import type { StoredTensor, TensorSource } from './tensor-source.js';
import { type Tensor, type TensorName, type TensorSpec, tensorSpecs } from './tensors.js';
import { openTorchFile } from './torch-file.js';

export { layerTensor, type Tensor, type TensorName } from './tensors.js';

const MAX_CONFIG_BYTES = 1 << 20;

const WEIGHT_FILES: [string, (path: string) => Promise<TensorSource>][] = [
  ['model.safetensors', openSafetensors],
  ['model.safetensors.index.json', (path) => openSharded(path, openSafetensors)],
  ['pytorch_model.bin', openTorchFile],
  ['pytorch_model.bin.index.json', (path) => openSharded(path, openTorchFile)],
];

/**
 * Opens the checkpoint in folder `dir`. Throws UserError naming file, field or tensor, found and expected, when anything
 * is missing, damaged or not a Mamba2 model. Close it after use.
 */
export async function openCheckpoint(dir: string): Promise<Checkpoint> {
  const configPath = join(dir, 'config.json');
  const config = parseConfig(await readTextFile(configPath, MAX_CONFIG_BYTES), configPath);
  const source = await openWeights(dir);
  try {
    return new Checkpoint(dir, withStoredPadding(config, source), source);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function openWeights(dir: string): Promise<TensorSource> {
  for (const [name, openFile] of WEIGHT_FILES) {
    const path = join(dir, name);
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists) return openFile(path);
  }
  throw new UserError(
    `${dir}: found no weights, expected ${WEIGHT_FILES.map(([name]) => name).join(' or ')}`,
  );
}

interface Located {
  readonly spec: TensorSpec;
  readonly stored: StoredTensor;
}

/** An open checkpoint; made by `openCheckpoint`. */
export class Checkpoint {
  private readonly located = new Map<TensorName, Located>();

  constructor(
    /** The folder. */
    readonly path: string,
    readonly config: Mamba2Config,
    private readonly source: TensorSource,
  ) {
    for (const spec of tensorSpecs(config))
      this.located.set(spec.name, { spec, stored: locate(spec, source) });
    refuseUnexpectedTensors(config, source);
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
  const [{ fileNames }] = tensorSpecs(config);
  const stored = spellingsOf(fileNames).map((name) => source.tensors.get(name));
  const isUnpadded = stored.some((tensor) => tensor?.shape[0] === config.vocabSize);
  return isUnpadded ? Object.freeze({ ...config, paddedVocabSize: config.vocabSize }) : config;
}

/** Names that files use: transformers writes the prefix, some conversions do not. */
const spellingsOf = (fileNames: readonly string[]): string[] =>
  fileNames.flatMap((name) => [`backbone.${name}`, name]);

function locate(spec: TensorSpec, source: TensorSource): StoredTensor {
  const spellings = spellingsOf(spec.fileNames);
  const name = spellings.find((spelling) => source.tensors.has(spelling));
  if (name === undefined) {
    const usual = spec.name === 'lmHead' ? spec.fileNames[0] : spellings[0];
    throw new UserError(`${source.file}: tensor ${usual}: found none, expected shape [${spec.shape}]`);
  }
  const stored = source.tensors.get(name)!;
  // PyTorch keeps the depthwise convolution as [channels, 1, taps].
  const expected = spec.name.endsWith('.convWeight') ? [spec.shape[0], 1, spec.shape[1]] : spec.shape;
  if (![spec.shape, expected].some((shape) => String(shape) === String(stored.shape))) {
    throw new UserError(
      `${stored.file}: tensor ${name}: found shape [${stored.shape}], expected [${expected}]`,
    );
  }
  return stored;
}

/** A layer or a bias that the config does not know would change the result if it were left out in silence. */
function refuseUnexpectedTensors(config: Mamba2Config, source: TensorSource): void {
  for (const { name, file } of source.tensors.values()) {
    const layer = /^(?:backbone\.)?layers\.(\d+)\.(.*)$/.exec(name);
    if (layer && Number(layer[1]) >= config.nLayers) {
      throw new UserError(
        `${file}: tensor ${name}: found layer ${layer[1]}, expected ${config.nLayers} layers by config.json`,
      );
    }
    if (layer && /^mixer\.(in_proj|out_proj)\.bias$/.test(layer[2]) && !config.useBias) {
      throw new UserError(`${file}: tensor ${name}: found a bias, expected none by config.json`);
    }
    if (layer && layer[2] === 'mixer.conv1d.bias' && !config.useConvBias) {
      throw new UserError(`${file}: tensor ${name}: found a bias, expected none by config.json`);
    }
  }
}
