/** measurements/rtl-cycles.json: cycles of full-size accelerators as RTL. */
import { z } from 'zod';
import { amount, count, type Described, digest, size, text } from '../util/schema-parts.js';

const measuredRow = z.strictObject({
  size: text('a published size'),
  preset: z.enum(['paper', 'auto']).describe('preset of the planner'),
  device: text('board'),
  bits: size('bits of the weights of in_proj and out_proj; 8 where absent').exactOptional(),
  headBits: size("bits of the LM head's weights; 8 where absent").exactOptional(),
  plan: digest('digest of the plan'),
  tool: text('name and version of the simulator'),
  runs: z.array(
    z.strictObject({
      tokens: count('tokens of the call'),
      sequences: size(
        'sequences that they belong to, as many tokens of each; 1 where absent',
      ).exactOptional(),
      layers: size(
        'layers that were run and overlap; absent where one was run by itself, of hardware whose layers do not overlap',
      ).exactOptional(),
      layerCycles: count('cycles of a layer in the steady state, measured'),
      plannedLayerCycles: count('cycles of a layer in the steady state, planned'),
      headCycles: count('cycles of the head, measured; only of calls of one token a sequence').nullable(),
      plannedHeadCycles: count(
        'cycles of the head, planned; only of calls of one token a sequence',
      ).nullable(),
      modelCycles: count(
        'cycles of the whole model: the layers that were run, further ones as in the steady state, and the head for a token of each sequence',
      ).exactOptional(),
      plannedModelCycles: count('the same sum of planned cycles').exactOptional(),
      bytes: count('bytes of residual rows, states and logits compared with the golden model'),
      mismatches: count('bytes that differ'),
      busy: z
        .strictObject({ matIn: amount('in_proj'), matOut: amount('out_proj') })
        .describe('cycles in which each MAT array moved, a layer'),
    }),
  ),
});

/** What was measured of one accelerator: layers for several numbers of tokens, the head for one. */
export type MeasuredRow = Described<typeof measuredRow>;

export const measurementsSchema = z.strictObject({ rows: z.array(measuredRow) });
