import { describe, expect, it } from 'vitest';
import { tinyConfig } from '../../../test/support/checkpoint-writer.js';
import { parseConfig } from './config.js';
import { normGroupsOf, normNotes, withNormGroups } from './norm-groups.js';

const config = (groups: number) => parseConfig(JSON.stringify(tinyConfig('huggingface', { groups })), 'c');

describe('the width of the gated norm', () => {
  it('is a group unless told otherwise', () => {
    expect(normGroupsOf(config(4))).toBe(4);
    expect(normGroupsOf(withNormGroups(config(4), 4))).toBe(4);
    expect(normGroupsOf(withNormGroups(config(4), 1))).toBe(1);
    expect(normGroupsOf(withNormGroups(config(1), 1))).toBe(1);
  });

  it('is told where there is a choice', () => {
    expect(normNotes(config(1))).toEqual([]);
    expect(normNotes(config(4))).toEqual([
      expect.stringContaining('n_groups 4: the gated norm runs over each group (--norm-groups 4'),
    ]);
    expect(normNotes(withNormGroups(config(4), 1))).toEqual([
      expect.stringContaining('over the whole width (--norm-groups 1'),
    ]);
  });

  it('is nothing between', () => {
    expect(() => withNormGroups(config(4), 2)).toThrow('--norm-groups: found 2, expected 1 or 4');
    expect(() => withNormGroups(config(1), 4)).toThrow(
      '--norm-groups: found 4, expected 1: the model has one',
    );
  });
});
