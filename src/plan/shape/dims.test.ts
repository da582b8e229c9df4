import { describe, expect, test } from 'vitest';
import { UserError } from '../../errors.js';
import { parseConfig } from '../../model/config/config.js';
import { completeOptions } from '../../quant/quantize/quantize.js';
import { checkDims, type HardwareOptions, modelDims } from './dims.js';

const config = parseConfig(
  JSON.stringify({
    model_type: 'mamba2',
    hidden_size: 768,
    num_hidden_layers: 24,
    state_size: 128,
    head_dim: 64,
    num_heads: 24,
    n_groups: 1,
    expand: 2,
    conv_kernel: 4,
    vocab_size: 50288,
    tie_word_embeddings: true,
  }),
  'config.json',
);
const options: HardwareOptions = completeOptions({});

describe('modelDims', () => {
  test('blocks of the online transforms by mode', () => {
    const hats = (hadamard: HardwareOptions['hadamard']) => {
      const { hatIn, hatOut } = modelDims(config, { ...options, hadamard });
      return [hatIn, hatOut];
    };
    expect(hats('folded')).toEqual([1, 256]);
    expect(hats('online')).toEqual([256, 256]);
    expect(hats('none')).toEqual([1, 1]);
  });

  test('the rest comes from the config', () => {
    expect(modelDims(config, options)).toMatchObject({
      dModel: 768,
      dInner: 1536,
      nHeads: 24,
      headDim: 64,
      dState: 128,
      nGroups: 1,
      convKernel: 4,
      vocabRows: 50288,
      groupNorm: false,
      stateBits: 24,
    });
  });

  test('weights of fewer bits than 8 say how they lie in memory', () => {
    expect(modelDims(config, options)).not.toHaveProperty('weights');
    const narrow = completeOptions({ weightBits: 4 });
    expect(modelDims(config, narrow).weights).toEqual({ bits: 4, headBits: 8, group: 128 });
    expect(() => modelDims(config, completeOptions({ weightBits: 8, headBits: 4 }))).toThrow(
      /head bits: found 4, expected 8 or more/,
    );
  });

  test('golden-only ablations are refused by name', () => {
    expect(() => modelDims(config, { ...options, hadamard: 'smooth' })).toThrow(
      /hadamard: found smooth, expected/,
    );
    expect(() => modelDims(config, { ...options, nau: 'paper' })).toThrow(/nau: found paper, expected ours/);
  });

  test('what the hardware cannot take is refused with field, found and expected', () => {
    const dims = modelDims(config, options);
    expect(() => checkDims({ ...dims, nGroups: 5 })).toThrow(
      /nGroups: found 5, expected a divisor of nHeads = 24/,
    );
    expect(() => checkDims({ ...dims, dInner: 1500 })).toThrow(
      /dInner: found 1500, expected nHeads x headDim/,
    );
    expect(() => checkDims({ ...dims, stateBits: 25 })).toThrow(UserError);
    expect(() => checkDims({ ...dims, hatOut: 512 })).toThrow(/hatOut: found 512, expected 1 or 256/);
    expect(() => checkDims({ ...dims, dModel: 0 })).toThrow(/dModel: found 0/);
  });
});
