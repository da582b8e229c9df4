/** What `plan --compare paper --json` prints: planned, measured and published figures, kept apart. */
import { z } from 'zod';
import { SHELL_CHOICES } from '../plan/budget.js';
import { planSchema, resourcesSchema } from '../plan/plan-types.js';
import { amount, count, type Described, share, size, text } from '../util/schema-parts.js';

const measuredSchema = z
  .strictObject({
    tool: text('name and version of the simulator'),
    decode: z
      .strictObject({
        layerCycles: count('cycles of a layer, one token'),
        headCycles: count('cycles of the head, one token'),
        tokensPerSecond: amount('tokens a second'),
        rooflineShare: share("share of the roofline at the memory's pins"),
      })
      .nullable(),
    batches: z
      .array(
        z.strictObject({
          sequences: size('sequences of which the call has one token each'),
          layerCycles: count('cycles of a layer'),
          headCycles: count('cycles of the head'),
          tokensPerSecond: amount('tokens a second of all sequences together'),
        }),
      )
      .describe('calls of several sequences'),
    prefill: z
      .strictObject({
        tokens: size('length of the prompt, tokens'),
        layerCycles: count('cycles of a layer'),
        cyclesPerToken: amount('cycles a token and layer'),
        tokensPerSecond: amount('tokens a second, with the head for the last token'),
        busyIn: share('share of the cycles in which the in_proj array works on a tile'),
        busyOut: share('share of the cycles in which the out_proj array works on a tile'),
        usefulProducts: share("share of both arrays' products that the model needs"),
      })
      .nullable(),
    firstToken: z
      .array(
        z.strictObject({
          tokens: size('length of the prompt, tokens'),
          seconds: amount('time to the first token, seconds'),
        }),
      )
      .describe('from the start of the call for a prompt to the logits of its last token'),
    offPlan: amount("largest difference of a call's measured cycles from the planned ones, as a share"),
    bytes: count('bytes of residual rows, states and logits compared with the golden model'),
    mismatches: count('bytes that differ'),
  })
  .describe(
    'speeds that follow from measured cycles: of some layers that overlap, of further ones as in the steady state, and of the head',
  );

const presetSchema = z.strictObject({
  preset: text('preset of the planner'),
  shell: z.enum(SHELL_CHOICES).describe("whether the kernel leaves room for the board's shell"),
  bits: size('bits of the weights of in_proj and out_proj'),
  headBits: size("bits of the LM head's weights"),
  plan: planSchema,
  measured: measuredSchema.nullable().describe('null where this plan was not measured'),
});

const modelSchema = z.strictObject({
  size: text('a published size'),
  presets: z.array(presetSchema),
  published: z
    .strictObject({ decodeTokensPerSecond: amount('tokens a second in decode') })
    .nullable()
    .describe('what the paper gives for this size'),
  others: z
    .array(
      z.strictObject({
        name: text('system, its formats and its board'),
        source: text('where it was published'),
        decodeTokensPerSecond: amount('tokens a second in decode'),
      }),
    )
    .describe('what others published for this size'),
});

export const comparisonSchema = z.strictObject({
  device: z.strictObject({
    name: text('board'),
    part: text("the vendor's part number"),
    clockMHz: amount('clock of the kernel, MHz'),
  }),
  models: z.array(modelSchema),
  publishedArea: resourcesSchema.describe("area of the paper's accelerator"),
  limits: z.strictObject({
    area: resourcesSchema.describe('what the device has'),
    bytesPerSecond: amount('bytes a second at the pins of the memory'),
  }),
});

export type MeasuredSpeed = Described<typeof measuredSchema>;
export type ComparedPreset = Described<typeof presetSchema>;
export type ComparedModel = Described<typeof modelSchema>;
export type Comparison = Described<typeof comparisonSchema>;
