/** Shifts, slices, wraps and saturation at every width, on ties, ends and neighbours of powers of two: where representations change. */
import { expect, test } from 'vitest';
import { NetworkBuilder } from '../build/network-builder.js';
import type { Val } from '../build/value.js';
import { type ElementType, elementFor, printType, rangeOf, sint, typeOf, uint } from '../type.js';
import { compileNetwork } from './interpret.js';

const widths = [5, 31, 32, 33, 48, 51, 52, 53, 54, 64];
const elements = widths.flatMap((bits) => [sint(bits), uint(bits)]);

/** Odd multiples of halves of powers of two and what is next to them, inside the type. */
function interesting(element: ElementType): bigint[] {
  const { lo, hi } = rangeOf(element);
  const found = new Set([lo, lo + 1n, hi, hi - 1n, 0n, 1n]);
  for (let bit = 0n; bit <= 64n; bit++)
    for (const factor of [-3n, -1n, 1n, 3n])
      for (const near of [-1n, 0n, 1n]) {
        const value = factor * 2n ** bit + near;
        if (value >= lo && value <= hi) found.add(value);
      }
  return [...found];
}

const floor = (v: bigint, by: bigint) => v >> by;
/** floor(v / 2^by + 1/2), with numerator and denominator doubled. */
const rounded = (v: bigint, by: bigint) => (2n * v + 2n ** by) >> (by + 1n);

test.each(elements.map((element) => [printType({ element, shape: [] }), element] as const))(
  'values of %s',
  (_, element) => {
    const net = new NetworkBuilder('widths', 'All kinds of cuts.');
    const input = net.channel('input', typeOf(element), 'values');
    const count = net.channel('count', typeOf(uint(7)), 'shift counts');
    const counts = [0n, 1n, 31n, 32n, 53n, 64n];
    const values = interesting(element).flatMap((v, i) =>
      [i, i + 2, i + 5].map((c) => [v, counts[c % counts.length]] as const),
    );
    const expected: Record<string, (v: bigint, by: bigint) => bigint> = {};
    net.process('p', 'test', 'p', (p) =>
      p.nest('n', [{ index: 'i', bound: values.length }], () => {
        const v = p.read(input);
        const by = p.read(count).min(64);
        const check = (name: string, made: () => Val, meaning: (v: bigint, by: bigint) => bigint) => {
          const result = made();
          p.write(net.channel(name, typeOf(elementFor(result.range)), name), result);
          expected[name] = meaning;
        };
        check('shr', () => v.shr(by), floor);
        check('round', () => v.roundShift(by), rounded);
        for (const c of [1, 2, 20, 31, 32, 33, 52, 53, 64]) {
          check(
            `shr${c}`,
            () => v.shr(c),
            (x) => floor(x, BigInt(c)),
          );
          check(
            `round${c}`,
            () => v.roundShift(c),
            (x) => rounded(x, BigInt(c)),
          );
        }
        for (const bits of [1, 8, 31, 32, 33, 40, 53, 54, 63, 64]) {
          check(
            `ws${bits}`,
            () => v.wrap(sint(bits)),
            (x) => BigInt.asIntN(bits, x),
          );
          check(
            `wu${bits}`,
            () => v.wrap(uint(bits)),
            (x) => BigInt.asUintN(bits, x),
          );
          for (const [name, to] of [
            [`ss${bits}`, sint(bits)],
            [`su${bits}`, uint(bits)],
          ] as const) {
            const { lo, hi } = rangeOf(to);
            check(
              name,
              () => v.saturate(to),
              (x) => (x < lo ? lo : x > hi ? hi : x),
            );
          }
          for (const lo of [0, 1, 9, 31, 32, 40])
            if (lo + bits <= 64)
              check(
                `slice${bits}_${lo}`,
                () => v.slice(lo + bits - 1, lo),
                (x) => BigInt.asUintN(bits, x >> BigInt(lo)),
              );
        }
      }),
    );
    const { channels } = compileNetwork(net.build()).run({
      inputs: { input: values.map(([v]) => v), count: values.map(([, by]) => by) },
    });
    const wrong: string[] = [];
    for (const [name, meaning] of Object.entries(expected))
      values.forEach(([v, by], i) => {
        if (BigInt(channels[name][i]) !== meaning(v, by))
          wrong.push(`${name} of ${v}, ${by}: ${channels[name][i]}`);
      });
    expect(wrong).toEqual([]);
  },
);
