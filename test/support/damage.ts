/**
 * Damaging files on purpose: random bytes changed, removed, repeated or cut off, and what a reader must then do: succeed
 * or throw a UserError, whatever the damage.
 */
import fc from 'fast-check';
import { UserError } from '../../src/errors.js';

/** One damage: where (as a share of the length), what, and with which byte. */
const damage = fc.record({
  kind: fc.constantFrom('set', 'flip', 'cut', 'remove', 'repeat', 'ones'),
  where: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  byte: fc.nat(255),
});

/** One to four damages, in the first `share` of the file (where its structure is). */
export const damages = fc.array(damage, { minLength: 1, maxLength: 4 });

/** The bytes after the damages, which fall on [begin, end). */
export function applyDamages(
  bytes: Buffer,
  list: readonly { kind: string; where: number; byte: number }[],
  begin = 0,
  end = bytes.length,
): Buffer {
  let result = Buffer.from(bytes);
  for (const { kind, where, byte } of list) {
    const at = Math.min(result.length, begin + Math.floor(where * (end - begin)));
    const [before, after] = [result.subarray(0, at), result.subarray(at)];
    if (kind === 'cut') result = Buffer.from(before);
    else if (kind === 'remove') result = Buffer.concat([before, after.subarray(1 + (byte % 8))]);
    else if (kind === 'repeat') result = Buffer.concat([before, after.subarray(0, byte), after]);
    else if (kind === 'ones') result.fill(255, at, Math.min(result.length, at + 1 + (byte % 8)));
    else if (at < result.length) result[at] = kind === 'set' ? byte : result[at] ^ (1 << (byte % 8));
  }
  return result;
}

/** Runs `read` and returns the message of its UserError, if any; any other error is passed on. */
export async function userErrorOf(read: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
