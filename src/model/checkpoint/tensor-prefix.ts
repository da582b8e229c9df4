/**
 * What wrappers put before the name of every tensor: `module.` (DataParallel), `_orig_mod.` (torch.compile), `model.` and
 * the like, one or several. A source is then seen without it.
 */
import type { StoredTensor, TensorSource } from '../file/tensor-source.js';

/** Where the names of a Mamba2 model begin. */
const ROOTS = ['backbone', 'embeddings', 'embedding', 'layers', 'norm_f', 'lm_head'];

/** The parts that all names begin with and that are no part of a model's own; with a dot after each, empty for none. */
export function commonPrefix(names: Iterable<string>): string {
  let common: string[] | undefined;
  for (const name of names) {
    // The last part names the tensor itself.
    const parts = name.split('.').slice(0, -1);
    const root = parts.findIndex((part) => ROOTS.includes(part));
    const before = root < 0 ? parts : parts.slice(0, root);
    common ??= before;
    const differs = common.findIndex((part, i) => part !== before[i]);
    if (differs >= 0) common = common.slice(0, differs);
    if (common.length === 0) break;
  }
  return (common ?? []).map((part) => `${part}.`).join('');
}

/** The source with `prefix` taken off every name. Errors still name the file; the names in them are the short ones. */
export function withoutPrefix(source: TensorSource, prefix: string): TensorSource {
  const short = (name: string) => name.slice(prefix.length);
  const tensors = new Map<string, StoredTensor>();
  for (const tensor of source.tensors.values()) {
    tensors.set(short(tensor.name), { ...tensor, name: short(tensor.name) });
  }
  return {
    file: source.file,
    tensors,
    readElements: (name, first, count) => source.readElements(prefix + name, first, count),
    close: () => source.close(),
  };
}
