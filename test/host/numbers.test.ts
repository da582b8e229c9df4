/** What the host program computes is what TypeScript and Node compute, to the bit: exponential, random numbers, draws, digests. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sample } from '../../src/serve/sample.js';
import { compile, type Unit } from '../../src/tools/programs/compile.js';
import { exponential } from '../../src/util/exponential.js';
import { packagePath } from '../../src/util/package-path.js';
import { Random } from '../../src/util/random.js';

const folder = mkdtempSync(join(tmpdir(), 'fastmamba-numbers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let program: string;
beforeAll(async () => {
  const runtime = packagePath('host', 'runtime');
  const sources = ['sampling.cpp', 'sha256.cpp'].map((name) => join(runtime, name));
  const units = [...sources, packagePath('test', 'host', 'runtime', 'numbers.cpp')].map(
    (source, i): Unit => ({
      name: `numbers_${i}`,
      sources: [source],
      optimize: 2,
      flags: ['-std=c++17', '-ffp-contract=off'],
    }),
  );
  program = await compile(units, { includes: [runtime], buildFolder: folder, program: 'numbers' });
});

const answers = (commands: readonly string[]) =>
  execaSync(program, [], { input: `${commands.join('\n')}\n` }).stdout.split('\n');

const bitsOf = (x: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(x);
  return bytes.toString('hex');
};

describe('the host program computes', () => {
  it('the exponential', () => {
    const values = [0, -0, -1e-300, -708, -745, Number.NEGATIVE_INFINITY];
    const more = fc.sample(fc.double({ min: -720, max: 0, noNaN: true }), { numRuns: 5000, seed: 1 });
    const steps = Array.from({ length: 20_000 }, (_, i) => -i / 1024);
    const all = [...values, ...more, ...steps];
    const due = all.map((x) => bitsOf(exponential(x)));
    expect(answers(all.map((x) => `exp ${bitsOf(x)}`))).toEqual(due);
  });

  it('random numbers', () => {
    const seeds = [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 123456789012345];
    const due = seeds.map((seed) => {
      const random = new Random(seed, 'sampling');
      return Array.from({ length: 10 }, () => random.bits()).join(' ');
    });
    expect(answers(seeds.map((seed) => `random ${seed} sampling`))).toEqual(due);
  });

  it('draws', () => {
    const cases = fc.sample(
      fc.record({
        logits: fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 1, maxLength: 60 }),
        fracBits: fc.integer({ min: 0, max: 15 }),
        temperature: fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1e5, noNaN: true })),
        topK: fc.integer({ min: 0, max: 70 }),
        seed: fc.maxSafeNat(),
      }),
      { numRuns: 2000, seed: 2 },
    );
    const due = cases.map(({ logits, fracBits, temperature, topK, seed }) => {
      const sampling = { temperature, topK: topK || undefined, random: new Random(seed, 'sampling') };
      const values = Float64Array.from(logits, (value) => value * 2 ** -fracBits);
      return Array.from({ length: 8 }, () => sample(values, sampling)).join(' ');
    });
    const commands = cases.map(
      ({ logits, fracBits, temperature, topK, seed }) =>
        `sample ${fracBits} ${temperature} ${topK} ${seed} ${logits.join(' ')}`,
    );
    expect(answers(commands)).toEqual(due);
  });

  it('SHA-256 of any length', () => {
    const random = new Random(3);
    const texts = Array.from({ length: 300 }, (_, length) =>
      Buffer.from(Array.from({ length }, () => random.bits() & 255)),
    );
    const due = texts.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
    expect(answers(texts.map((bytes) => `sha256 ${bytes.toString('hex')}`))).toEqual(due);
  });
});
