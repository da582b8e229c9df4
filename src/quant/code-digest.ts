/**
 * A digest of the code that decides what a quantized model holds. The build puts it into the program; where the sources run as they are, it is
 * taken of them. No imports of this project: the build's own configuration reads this file too.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

declare const QUANTIZER_DIGEST: string | undefined;

/** SHA-256 of the sources below `sources`/model and `sources`/quant, tests left out. */
export function codeDigest(sources: string): string {
  const hash = createHash('sha256');
  for (const part of ['model', 'quant']) {
    const names = readdirSync(join(sources, part), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((one) => /(?<!\.test)\.ts$/.test(one)).sort()) {
      const text = readFileSync(join(sources, part, name));
      hash.update(`${part}/${name} ${text.length}\n`).update(text);
    }
  }
  return hash.digest('hex');
}

/** The digest of this very program. `sources` is asked for where it runs unbuilt. */
export function quantizerDigest(sources: () => string): string {
  return typeof QUANTIZER_DIGEST === 'string' ? QUANTIZER_DIGEST : codeDigest(sources());
}
