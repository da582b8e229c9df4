/**
 * A plan: plain data that prints as JSON. Every figure in it is planned, that is computed by a model of the hardware (schedules, the timed
 * simulation of the layer network, area counts), never measured; reports must not mix them with measured or published figures.
 * The types follow from the schema.
 */
import { z } from 'zod';
import {
  amount,
  count,
  type Described,
  digest,
  fieldsOf,
  flag,
  share,
  size,
  text,
} from '../util/schema-parts.js';
import type { Resources, UnitResources } from './area/resources.js';
import { arraySchema, dimsSchema, matSchema, shapeSchema } from './shape-schema.js';
import type { Traffic } from './time/traffic.js';

export const resourcesSchema = fieldsOf<Resources>({
  lut: amount('look-up tables'),
  ff: amount('flip-flops'),
  dsp: amount('DSP blocks'),
  bram36: amount('block RAMs of 36 Kbit; a half is one of 18 Kbit'),
});

const processSchema = z.strictObject({
  name: text('name in the network'),
  unit: text("the paper's name of the unit, or a plain word"),
  lanes: z
    .array(z.int().positive())
    .describe('lanes of its widest operation, rows x columns where it is a matrix'),
  interval: size('cycles between iterations: the largest of its nests'),
  depth: size('stages from first to last operation: the largest of its nests'),
  resources: resourcesSchema,
  busyDecode: share('share of the cycles of a call of one token in which it starts an iteration'),
  busyPrefill: share('share of the cycles of a long prompt in which it starts an iteration'),
});

const channelSchema = z.strictObject({
  name: text('name in the network'),
  type: text('word, in the kernel language'),
  bits: size('width of a word, bits'),
  depth: size('words it holds'),
  from: text('process that writes'),
  to: text('process that reads'),
  resources: resourcesSchema,
});

const portSchema = z.strictObject({
  name: text('name in the network'),
  direction: z.enum(['read', 'write']).describe('seen from the accelerator'),
  bits: size('width of its AXI master, bits'),
  resources: resourcesSchema,
});

const boundSchema = z
  .strictObject({
    kind: z.enum(['engine', 'memory']).describe('a process, or the memory of the board'),
    name: text('which process; memory for the memory'),
    share: share('share of the cycles in which it works'),
  })
  .describe('what bounds a speed');

const prefillSchema = z.strictObject({
  tokens: size('length of the prompt, tokens'),
  chunks: size('chunks it is cut into'),
  layerCycles: count('cycles of a layer, from the end of the one before it to its own'),
  headCycles: count('cycles that the head adds'),
  fillCycles: z.int().describe('cycles that the first layers take more'),
  from: z
    .enum(['simulation', 'extrapolation'])
    .describe('whether the timed simulation ran this length, or it is a straight line through two that ran'),
  cycles: count('cycles of all layers and of the head for the last token'),
  tokensPerSecond: amount('tokens a second'),
  bound: boundSchema,
});

const decodeSchema = z.strictObject({
  layerCycles: count('cycles of a layer, from the end of the one before it to its own'),
  headCycles: count('cycles that the head adds'),
  fillCycles: z.int().describe('cycles that the first layers take more'),
  cycles: count('cycles of all layers and the head'),
  tokensPerSecond: amount('tokens a second'),
  bound: boundSchema,
});

const batchSchema = decodeSchema.extend({
  sequences: size('sequences of which the call has one token each'),
  tokensPerSecond: amount('tokens a second of all sequences together'),
  bytes: count('bytes that the call moves over the external ports'),
});

const speculationSchema = z.strictObject({
  drafts: size('drafts of a call'),
  tokensPerCall: amount('tokens that a call makes on average: drafts that are right, and one more'),
  cycles: count('cycles of all layers over the tokens of the call before it and the drafts, and of the head'),
  tokensPerSecond: amount('tokens a second'),
});

const packedSchema = z.strictObject({
  prompts: size('prompts in the call'),
  tokens: size('tokens of each'),
  cycles: count('cycles of all layers, and of the head for the last token of each'),
  tokensPerSecond: amount('tokens a second of all together'),
  onePromptCycles: count('cycles of one prompt with as many tokens'),
});

const rooflineSchema = z
  .strictObject({
    pinBytesPerSecond: amount('bytes a second at the pins of the memory'),
    streamBytesPerSecond: amount('bytes a second that long streams get'),
    decodeBytes: amount('bytes that one token moves'),
    decodeTokensPerSecondAtPins: amount('tokens a second in decode at the rate of the pins'),
    decodeTokensPerSecondOfStreams: amount('tokens a second in decode at the rate of long streams'),
    macsPerCycle: count('linear products a cycle of both arrays'),
    prefillTokensPerSecondOfArrays: amount('tokens a second in prefill if the arrays never paused'),
  })
  .describe('what no accelerator on this board exceeds with these words and arrays');

const frontSchema = z.strictObject({
  shape: z.strictObject({
    inProj: matSchema,
    outProj: matSchema,
    ssm: arraySchema,
    chunkTokens: size('tokens a chunk'),
  }),
  resources: resourcesSchema,
  areaShare: amount('largest share of a resource of the device'),
  decodeTokensPerSecond: amount('tokens a second in decode, estimated by the search'),
  prefillTokensPerSecond: amount('tokens a second in prefill, estimated by the search'),
  isChosen: flag('whether this is the plan'),
});

const unitSchema = fieldsOf<UnitResources>({
  name: text('name of the instance'),
  unit: text("the paper's name of the unit, or a plain word"),
  resources: resourcesSchema,
});

const trafficSchema = fieldsOf<Traffic>({
  weights: amount('bytes of weights'),
  rescale: amount('bytes of multipliers, shifts and biases of output channels'),
  parameters: amount('bytes of the parameters of a layer'),
  state: amount('bytes of the states, read and written'),
  residual: amount('bytes of the residual stream'),
  logits: amount('bytes of logits'),
});

export const planSchema = z.strictObject({
  version: z.literal(1).describe('version of this format'),
  figures: z.literal('planned').describe('what every figure in the plan is'),
  model: z.strictObject({ name: text('name'), layers: size('layers'), dims: dimsSchema }),
  preset: text('preset of the planner'),
  notes: z.array(z.string()).describe('remarks for a reader'),
  device: z.strictObject({
    name: text('board'),
    part: text("the vendor's part number"),
    clockMHz: amount('clock of the kernel, MHz'),
  }),
  shape: shapeSchema,
  processes: z.array(processSchema).describe('processes of the layer network, in its order'),
  channels: z.array(channelSchema).describe('FIFOs between them'),
  ports: z.array(portSchema).describe('external ports'),
  frame: z
    .array(unitSchema)
    .describe(
      'what joins the units: top, control registers, region, and the AXI master that reads descriptors',
    ),
  resources: z.strictObject({
    used: resourcesSchema.describe('sum of all units'),
    shell: resourcesSchema
      .nullable()
      .describe('what the board takes beside the kernel; null where that is not counted or not known'),
    device: resourcesSchema.describe('what the device has'),
    budget: resourcesSchema.describe('what the planner allows the kernel of the device'),
    fits: flag('within the device'),
    withinBudget: flag('within the budget'),
  }),
  decode: decodeSchema.describe('one token, all layers and the head'),
  batches: z
    .array(batchSchema)
    .describe('one token each of several sequences in one call, where that was asked for'),
  prefill: z.array(prefillSchema).describe('prompts of some lengths'),
  speculation: z.array(speculationSchema).describe('decode with drafts, where it was asked for').optional(),
  packed: packedSchema.describe('prompts packed end to end, where that was asked for').optional(),
  traffic: z
    .strictObject({
      decodeToken: trafficSchema.describe('a token in decode'),
      prefillChunk: trafficSchema.describe('a chunk in prefill'),
    })
    .describe('bytes over the external ports'),
  roofline: rooflineSchema,
  front: z
    .array(frontSchema)
    .exactOptional()
    .describe("the search's Pareto front, of a preset that is searched"),
  digest: digest(
    'digest of what is built (dimensions, device, shape, FIFOs as canonical JSON): plans of one digest are the same hardware',
  ),
});

/** A planned accelerator: shape, every unit, FIFO and port, area, cycles, traffic, roofline. */
export type Plan = Described<typeof planSchema>;
/** A process of the layer network. */
export type ProcessPlan = Described<typeof processSchema>;
/** A FIFO. */
export type ChannelPlan = Described<typeof channelSchema>;
/** An external port: its AXI master. */
export type PortPlan = Described<typeof portSchema>;
/** What bounds a speed: an engine (a process) or the memory, and the share of the cycles in which it works. */
export type Bound = Described<typeof boundSchema>;
/** Prefill of a prompt of `tokens`. */
export type SpeculationPlan = Described<typeof speculationSchema>;
export type PrefillPlan = Described<typeof prefillSchema>;
/** One token, all layers and the head. */
export type DecodePlan = Described<typeof decodeSchema>;
/** Prompts packed end to end in one call. */
export type PackedPlan = Described<typeof packedSchema>;
/** One token each of several sequences. */
export type BatchPlan = Described<typeof batchSchema>;
/** What no accelerator on this board could exceed with these words and arrays. */
export type RooflinePlan = Described<typeof rooflineSchema>;
/** A point of the search's Pareto front; figures are the search's estimates (planned). */
export type FrontPoint = Described<typeof frontSchema>;
