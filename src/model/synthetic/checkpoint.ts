/**
 * Makes checkpoints with random weights of any shape, the published Mamba2 sizes among them, in the Hugging Face layout:
 * for trying the chain at real dimensions without a download. The same seed gives the same bytes; the folder appears
 * when it is whole.
 */
import { access, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../errors.js';
import { makeFolder } from '../../util/make-folder.js';
import { tensorSpecs } from '../checkpoint/tensors.js';
import { parseConfig } from '../config/config.js';
import type { Mamba2Config } from '../config/mamba2-config.js';
import { PUBLISHED_SIZES, type ShapeFields } from '../config/published-sizes.js';
import type { WrittenType } from '../file/float-encode.js';
import { byteTokenizerJson } from '../tokenizer/byte-alphabet.js';
import { type TensorToWrite, writeSafetensors } from './safetensors-writer.js';
import { syntheticElements } from './weights.js';

/** Shapes by name: the published models, and a tiny one. */
export const NAMED_SHAPES: Readonly<Record<string, ShapeFields>> = {
  tiny: {
    ...PUBLISHED_SIZES['130m'],
    hidden_size: 64,
    num_hidden_layers: 2,
    num_heads: 4,
    head_dim: 32,
    state_size: 32,
    vocab_size: 256,
  },
  ...PUBLISHED_SIZES,
};

/** What to make. */
export interface SyntheticOptions {
  /** Fields of config.json; what is missing has transformers' default. */
  readonly fields: ShapeFields;
  readonly seed: number;
  readonly type: WrittenType;
  /** Largest size of one weight file, bytes. */
  readonly maxShardBytes: number;
}

const TORCH_TYPE: Record<WrittenType, string> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** Makes the folder `dir`; throws UserError when it is there already or the shape does not hold. */
export async function makeSyntheticCheckpoint(dir: string, options: SyntheticOptions): Promise<Mamba2Config> {
  const target = resolve(dir);
  const present = await access(target).then(
    () => true,
    () => false,
  );
  if (present) throw new UserError(`${dir}: found a file or folder, expected none of this name`);
  const json = `${JSON.stringify(
    {
      architectures: ['Mamba2ForCausalLM'],
      model_type: 'mamba2',
      ...options.fields,
      torch_dtype: TORCH_TYPE[options.type],
    },
    null,
    2,
  )}\n`;
  const config = parseConfig(json, 'config.json');
  makeFolder(dirname(target));
  const temporary = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  try {
    await writeFile(join(temporary, 'config.json'), json);
    if (config.vocabSize >= 256) await writeFile(join(temporary, 'tokenizer.json'), byteTokenizerJson());
    await writeSafetensors(
      temporary,
      tensorsToWrite(config, options.seed),
      options.type,
      options.maxShardBytes,
    );
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  return config;
}

function tensorsToWrite(config: Mamba2Config, seed: number): TensorToWrite[] {
  return tensorSpecs(config).map(({ name, shape, fileNames }) => ({
    name: name === 'lmHead' ? fileNames[0] : `backbone.${fileNames[0]}`,
    shape: name.endsWith('.convWeight') ? [shape[0], 1, shape[1]] : shape,
    elements: syntheticElements(config, name, seed),
  }));
}
