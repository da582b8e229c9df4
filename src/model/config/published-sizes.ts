/** The published Mamba2 sizes by name, as fields of a Hugging Face config.json: for planning without a checkpoint, and for random weights. */
import { parseConfig } from './config.js';
import type { Mamba2Config } from './mamba2-config.js';

/** Fields of a Hugging Face config.json that define a shape. */
export type ShapeFields = Readonly<Record<string, unknown>>;

const published = (hiddenSize: number, layers: number): ShapeFields => ({
  hidden_size: hiddenSize,
  num_hidden_layers: layers,
  num_heads: (2 * hiddenSize) / 64,
  head_dim: 64,
  state_size: 128,
  n_groups: 1,
  conv_kernel: 4,
  expand: 2,
  vocab_size: 50288,
  tie_word_embeddings: true,
});

/** The published sizes. */
export const PUBLISHED_SIZES = {
  '130m': published(768, 24),
  '370m': published(1024, 48),
  '780m': published(1536, 48),
  '1.3b': published(2048, 48),
  '2.7b': published(2560, 64),
} as const;

/** Name of a published size. */
export type PublishedSize = keyof typeof PUBLISHED_SIZES;

/** Whether `name` is a published size. */
export function isPublishedSize(name: string): name is PublishedSize {
  return Object.hasOwn(PUBLISHED_SIZES, name);
}

/** Config of a published size. */
export function publishedConfig(size: PublishedSize): Mamba2Config {
  return parseConfig(JSON.stringify({ model_type: 'mamba2', ...PUBLISHED_SIZES[size] }), `mamba2-${size}`);
}
