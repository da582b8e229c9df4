/** What `verify --campaign` leaves and prints: random networks, each drawn from its seed, simulated against the interpreter. */
import { z } from 'zod';
import { count, type Described, size, text } from '../util/schema-parts.js';
import { shardSchema } from '../util/shards.js';

export const CAMPAIGN_FORMAT = 'fastmamba-campaign';

export const campaignHeadSchema = z.strictObject({
  format: z.literal(CAMPAIGN_FORMAT).describe('what this file is'),
  version: z.literal(1).describe('version of this format'),
  generator: text('version of the package that drew the networks'),
  engine: z
    .enum(['csim', 'verilator', 'cxxrtl'])
    .describe('the emitted C++, or the emitted RTL in a simulator'),
  seeds: z.strictObject({ first: count('the first seed'), last: count('the last seed') }),
  processes: size('processes of a network'),
  operations: size('operations of a process'),
  shard: shardSchema('seed first + k is in shard k modulo count, plus 1'),
});

export const campaignSchema = z.strictObject({
  head: campaignHeadSchema,
  networks: z
    .array(
      z.strictObject({
        seed: count('what it was drawn from'),
        words: count('words compared with the interpreter'),
        mismatches: count('words that differ'),
        problem: text(
          'why it did not run to its end, or the first channel that differs; null if it is right',
        ).nullable(),
      }),
    )
    .describe('by seed'),
});

export type CampaignHead = Described<typeof campaignHeadSchema>;
export type Campaign = Described<typeof campaignSchema>;
export type CampaignNetwork = Campaign['networks'][number];
