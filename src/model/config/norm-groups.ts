/**
 * Over what the gated norm runs where B and C have several groups. The code that models are trained with (mamba_ssm, its
 * fused kernel in transformers too) and llama.cpp normalize each group's part of dInner; transformers without that kernel
 * takes the whole width. Weights do not tell which is right, so that a caller can choose.
 */
import { UserError } from '../../errors.js';
import type { Mamba2Config } from './mamba2-config.js';

/** Parts that the gated norm runs over: 1 for the whole width. */
export function normGroupsOf({ groupNorm, nGroups }: Mamba2Config): number {
  return groupNorm ? nGroups : 1;
}

/** The config with so many parts; as it is when undefined. Throws UserError for what is neither 1 nor the number of groups. */
export function withNormGroups(config: Mamba2Config, normGroups: number | undefined): Mamba2Config {
  if (normGroups === undefined) return config;
  const { nGroups } = config;
  if (normGroups !== 1 && normGroups !== nGroups) {
    const expected = nGroups === 1 ? '1: the model has one group' : `1 or ${nGroups}, the model's groups`;
    throw new UserError(`--norm-groups: found ${normGroups}, expected ${expected}`);
  }
  return Object.freeze({ ...config, groupNorm: normGroups > 1 });
}

/** Says which was taken, where there is a choice. */
export function normNotes(config: Mamba2Config): string[] {
  const { nGroups, groupNorm } = config;
  if (nGroups === 1) return [];
  const width = groupNorm ? 'each group' : 'the whole width';
  const choice = `--norm-groups ${normGroupsOf(config)}; ${groupNorm ? '1 for the whole width' : `${nGroups} for each group`}`;
  return [`n_groups ${nGroups}: the gated norm runs over ${width} (${choice})`];
}
