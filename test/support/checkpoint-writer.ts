/** Writes tiny checkpoints for tests, in every layout and file format, with whatever tensors a test adds or changes. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tensorSpecs } from '../../src/model/checkpoint/tensors.js';
import { parseConfig } from '../../src/model/config/config.js';
import type { WrittenType } from '../../src/model/file/float-encode.js';
import { writeSafetensors } from '../../src/model/synthetic/safetensors-writer.js';
import { syntheticElements } from '../../src/model/synthetic/weights.js';
import { pickle, tensorPickle, torchZip } from './torch-writer.js';

/** A tensor by its name in the file. */
export interface TestTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
export type TestTensors = Map<string, TestTensor>;

export const LAYOUTS = ['huggingface', 'state-spaces'] as const;
export type Layout = (typeof LAYOUTS)[number];
export const FORMATS = ['safetensors', 'sharded', 'bin', 'sharded bin'] as const;
export type Format = (typeof FORMATS)[number];

/** config.json of a model of width 32 with 2 layers, 4 heads of 16 and 64 tokens, as the layout spells it. */
export function tinyConfig(layout: Layout, { tied = false, groups = 1, convKernel = 4 } = {}): object {
  if (layout === 'state-spaces') {
    const ssm = { layer: 'Mamba2', d_state: 16, headdim: 16, ngroups: groups, d_conv: convKernel };
    return { d_model: 32, n_layer: 2, vocab_size: 64, ssm_cfg: ssm, tie_embeddings: tied };
  }
  return {
    model_type: 'mamba2',
    ...{ hidden_size: 32, num_hidden_layers: 2, num_heads: 4, head_dim: 16, state_size: 16 },
    ...{ n_groups: groups, conv_kernel: convKernel, vocab_size: 64, tie_word_embeddings: tied },
  };
}

/** Random weights for it under the names that its layout uses. */
export function tinyTensors(config: object, seed = 1): TestTensors {
  const parsed = parseConfig(JSON.stringify(config), 'config.json');
  const usual = parsed.layout === 'huggingface' ? 0 : -1;
  return new Map(
    tensorSpecs(parsed).map(({ name, shape, fileNames }) => {
      const file = name === 'lmHead' ? fileNames[0] : `backbone.${fileNames.at(usual)}`;
      const data = syntheticElements(parsed, name, seed)(shape.reduce((n, size) => n * size, 1));
      return [file, { shape: name.endsWith('convWeight') ? [shape[0], 1, shape[1]] : shape, data }];
    }),
  );
}

/** Writes folder `dir`: config.json and the weights; what lay there is gone. */
export async function writeCheckpoint(
  dir: string,
  config: object,
  tensors: TestTensors,
  format: Format = 'safetensors',
  type: WrittenType = 'F32',
): Promise<void> {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
  if (format.endsWith('bin')) writeTorch(dir, tensors, format === 'bin' ? 1 : 2);
  else {
    const list = [...tensors].map(([name, { shape, data }]) => {
      let at = 0;
      const elements = (count: number) => data.subarray(at, (at += count));
      return { name, shape, elements };
    });
    await writeSafetensors(dir, list, type, format === 'sharded' ? 30_000 : 1e9);
  }
}

function writeTorch(dir: string, tensors: TestTensors, files: number): void {
  const entries = [...tensors];
  const weightMap: Record<string, string> = {};
  for (let file = 0; file < files; file++) {
    const own = entries.filter((_, i) => i % files === file);
    const name = files === 1 ? 'pytorch_model.bin' : `pytorch_model-0000${file + 1}-of-0000${files}.bin`;
    const items = own.map(([tensor, { shape, data }], key): [Buffer, Buffer] => {
      const strides = shape.map((_, i) => shape.slice(i + 1).reduce((n, size) => n * size, 1));
      const view = { key: String(key), storageLength: data.length, offset: 0, shape, strides };
      return [pickle.text(tensor), tensorPickle(view)];
    });
    const storages = own.map(([, { data }], key) => [String(key), new Uint8Array(data.slice().buffer)]);
    const bytes = torchZip(pickle.stream(pickle.dict(items)), Object.fromEntries(storages), 0);
    writeFileSync(join(dir, name), bytes);
    for (const [tensor] of own) weightMap[tensor] = name;
  }
  if (files > 1)
    writeFileSync(join(dir, 'pytorch_model.bin.index.json'), JSON.stringify({ weight_map: weightMap }));
}

/** Takes a tensor off the index of a sharded checkpoint; its file keeps it. */
export function unlist(dir: string, tensor: string): void {
  const index = join(dir, readdirSync(dir).find((name) => name.endsWith('.index.json'))!);
  const json = JSON.parse(readFileSync(index, 'utf8'));
  delete json.weight_map[tensor];
  writeFileSync(index, JSON.stringify(json));
}
