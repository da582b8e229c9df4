/** What `npm run prove` proves of a module: a file of rtl/proof, beside the properties, as JSON. */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { packagePath } from '../../util/package-path.js';

const parameters = z.record(z.string(), z.union([z.number(), z.string()]));

/**
 * How a case is proved. `induction`: the properties held for so many cycles hold in the next one, and they hold from the beginning.
 * `reachability`: property directed reachability, which finds the invariant itself. `cycles`: no counterexample in the first so many cycles.
 */
const method = z.union([
  z.strictObject({ induction: z.int().positive() }),
  z.strictObject({ reachability: z.literal(true) }),
  z.strictObject({ cycles: z.int().positive() }),
]);

const proofFile = z.strictObject({
  module: z.string(),
  /** The module itself: a file below rtl/, or one of those that are emitted for the proof. */
  source: z.string(),
  /** Modules that it is made of, with what is known of them: it is proved again in this place, and helps. */
  uses: z.array(z.strictObject({ source: z.string(), properties: z.array(z.string()) })).default([]),
  /** Files of rtl/proof that stand at the module's end. */
  properties: z.array(z.string()).nonempty(),
  /** What they say, for the table. */
  says: z.string(),
  defines: z.array(z.string()).default([]),
  cases: z.array(z.strictObject({ parameters: parameters.default({}), method })).nonempty(),
  /** Broken copies: `from`, which stands once in the source, made `to`. A counterexample must show within `cycles`. */
  mutants: z
    .array(
      z.strictObject({
        what: z.string(),
        from: z.string(),
        to: z.string(),
        parameters: parameters.default({}),
        cycles: z.int().positive(),
      }),
    )
    .min(3),
});

export type ProofParameters = z.infer<typeof parameters>;
export type ProofMethod = z.infer<typeof method>;

/** A module's proof; `name` is that of its file. */
export type ProofFile = z.infer<typeof proofFile> & { readonly name: string };

/** All of rtl/proof, by name. Throws UserError, with file and field, for one that is not as expected. */
export function readProofFiles(): ProofFile[] {
  const folder = packagePath('rtl', 'proof');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const read = proofFile.safeParse(JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')));
      if (!read.success) {
        const [issue] = read.error.issues;
        throw new UserError(`rtl/proof/${name}: ${issue.path.join('.')}: ${issue.message}`);
      }
      return { name: name.replace(/\.json$/, ''), ...read.data };
    });
}
