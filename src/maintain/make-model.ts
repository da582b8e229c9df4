/** `npm run make-model`: makes a checkpoint with random weights of a given shape. The work is in src/model/synthetic. */
import { parseArgs } from 'node:util';
import { UserError } from '../errors.js';
import type { WrittenType } from '../model/file/float-encode.js';
import { makeSyntheticCheckpoint, NAMED_SHAPES } from '../model/synthetic/checkpoint.js';
import { badUsage, runMain } from './run-main.js';

const TYPES: readonly WrittenType[] = ['F32', 'F16', 'BF16'];

const usage = `npm run make-model -- <folder> [--shape ${Object.keys(NAMED_SHAPES).join('|')}]
                         [--set field=value]... [--seed n] [--type F32|F16|BF16] [--shard-mb n]

  --set  replaces a field of config.json, e.g. --set n_groups=2 --set tie_word_embeddings=false`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      shape: { type: 'string', default: 'tiny' },
      set: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string', default: '1' },
      type: { type: 'string', default: 'F16' },
      'shard-mb': { type: 'string', default: '2000' },
    },
  });
  const seed = Number(values.seed);
  const shardMb = Number(values['shard-mb']);
  const type = TYPES.find((known) => known === values.type);
  const [folder, ...more] = positionals;
  const shape = Object.hasOwn(NAMED_SHAPES, values.shape) ? NAMED_SHAPES[values.shape] : undefined;
  if (folder === undefined || more.length > 0 || !shape || !type) return badUsage(usage);
  if (!Number.isSafeInteger(seed) || !(shardMb > 0)) return badUsage(usage);
  const fields = { ...shape, ...Object.fromEntries(values.set.map(assignment)) };
  const start = performance.now();
  const options = { fields, seed, type, maxShardBytes: shardMb * 1e6 };
  const config = await makeSyntheticCheckpoint(folder, options);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(
    `${folder}: ${config.nLayers} layers of width ${config.dModel}, ${type}, seed ${seed}, ${seconds} s\n`,
  );
  return 0;
}

/** A field and its value, of field=value. Throws UserError. */
function assignment(text: string): [string, unknown] {
  const [name, ...rest] = text.split('=');
  try {
    return [name, JSON.parse(rest.join('='))];
  } catch {
    throw new UserError(`--set ${text}: expected field=value with a value in JSON, as in n_groups=2`);
  }
}

await runMain(main);
