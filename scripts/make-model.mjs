#!/usr/bin/env node
// Makes a checkpoint with random weights of a given shape; `npm run build` first. The work is in src/model/synthetic.ts.
import { parseArgs } from 'node:util';
import { makeSyntheticCheckpoint, NAMED_SHAPES } from '../dist/model/synthetic.js';

const usage = `usage: make-model.mjs <folder> [--shape ${Object.keys(NAMED_SHAPES).join('|')}] [--set field=value]...
                      [--seed n] [--type F32|F16|BF16] [--shard-mb n]

  --set  replaces a field of config.json, e.g. --set n_groups=2 --set tie_word_embeddings=false`;

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      shape: { type: 'string', default: 'tiny' },
      set: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string', default: '1' },
      type: { type: 'string', default: 'F16' },
      'shard-mb': { type: 'string', default: '2000' },
      help: { type: 'boolean', default: false },
    },
  });
  const seed = Number(values.seed);
  const shardMb = Number(values['shard-mb']);
  const isRight =
    positionals.length === 1 &&
    Object.hasOwn(NAMED_SHAPES, values.shape) &&
    ['F32', 'F16', 'BF16'].includes(values.type) &&
    Number.isSafeInteger(seed) &&
    shardMb > 0;
  if (values.help || !isRight) {
    console.error(usage);
    return values.help ? 0 : 2;
  }
  const fields = { ...NAMED_SHAPES[values.shape] };
  for (const assignment of values.set) {
    const [name, ...rest] = assignment.split('=');
    fields[name] = JSON.parse(rest.join('='));
  }
  const start = performance.now();
  const options = { fields, seed, type: values.type, maxShardBytes: shardMb * 1e6 };
  const config = await makeSyntheticCheckpoint(positionals[0], options);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${positionals[0]}: ${config.nLayers} layers of width ${config.dModel}, ${values.type}, seed ${seed}, ${seconds} s`,
  );
  return 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error.exitCode === 2 || error instanceof SyntaxError || error.code ? `make-model: ${error.message}` : error);
    process.exitCode = 2;
  },
);
