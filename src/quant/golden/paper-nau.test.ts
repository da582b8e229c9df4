import { describe, expect, it } from 'vitest';
import { paperNau } from './paper-nau.js';

describe("the paper's NAU", () => {
  it('is 2^(1.4375 x) to interpolation: 1e-3 of it, whatever the argument', () => {
    for (let w = 0; w < 2 ** 23; w += 97) {
      const exact = 2 ** ((-1.4375 * Math.LN2 * w) / 2 ** 20);
      const error = paperNau.exp2neg(w) / 2 ** 17 - exact;
      if (error > 1e-3 * exact + 2 ** -18 || error < -(2 ** -16))
        throw new Error(`exp2neg(${w}) is off by ${error}`);
    }
    expect(paperNau.exp2neg(0)).toBe(2 ** 17 - 1);
    expect(paperNau.exp2neg(2 ** 25 - 1)).toBe(0);
  });

  it('has the errors the paper implies: 2^-9.2 for e^-x, 0.307 at 0 and 44 % at worst for SoftPlus', () => {
    let exp = 0;
    for (let w = 0; w < 2 ** 23; w += 97) {
      exp = Math.max(exp, Math.abs(paperNau.exp2neg(w) / 2 ** 17 - 2 ** (-w / 2 ** 20)));
    }
    expect(Math.log2(exp)).toBeCloseTo(-9.2, 0);
    const nats = (x: number) => (paperNau.softplus2(x) / 2 ** 20) * Math.LN2;
    expect(nats(0)).toBeCloseTo(1, 4);
    let relative = 0;
    for (let x = -32768; x < 32768; x++) {
      const exact = Math.log1p(Math.exp((x / 2048) * Math.LN2));
      expect(paperNau.softplus2(x)).toBeGreaterThan(0);
      if (x > -8 * 2048) relative = Math.max(relative, nats(x) / exact - 1);
    }
    expect(relative).toBeGreaterThan(0.43);
    expect(relative).toBeLessThan(0.45);
  });
});
