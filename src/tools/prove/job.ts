/** From a proof file to jobs: the text that is proved, or that must be refused, and how. */
import { readFileSync } from 'node:fs';
import { UserError } from '../../errors.js';
import { packagePath } from '../../util/package-path.js';
import type { ProofFile, ProofMethod, ProofParameters } from './proof-file.js';

/** A module with its properties, and one question about it. */
export interface ProofJob {
  readonly proof: ProofFile;
  readonly parameters: ProofParameters;
  readonly method: ProofMethod;
  /** What is broken in it; null where it must be proved. */
  readonly mutant: string | null;
  /** SystemVerilog of the module, properties included, and of all that it uses. */
  readonly text: string;
}

/** Cases first, then mutants. `emitted` has the sources that are not files below rtl/. Throws UserError for a mutant whose text does not stand in the source exactly once. */
export function jobsOf(proof: ProofFile, emitted: ReadonlyMap<string, string>): ProofJob[] {
  const read = (path: string) => emitted.get(path) ?? ofLibrary(path);
  const source = read(proof.source);
  const used = proof.uses.map((one) => withProperties(read(one.source), one.properties, one.source)).join('');
  const whole = (text: string) => used + withProperties(text, proof.properties, proof.source);
  const cases = proof.cases.map(({ parameters, method }) => ({
    ...{ proof, parameters, method, mutant: null },
    text: whole(source),
  }));
  const mutants = proof.mutants.map(({ what, from, to, parameters, cycles }) => {
    const times = source.split(from).length - 1;
    if (times !== 1)
      throw new UserError(
        `rtl/proof/${proof.name}.json: mutant '${what}': '${from}' stands ${times} times in rtl/${proof.source}, expected once`,
      );
    const text = whole(source.replace(from, () => to));
    return { proof, parameters, method: { cycles }, mutant: what, text };
  });
  return [...cases, ...mutants];
}

const ofLibrary = (path: string) => readFileSync(packagePath('rtl', path), 'utf8');

/** Properties see what is inside the module when they stand in it. */
function withProperties(source: string, names: readonly string[], path: string): string {
  const end = source.lastIndexOf('endmodule');
  if (end < 0) throw new UserError(`rtl/${path}: holds no module`);
  const properties = names.map((name) => ofLibrary(`proof/${name}`)).join('');
  return `${source.slice(0, end)}${properties}${source.slice(end)}`;
}
