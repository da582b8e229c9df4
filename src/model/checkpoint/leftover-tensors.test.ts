import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  FORMATS,
  LAYOUTS,
  tinyConfig,
  tinyTensors,
  unlist,
  writeCheckpoint,
} from '../../../test/support/checkpoint-writer.js';
import { userErrorOf } from '../../../test/support/damage.js';
import { openCheckpoint } from './checkpoint.js';

const root = mkdtempSync(join(tmpdir(), 'leftover-'));
afterAll(() => rmSync(root, { recursive: true }));
const dir = join(root, 'model');

const open = async () => {
  await (await openCheckpoint(dir)).close();
};
const small = { shape: [2], data: Float32Array.of(1, 2) };

const KINDS: [string, string][] = [
  ['backbone.layers.0.mixer.in_proj.lora_A.default.weight', 'an adapter that is not merged'],
  ['backbone.layers.1.mixer.out_proj.lora_B.weight', 'an adapter that is not merged'],
  ['backbone.layers.0.mixer.in_proj.lora_magnitude_vector', 'an adapter that is not merged'],
  ['backbone.layers.0.mixer.x_adapter.weight', 'an adapter that is not merged'],
  ['backbone.layers.0.norm.bias', 'a bias of a LayerNorm'],
  ['backbone.norm_f.bias', 'a bias of a LayerNorm'],
  ['backbone.layers.0.mixer.norm.bias', 'a bias of a LayerNorm'],
  ['lm_head.bias', 'a bias of the head'],
  ['backbone.layers.0.mlp.fc1.weight', 'a part of an MLP'],
  ['backbone.layers.0.norm2.weight', 'a part of an MLP'],
  ['backbone.layers.0.mixer.in_proj.weight.absmax', 'a leftover of another quantization'],
  ['backbone.layers.0.mixer.in_proj.weight_scale', 'a leftover of another quantization'],
  ['backbone.layers.0.mixer.in_proj.SCB', 'a leftover of another quantization'],
  [
    'backbone.layers.0.mixer.out_proj.weight.quant_state.bitsandbytes__nf4',
    'a leftover of another quantization',
  ],
  ['backbone.layers.0.self_attn.q_proj.weight', 'a part of an attention'],
  ['mtp.layers.0.weight', 'a part of a multi-token head'],
  ['optimizer.state.0.exp_avg', 'a state of training'],
  ['backbone.layers.0.mixer.init_states', 'a state to begin with'],
  ['backbone.layers.0.mixer.in_proj.bias', 'a bias, expected none by config.json'],
  ['backbone.layers.2.mixer.D', 'layer 2, expected 2 layers by config.json'],
  ['layers.0.mixer.D', 'a second one of it'],
  ['whatever', 'a tensor that Mamba2 does not have, expected none of this name'],
  ['a\nb', 'a tensor that Mamba2 does not have'],
];

describe('a tensor that the model does not read', () => {
  it.each(KINDS)('%j is refused by name, in every layout and format', async (name, found) => {
    for (const layout of LAYOUTS) {
      for (const format of FORMATS) {
        const config = tinyConfig(layout);
        await writeCheckpoint(dir, config, tinyTensors(config).set(name, small), format);
        const message = await userErrorOf(open);
        expect(message).toContain(`: tensor ${name.replace('\n', '\\n')}: found ${found}`);
        expect(message!.split('\n').length).toBe(1);
      }
    }
  });

  it.each(['sharded', 'sharded bin'] as const)(
    'is refused where the index of %s leaves it out',
    async (format) => {
      const config = tinyConfig('huggingface');
      await writeCheckpoint(dir, config, tinyTensors(config).set('extra', small), format);
      unlist(dir, 'extra');
      expect(await userErrorOf(open)).toContain('tensor extra: found a tensor that Mamba2 does not have');
    },
  );

  it('is read over where it is a known constant', async () => {
    const config = tinyConfig('huggingface');
    const tensors = tinyTensors(config)
      .set('backbone.layers.0.rotary_emb.inv_freq', small)
      .set('backbone.position_ids', small);
    for (const format of FORMATS) {
      await writeCheckpoint(dir, config, tensors, format);
      expect(await userErrorOf(open)).toBeUndefined();
    }
  });

  it('may lie in a folder as an adapter beside whole weights', async () => {
    const config = tinyConfig('huggingface');
    await writeCheckpoint(dir, config, tinyTensors(config));
    writeFileSync(join(dir, 'adapter_config.json'), '{}');
    expect(await userErrorOf(open)).toContain('adapter_config.json: found an adapter beside the weights');
  });

  it('is refused before weights are missed that it wraps', async () => {
    const config = tinyConfig('huggingface');
    const wrapped = [...tinyTensors(config)].map(
      ([name, tensor]) => [name.replace('in_proj.weight', 'in_proj.base_layer.weight'), tensor] as const,
    );
    await writeCheckpoint(dir, config, new Map(wrapped));
    expect(await userErrorOf(open)).toContain('found an adapter that is not merged');
  });
});

describe('a prefix before every name', () => {
  it.each(['_orig_mod.', 'module.', 'model.', 'module._orig_mod.', '_forward_module.model.'])(
    '%s is read over and told',
    async (prefix) => {
      for (const layout of LAYOUTS) {
        for (const format of FORMATS) {
          for (const tied of [false, true]) {
            const config = tinyConfig(layout, { tied });
            const tensors = tinyTensors(config);
            const named = [...tensors].map(([name, tensor]) => [prefix + name, tensor] as const);
            await writeCheckpoint(dir, config, new Map(named), format);
            const checkpoint = await openCheckpoint(dir);
            expect(checkpoint.notes).toEqual([
              expect.stringContaining(`every tensor name begins with ${prefix}: read without it`),
            ]);
            const { data } = await checkpoint.read('layers.1.outProj');
            expect(data).toEqual(tensors.get('backbone.layers.1.mixer.out_proj.weight')!.data);
            await checkpoint.close();
          }
        }
      }
    },
  );

  it('is not a part of the model', async () => {
    const config = tinyConfig('huggingface', { tied: true });
    await writeCheckpoint(dir, config, tinyTensors(config));
    const checkpoint = await openCheckpoint(dir);
    expect(checkpoint.notes).toEqual([]);
    await checkpoint.close();
  });

  it('stays, and is pointed to, where a tensor has none', async () => {
    const config = tinyConfig('huggingface');
    const named = [...tinyTensors(config)].map(
      ([name, tensor]) => [name === 'lm_head.weight' ? name : `_orig_mod.${name}`, tensor] as const,
    );
    await writeCheckpoint(dir, config, new Map(named));
    expect(await userErrorOf(open)).toMatch(
      /tensor backbone\.embeddings\.weight: found none, .*; there is _orig_mod\.backbone\.embeddings\.weight$/,
    );
  });
});
