/** Finds the tensors of a model in a weight file, in whatever spelling, and sees to it that nothing in the file is left over. */
import { UserError } from '../../errors.js';
import type { Mamba2Config } from '../config/mamba2-config.js';
import type { StoredTensor, TensorSource } from '../file/tensor-source.js';
import { headSpec, type TensorName, type TensorSpec, tensorSpecs } from './tensors.js';
import { refuseUnused, shownName } from './unknown-tensors.js';

/** A tensor of the model and where it is stored. */
export interface Located {
  readonly spec: TensorSpec;
  readonly stored: StoredTensor;
}

/**
 * Every tensor of a model of this config. Throws UserError naming the tensor when one is missing or of another shape, and
 * when the file holds one that the model does not read.
 */
export function locateTensors(config: Mamba2Config, source: TensorSource): Map<TensorName, Located> {
  const located = new Map<TensorName, Located>();
  for (const spec of tensorSpecs(config)) located.set(spec.name, { spec, stored: locate(spec, source) });
  const used = new Set([...located.values()].map(({ stored }) => stored.name));
  const copy = config.tieEmbeddings ? findStored(headSpec(config), source) : undefined;
  if (copy) used.add(copy.name);
  const unused = [...source.tensors.values()].filter(({ name }) => !used.has(name));
  for (const tensor of unused) refuseAgainstConfig(tensor, config);
  refuseSecondSpelling(config, unused);
  refuseUnused(unused);
  return located;
}

/** Where the file has the tensor; undefined when it has none. */
export function findStored({ fileNames }: TensorSpec, source: TensorSource): StoredTensor | undefined {
  const name = spellingsOf(fileNames).find((spelling) => source.tensors.has(spelling));
  return name === undefined ? undefined : source.tensors.get(name);
}

/** The same; UserError when it has none, or of another shape. */
export function locate(spec: TensorSpec, source: TensorSource): StoredTensor {
  const stored = findStored(spec, source);
  if (!stored) {
    const usual = spec.name === 'lmHead' ? spec.fileNames[0] : spellingsOf(spec.fileNames)[0];
    const like = [...source.tensors.keys()].find((name) => name.endsWith(`.${spec.fileNames[0]}`));
    const hint = like === undefined ? '' : `; there is ${shownName(like)}`;
    throw new UserError(`${source.file}: tensor ${usual}: found none, expected shape [${spec.shape}]${hint}`);
  }
  // PyTorch keeps the depthwise convolution as [channels, 1, taps].
  const expected = spec.name.endsWith('.convWeight') ? [spec.shape[0], 1, spec.shape[1]] : spec.shape;
  if (![spec.shape, expected].some((shape) => String(shape) === String(stored.shape))) {
    throw new UserError(
      `${stored.file}: tensor ${stored.name}: found shape [${stored.shape}], expected [${expected}]`,
    );
  }
  return stored;
}

/** Names that files use: transformers writes the prefix, some conversions do not. */
const spellingsOf = (fileNames: readonly string[]): string[] =>
  fileNames.flatMap((name) => [`backbone.${name}`, name]);

/** A layer or a bias that the config does not know: one of the two is of another model. */
function refuseAgainstConfig({ name, file }: StoredTensor, config: Mamba2Config): void {
  const layer = /^(?:backbone\.)?layers\.(\d+)\.(.*)$/.exec(name);
  if (layer && Number(layer[1]) >= config.nLayers) {
    throw new UserError(
      `${file}: tensor ${shownName(name)}: found layer ${layer[1]}, expected ${config.nLayers} layers by config.json`,
    );
  }
  if (layer && /^mixer\.(in_proj|out_proj|conv1d)\.bias$/.test(layer[2])) {
    throw new UserError(`${file}: tensor ${name}: found a bias, expected none by config.json`);
  }
}

/** Two spellings of one tensor: only one of them would be read. */
function refuseSecondSpelling(config: Mamba2Config, unused: readonly StoredTensor[]): void {
  const known = new Set([...tensorSpecs(config), headSpec(config)].flatMap((s) => spellingsOf(s.fileNames)));
  const second = unused.find(({ name }) => known.has(name));
  if (second) {
    throw new UserError(`${second.file}: tensor ${second.name}: found a second one of it, expected one`);
  }
}
