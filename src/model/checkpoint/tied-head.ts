/** A head that is stored although the config ties it to the embedding: whether it is the embedding after all. */
import type { Mamba2Config } from '../config/mamba2-config.js';
import type { StoredTensor, TensorSource } from '../file/tensor-source.js';
import { findStored, locate } from './locate-tensors.js';
import { headSpec, tensorSpecs } from './tensors.js';

/** Elements of each tensor in memory at a time. */
const PIECE = 1 << 20;

/**
 * The head that a tied config has of its own: stored, and different from the embedding in any value. Undefined when none is
 * stored or they are equal. Throws UserError when its shape is not the embedding's.
 */
export async function ownHead(config: Mamba2Config, source: TensorSource): Promise<StoredTensor | undefined> {
  if (!config.tieEmbeddings || !findStored(headSpec(config), source)) return undefined;
  const head = locate(headSpec(config), source);
  const embedding = locate(tensorSpecs(config)[0], source);
  return (await areEqual(source, head, embedding)) ? undefined : head;
}

/** Compares values, whatever the types they are stored in. Both have the same shape. */
async function areEqual(source: TensorSource, a: StoredTensor, b: StoredTensor): Promise<boolean> {
  if (a.place !== undefined && a.place === b.place) return true;
  const elements = a.shape.reduce((n, size) => n * size, 1);
  for (let first = 0; first < elements; first += PIECE) {
    const count = Math.min(PIECE, elements - first);
    const left = await source.readElements(a.name, first, count);
    const right = await source.readElements(b.name, first, count);
    for (let i = 0; i < count; i++) if (left[i] !== right[i]) return false;
  }
  return true;
}
