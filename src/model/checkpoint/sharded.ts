/**
 * A checkpoint in several weight files with an index (`model.safetensors.index.json`, `pytorch_model.bin.index.json`)
 * whose `weight_map` says in which file each tensor lies. Files must lie beside the index.
 */
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../errors.js';
import { type JsonObject, shown } from '../../util/lenient-json.js';
import { readJsonObject } from '../../util/text-file.js';
import type { StoredTensor, TensorSource } from '../file/tensor-source.js';

const MAX_INDEX_BYTES = 64 << 20;
const MAX_SHARDS = 1000;

/** Opens every file that the index names with `openShard`; UserError when index and files do not agree. */
export async function openSharded(
  indexPath: string,
  openShard: (path: string) => Promise<TensorSource>,
): Promise<TensorSource> {
  const weightMap = checkWeightMap(await readJsonObject(indexPath, MAX_INDEX_BYTES), indexPath);
  const shards = new Map<string, TensorSource>();
  const source = new ShardedSource(indexPath, shards);
  try {
    for (const [name, shardName] of weightMap) {
      let shard = shards.get(shardName);
      if (!shard) {
        if (shards.size === MAX_SHARDS)
          throw new UserError(`${indexPath}: found more than ${MAX_SHARDS} files`);
        shard = await openShard(join(dirname(indexPath), shardName));
        shards.set(shardName, shard);
      }
      const stored = shard.tensors.get(name);
      if (!stored)
        throw new UserError(`${indexPath}: tensor ${name}: found none in ${shardName}, expected one`);
      source.add(stored, shard);
    }
    for (const [shardName, shard] of shards) addUnlisted(source, shardName, shard);
    return source;
  } catch (error) {
    await source.close();
    throw error;
  }
}

function checkWeightMap({ weight_map: map }: JsonObject, path: string): [string, string][] {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw new UserError(
      `${path}: field weight_map: found ${shown(map)}, expected tensor names with their files`,
    );
  }
  for (const [name, file] of Object.entries(map)) {
    const isPlain = typeof file === 'string' && basename(file) === file && !/[\\/\0]|^\.*$/.test(file);
    if (!isPlain) {
      throw new UserError(
        `${path}: field weight_map.${name}: found ${shown(file)}, expected a file name in this folder`,
      );
    }
  }
  return Object.entries(map) as [string, string][];
}

/** Tensors that the index leaves out are in the model that PyTorch loads all the same. */
function addUnlisted(source: ShardedSource, shardName: string, shard: TensorSource): void {
  for (const stored of shard.tensors.values()) {
    const listed = source.tensors.get(stored.name);
    if (!listed) source.add(stored, shard);
    else if (listed !== stored) {
      throw new UserError(
        `${source.file}: tensor ${stored.name}: found one also in ${shardName}, expected it in ${basename(listed.file)} only`,
      );
    }
  }
}

class ShardedSource implements TensorSource {
  readonly tensors = new Map<string, StoredTensor>();
  private readonly shardOf = new Map<string, TensorSource>();

  constructor(
    readonly file: string,
    private readonly shards: ReadonlyMap<string, TensorSource>,
  ) {}

  add(stored: StoredTensor, shard: TensorSource): void {
    this.tensors.set(stored.name, stored);
    this.shardOf.set(stored.name, shard);
  }

  readElements(name: string, first: number, count: number): Promise<Float32Array> {
    return this.shardOf.get(name)!.readElements(name, first, count);
  }

  async close(): Promise<void> {
    await Promise.all([...this.shards.values()].map((shard) => shard.close()));
  }
}
