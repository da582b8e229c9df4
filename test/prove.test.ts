/** The proofs of rtl/proof: every one goes through, and every broken copy is refused. Answers of an earlier run are taken from the cache. */
import { describe, expect, it } from 'vitest';
import { emittedForProofs } from '../src/maintain/proof-network.js';
import { jobsOf } from '../src/tools/prove/job.js';
import { readProofFiles } from '../src/tools/prove/proof-file.js';
import { isRight, prove } from '../src/tools/prove/prove.js';

const files = readProofFiles();
const emitted = emittedForProofs();
const jobs = (file: (typeof files)[number]) => jobsOf(file, emitted);

describe('proofs of the RTL library', () => {
  it.each(files.map((file) => [file.name, file] as const))('%s', async (_, file) => {
    const proved = await prove(jobs(file));
    expect(proved.filter((one) => !isRight(one))).toEqual([]);
  });

  it('a broken copy must be broken where it says', () => {
    const [file] = files;
    const mutants = [{ ...file.mutants[0], from: 'no such text' }];
    expect(() => jobs({ ...file, mutants })).toThrow(/mutant '.*': 'no such text' stands 0 times in rtl\//);
  });

  it('a proof that fails is told from one that goes through', async () => {
    const fifo = files.find(({ name }) => name === 'fifo')!;
    const [{ parameters }] = fifo.cases;
    const [proved] = await prove(
      jobs({ ...fifo, cases: [{ parameters, method: { induction: 1 } }], mutants: [] }),
    );
    expect(proved).toMatchObject({ verdict: 'proved' });
    const wrong = { ...proved.job, text: proved.job.text.replace('count <= FILL_BITS', 'count < FILL_BITS') };
    expect((await prove([wrong])).map(isRight)).toEqual([false]);
  });
});
