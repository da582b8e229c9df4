/**
 * ap_int / ap_uint of host/include against the manual's rules in BigInt: every operator, result type and stored form, at
 * corner and random values (seeded), for widths over and under every native size and for wide words.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/util/random.js';
import { type Case, expected, expectedWithC } from './ap_expected.js';
import { type Ap, type ApType, ap } from './ap_oracle.js';

const ROOT = join(import.meta.dirname, '..', '..');
const INCLUDE = join(ROOT, 'host', 'include');

const random = new Random(20250518, 'ap_int');
const below = (n: number): number => random.integer(0, n - 1);
function randomBits(w: number): bigint {
  let v = 0n;
  for (let i = 0; i < w; i += 32) v = (v << 32n) | BigInt(random.bits());
  return BigInt.asUintN(w, v);
}

/** Corners of the type, then random values, a third of them short ones. */
function value(t: ApType, k: number): Ap {
  const top = 1n << BigInt(t.w - 1);
  const corners = [0n, 1n, -1n, top, top - 1n, -top, top + 1n, 2n];
  if (k < corners.length) return ap(corners[k], t.w, t.s);
  return ap(below(3) === 0 ? randomBits(1 + below(t.w)) : randomBits(t.w), t.w, t.s);
}

type Pair = readonly [ApType, ApType];
const t = (w: number, s = true): ApType => ({ w, s });
function randomType(): ApType {
  return t(1 + below(64), below(2) === 0);
}
/** The types the accelerator uses, each native edge, and wide words. */
const FIXED: Pair[] = [
  [t(8), t(8)],
  [t(8), t(8, false)],
  [t(25), t(8)],
  [t(16, false), t(16)],
  [t(32), t(32)],
  [t(32, false), t(31)],
  [t(33), t(31, false)],
  [t(63, false), t(1)],
  [t(64), t(64)],
  [t(64, false), t(64)],
  [t(64, false), t(63, false)],
  [t(1), t(1)],
  [t(1, false), t(2)],
  [t(40), t(40)],
  [t(65), t(64, false)],
  [t(5), t(130)],
  [t(128, false), t(100)],
  [t(512, false), t(8)],
  [t(512), t(512, false)],
];
const PAIRS: Pair[] = [...FIXED, ...Array.from({ length: 5 }, (): Pair => [randomType(), randomType()])];
/** Types that meet the integers of C. */
const WITH_C: ApType[] = [t(8), t(17, false), t(32), t(33, false), t(64), t(64, false), t(96)];

/** A table of driver functions and what each case must print. */
interface Suite {
  readonly table: string[];
  readonly cases: Case[];
  readonly expected: (k: Case) => string[];
}

function makeCase(pair: number, k: number, a: ApType, b: ApType): Case {
  const x = value(a, k < 64 ? k >> 3 : 99);
  const y = value(b, k < 64 ? k & 7 : 99);
  const [p, q] = [below(a.w), below(a.w)];
  const n = (below(2) ? 1 : -1) * (below(4) ? below(a.w) : below(2047));
  const c = BigInt.asIntN(64, randomBits(64) >> BigInt(below(64)));
  return { pair, x, y, c, hi: Math.max(p, q), lo: Math.min(p, q), n };
}

function suite(pairs: Pair[]): Suite {
  return {
    table: pairs.map(([a, b]) => `run<${name(a)}, ${name(b)}>`),
    cases: pairs.flatMap(([a, b], i) => Array.from({ length: 120 }, (_, k) => makeCase(i, k, a, b))),
    expected,
  };
}
function suiteWithC(types: ApType[]): Suite {
  return {
    table: types.map((a) => `run_c<${name(a)}>`),
    cases: types.flatMap((a, i) => Array.from({ length: 120 }, (_, k) => makeCase(i, k, a, t(64)))),
    expected: expectedWithC,
  };
}

const name = ({ w, s }: ApType): string => `${s ? 'ap_int' : 'ap_uint'}<${w}>`;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fastmamba-host-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const compile = (source: string, out: string, ...flags: string[]) =>
  execa('g++', [
    '-std=c++14',
    '-Wall',
    '-Wextra',
    '-Werror',
    `-I${INCLUDE}`,
    `-I${import.meta.dirname}`,
    ...flags,
    source,
    '-o',
    out,
  ]);

/** Compiles a suite's program, runs its cases and lists where it differs from the oracle. */
async function differences(title: string, { table, cases, expected }: Suite): Promise<string[]> {
  const source = join(dir, `${title}.cpp`);
  const rows = table.map((row) => `  ${row},`).join('\n');
  await writeFile(
    source,
    `#include "ap_driver.h"\nstatic const runner table[] = {\n${rows}\n};\nint main() { return drive(table); }\n`,
  );
  const program = join(dir, title);
  // Plain inline and no optimisation: this is about values, and the program is compiled for one run.
  await compile(source, program, '-O0', '-DFASTMAMBA_AP_INLINE=inline');
  const input = cases.map((k) => [k.pair, k.x.v, k.y.v, k.c, k.hi, k.lo, k.n].join(' ')).join('\n');
  const { stdout } = await execa(program, { input, maxBuffer: 1 << 28 });
  const lines = stdout.split('\n');
  if (lines.length !== cases.length) throw new Error(`${lines.length} lines for ${cases.length} cases`);
  const wrong: string[] = [];
  cases.forEach((k, i) => {
    const got = lines[i].trim().split(' ');
    const want = expected(k);
    const at = want.findIndex((token, j) => token !== got[j]);
    if (at >= 0 || got.length !== want.length)
      wrong.push(
        `${table[k.pair]}(${k.x.v}, ${k.y.v}, ${k.c}, ${k.hi}, ${k.lo}, ${k.n}): ${got[at]}, expected ${want[at]}`,
      );
  });
  return wrong.slice(0, 20);
}

describe('ap_int and ap_uint', () => {
  it('give the value, width and sign of the manual for every operator', async () => {
    const half = PAIRS.length >> 1;
    const suites: [string, Suite][] = [
      ['native', suite(PAIRS.slice(0, half))],
      ['wide', suite(PAIRS.slice(half))],
      ['with_c', suiteWithC(WITH_C)],
    ];
    const wrong = await Promise.all(suites.map(([title, s]) => differences(title, s)));
    expect(wrong.flat()).toEqual([]);
  });

  it('are plain data of the native size, and usable in constant expressions', async () => {
    const source = join(dir, 'plain.cpp');
    await writeFile(
      source,
      `#include "ap_int.h"
#include <type_traits>
static_assert(std::is_trivially_copyable<ap_int<8>>::value && std::is_trivially_copyable<ap_uint<512>>::value, "");
static_assert(std::is_trivial<ap_int<25>>::value, "no initialisation that costs time");
static_assert(sizeof(ap_int<8>) == 1 && sizeof(ap_uint<9>) == 2 && sizeof(ap_int<32>) == 4, "");
static_assert(sizeof(ap_int<33>) == 8 && sizeof(ap_uint<512>) == 64, "");
constexpr ap_int<9> folded = ap_int<8>(-5) * ap_int<3>(2) + 7;
static_assert(folded == -3, "");
template <class A, class B, class = decltype(std::declval<A>() / std::declval<B>())> constexpr bool divides(int) { return true; }
template <class A, class B> constexpr bool divides(...) { return false; }
static_assert(divides<ap_int<8>, int>(0) && !divides<int, ap_int<8>>(0), "manual and vendor header disagree: refused");
int main() {}
`,
    );
    await compile(source, join(dir, 'plain'));
  });

  it('give exact packed products, in every spelling of the benchmark, when optimised', async () => {
    const program = join(dir, 'mac');
    await compile(join(ROOT, 'host', 'bench', 'ap_int_mac.cpp'), program, '-O2');
    const { stdout } = await execa(program);
    expect(stdout).not.toContain('WRONG');
    const sums = stdout.split('\n').map((line) => line.split('MMAC/s')[1]);
    expect(sums.length).toBe(5);
    expect(new Set(sums).size).toBe(1);
  });
});
