import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { parseConfig } from './config.js';
import { dConv, dInProj, groupOfHead } from './mamba2-config.js';

const read = (path: string) => readFileSync(new URL(`../../../${path}/config.json`, import.meta.url), 'utf8');
const huggingFace = (fields: object) =>
  JSON.stringify({
    model_type: 'mamba2',
    hidden_size: 64,
    num_heads: 4,
    head_dim: 32,
    n_groups: 1,
    ...fields,
  });
const stateSpaces = (ssm: object, fields: object = {}) =>
  JSON.stringify({ d_model: 64, n_layer: 2, ssm_cfg: { layer: 'Mamba2', headdim: 32, ...ssm }, ...fields });
const parse = (text: string) => parseConfig(text, 'config.json');

describe('parseConfig', () => {
  it('reads the shipped model', () => {
    expect(parse(read('models/tiny-mamba2'))).toEqual({
      layout: 'huggingface',
      dModel: 192,
      nLayers: 6,
      dInner: 384,
      headDim: 64,
      nHeads: 6,
      dState: 64,
      nGroups: 1,
      convKernel: 4,
      expand: 2,
      chunkSize: 64,
      vocabSize: 256,
      paddedVocabSize: 256,
      normEps: 1e-5,
      tieEmbeddings: true,
      useBias: false,
      useConvBias: true,
      normBeforeGate: false,
      groupNorm: false,
      dtMin: 0,
      dtMax: Number.POSITIVE_INFINITY,
    });
  });

  it("has transformers' defaults", () => {
    const config = parse('{"model_type": "mamba2"}');
    expect(config).toMatchObject({
      dModel: 4096,
      nLayers: 64,
      nHeads: 128,
      headDim: 64,
      dState: 128,
      nGroups: 8,
    });
    expect(config).toMatchObject({ convKernel: 4, vocabSize: 32768, normEps: 1e-5, chunkSize: 256 });
    expect(config).toMatchObject({
      tieEmbeddings: false,
      useBias: false,
      useConvBias: true,
      groupNorm: true,
    });
    expect([dInProj(config), dConv(config)]).toEqual([2 * 8192 + 2 * 8 * 128 + 128, 8192 + 2 * 8 * 128]);
  });

  it.each([2, 3, 5, 8])('takes a convolution of %i taps', (taps) => {
    expect(parse(huggingFace({ conv_kernel: taps })).convKernel).toBe(taps);
    expect(parse(stateSpaces({ d_conv: taps })).convKernel).toBe(taps);
  });

  it("has state-spaces' defaults and pads the vocabulary", () => {
    const config = parse('{"ssm_cfg": {"layer": "Mamba2"}}');
    expect(config).toMatchObject({
      dModel: 2560,
      nLayers: 64,
      nHeads: 80,
      headDim: 64,
      dState: 128,
      nGroups: 1,
    });
    expect(config).toMatchObject({
      vocabSize: 50277,
      paddedVocabSize: 50280,
      tieEmbeddings: true,
      chunkSize: 256,
    });
    expect(parse(stateSpaces({}, { vocab_size: 50277, pad_vocab_size_multiple: 16 })).paddedVocabSize).toBe(
      50288,
    );
  });

  it('normalizes over groups where there are several', () => {
    expect(parse(stateSpaces({ ngroups: 2 })).groupNorm).toBe(true);
    expect(parse(stateSpaces({ ngroups: 1 })).groupNorm).toBe(false);
    expect(parse(huggingFace({ n_groups: 2 })).groupNorm).toBe(true);
  });

  it.each([
    ['Infinity', '[0.5, Infinity]'],
    ['a string', '[0.5, "Infinity"]'],
    ['an object', '[0.5, {"__float__": "Infinity"}]'],
  ])('reads infinity spelled as %s', (_, limit) => {
    const text = huggingFace({}).replace(
      '{',
      `{"time_step_limit": ${limit}, "note": "NaN Infinity -Infinity \\"", `,
    );
    expect(parse(text)).toMatchObject({ dtMin: 0.5, dtMax: Number.POSITIVE_INFINITY });
    const original = stateSpaces({ dt_limit: [0, 0.25] }).replace('[0,0.25]', limit);
    expect(parse(original)).toMatchObject({ dtMin: 0.5, dtMax: Number.POSITIVE_INFINITY });
  });

  it.each(['float64', 'torch.bfloat16'])('takes weights of type %s', (type) => {
    expect(parse(huggingFace({ torch_dtype: type })).dModel).toBe(64);
  });

  it('does not look at norm_before_gate where transformers does not', () => {
    expect(parse(huggingFace({ norm_before_gate: true })).normBeforeGate).toBe(false);
  });

  it.each([
    [huggingFace({ model_type: 'mamba' }), 'field model_type: found "mamba", expected "mamba2"'],
    ['{}', 'field model_type: found nothing, expected "mamba2"'],
    [
      huggingFace({ hidden_size: '64' }),
      'field hidden_size: found "64", expected an integer from 1 to 1048576',
    ],
    [huggingFace({ conv_kernel: 1 }), 'field conv_kernel: found 1, expected an integer from 2 to 8'],
    [huggingFace({ conv_kernel: 9 }), 'field conv_kernel: found 9, expected an integer from 2 to 8'],
    [stateSpaces({ d_conv: 1 }), 'field ssm_cfg.d_conv: found 1, expected an integer from 2 to 8'],
    [huggingFace({ state_size: 0 }), 'field state_size: found 0, expected an integer from 1 to 1048576'],
    [
      huggingFace({ num_heads: 5 }),
      'field num_heads: found 5, expected expand * hidden_size / head_dim = 128 / 32 heads',
    ],
    [huggingFace({ n_groups: 3 }), 'field n_groups: found 3, expected a divisor of the number of heads (4)'],
    [huggingFace({ hidden_act: 'gelu' }), 'field hidden_act: found "gelu", expected "silu" or "swish"'],
    [
      huggingFace({ layer_norm_epsilon: -1 }),
      'field layer_norm_epsilon: found -1, expected a number above 0',
    ],
    [huggingFace({ use_bias: 'no' }), 'field use_bias: found "no", expected true or false'],
    [huggingFace({ time_step_limit: [1, 0] }), 'field time_step_limit: found [1,0], expected two numbers'],
    [
      huggingFace({ torch_dtype: 'int8' }),
      'field torch_dtype: found "int8", expected "float32" or "float16"',
    ],
    [stateSpaces({ layer: 'Mamba1' }), 'field ssm_cfg.layer: found "Mamba1", expected "Mamba2"'],
    ['{"d_model": 64, "ssm_cfg": {}}', 'field ssm_cfg.layer: found nothing, expected "Mamba2"'],
    ['{"d_model": 64}', 'field ssm_cfg: found nothing, expected object'],
    [stateSpaces({}, { attn_layer_idx: [1] }), 'field attn_layer_idx: found [1], expected an empty list'],
    [stateSpaces({}, { d_intermediate: 8 }), 'field d_intermediate: found 8, expected 0'],
    [stateSpaces({}, { rms_norm: false }), 'field rms_norm: found false, expected true'],
    [stateSpaces({ norm_before_gate: true }), 'field ssm_cfg.norm_before_gate: found true, expected false'],
    [stateSpaces({ rmsnorm: false }), 'field ssm_cfg.rmsnorm: found false, expected true'],
    [stateSpaces({ D_has_hdim: true }), 'field ssm_cfg.D_has_hdim: found true, expected false'],
    [
      stateSpaces({ headdim: 48 }),
      'field ssm_cfg.headdim: found 48, expected a divisor of expand * d_model = 128',
    ],
    [stateSpaces({ d_ssm: 64 }), 'field ssm_cfg.d_ssm: found 64, expected expand * d_model = 128'],
    [
      stateSpaces({ ngroups: 3 }),
      'field ssm_cfg.ngroups: found 3, expected a divisor of the number of heads (4)',
    ],
    [stateSpaces({ headim: 32 }), 'field ssm_cfg.headim: found an option that Mamba2 does not have'],
    ['[]', 'found [], expected a JSON object'],
    ['{"a": 1,}', 'not valid JSON'],
    ['{"a": -Infinit}', 'not valid JSON'],
  ])('refuses %s', (text, message) => {
    expect(() => parse(text)).toThrow(`config.json: ${message}`);
    expect(() => parse(text)).toThrow(UserError);
  });

  it('never throws anything but a UserError, whatever a field holds', () => {
    const base = JSON.parse(read('test/data/reference/hf-bf16'));
    const original = JSON.parse(read('test/data/reference/statespaces-bin'));
    const field = fc.constantFrom(
      ...Object.keys(base),
      ...Object.keys(original),
      ...Object.keys(original.ssm_cfg),
    );
    fc.assert(
      fc.property(field, fc.jsonValue(), fc.constantFrom(base, original), (key, value, json) => {
        const changed = { ...json, [key]: value };
        if (json === original) changed.ssm_cfg = { ...original.ssm_cfg, [key]: value };
        try {
          parse(JSON.stringify(changed));
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives consecutive heads a group each', () => {
    const config = parse(huggingFace({ n_groups: 2 }));
    expect([0, 1, 2, 3].map((head) => groupOfHead(config, head))).toEqual([0, 0, 1, 1]);
  });
});
