/**
 * Writes .safetensors files tensor by tensor, a piece at a time: one file, or several with an index when the model is
 * larger than `maxShardBytes`.
 */
import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeFloats, type WrittenType } from '../file/float-encode.js';
import type { ElementSource } from './weights.js';

/** A tensor to be written. */
export interface TensorToWrite {
  /** Name in the file. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly elements: ElementSource;
}

/** Elements encoded at a time. */
const PIECE = 1 << 18;

/** Writes the tensors into folder `dir`; returns the names of the files. */
export async function writeSafetensors(
  dir: string,
  tensors: readonly TensorToWrite[],
  type: WrittenType,
  maxShardBytes: number,
): Promise<string[]> {
  const shards = splitIntoShards(tensors, type, maxShardBytes);
  const total = String(shards.length).padStart(5, '0');
  const names = shards.map((_, i) =>
    shards.length === 1
      ? 'model.safetensors'
      : `model-${String(i + 1).padStart(5, '0')}-of-${total}.safetensors`,
  );
  for (const [i, shard] of shards.entries()) await writeShard(join(dir, names[i]), shard, type);
  if (shards.length === 1) return names;
  const index = {
    metadata: { total_size: tensors.reduce((sum, tensor) => sum + byteSize(tensor, type), 0) },
    weight_map: Object.fromEntries(shards.flatMap((shard, i) => shard.map(({ name }) => [name, names[i]]))),
  };
  const indexName = 'model.safetensors.index.json';
  await writeFile(join(dir, indexName), `${JSON.stringify(index, null, 2)}\n`);
  return [...names, indexName];
}

const elementCount = (tensor: TensorToWrite): number => tensor.shape.reduce((n, size) => n * size, 1);

const byteSize = (tensor: TensorToWrite, type: WrittenType): number =>
  elementCount(tensor) * (type === 'F32' ? 4 : 2);

function splitIntoShards(
  tensors: readonly TensorToWrite[],
  type: WrittenType,
  maxBytes: number,
): TensorToWrite[][] {
  const shards: TensorToWrite[][] = [[]];
  let bytes = 0;
  for (const tensor of tensors) {
    const size = byteSize(tensor, type);
    if (bytes > 0 && bytes + size > maxBytes) {
      shards.push([]);
      bytes = 0;
    }
    shards[shards.length - 1].push(tensor);
    bytes += size;
  }
  return shards;
}

async function writeShard(path: string, tensors: readonly TensorToWrite[], type: WrittenType): Promise<void> {
  let position = 0;
  const entries = tensors.map((tensor) => {
    const begin = position;
    position += byteSize(tensor, type);
    return [tensor.name, { dtype: type, shape: tensor.shape, data_offsets: [begin, position] }];
  });
  const json = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) });
  const header = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = await open(path, 'wx');
  try {
    await file.writeFile(Buffer.concat([length, header]));
    for (const tensor of tensors) await writeTensor(file, tensor, type);
  } finally {
    await file.close();
  }
}

async function writeTensor(file: FileHandle, tensor: TensorToWrite, type: WrittenType): Promise<void> {
  const total = elementCount(tensor);
  for (let at = 0; at < total; at += PIECE) {
    await file.writeFile(encodeFloats(type, tensor.elements(Math.min(PIECE, total - at))));
  }
}
