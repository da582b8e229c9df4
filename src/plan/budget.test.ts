import { describe, expect, test } from 'vitest';
import { loadDevice } from './board/device.js';
import { budgetOf, shellOf, shortOf } from './budget.js';

describe('budgetOf', async () => {
  const device = await loadDevice('vc709');

  test('the whole margins are the paper’s totals, rounded up to a tenth of a thousandth of the device', () => {
    // Table IV: 334,784 LUT, 3,333 DSP, 956 BRAM36; the margins are shares with two to four digits.
    const whole = budgetOf(device, 'none');
    expect(whole.lut).toBe(334_776);
    expect(whole.dsp).toBe(3330);
    expect(whole.bram36).toBe(955);
  });

  test('the shell’s share is taken from the margins unless told otherwise', () => {
    expect(shellOf(device)).toEqual({ lut: 44_120, ff: 46_022, dsp: 0, bram36: 0 });
    expect(budgetOf(device)).toEqual({ lut: 290_656, ff: 690_418, dsp: 3330, bram36: 955 });
    expect(shellOf(device, 'none')).toBeNull();
  });

  test('a board without figures gives the kernel all of the margins', () => {
    const { shell: _, ...bare } = device;
    expect(shellOf(bare)).toBeNull();
    expect(budgetOf(bare)).toEqual(budgetOf(device, 'none'));
  });

  test('a shell that is larger than the margin leaves nothing', () => {
    const shell = { source: 'made up', lut: 400_000, ff: 0, dsp: 0, bram36: 0.5 };
    expect(budgetOf({ ...device, shell })).toMatchObject({ lut: 0, bram36: 954.5 });
    expect(shortOf({ lut: 1, ff: 0, dsp: 0, bram36: 0 }, budgetOf({ ...device, shell }))).toEqual(['lut']);
  });
});
