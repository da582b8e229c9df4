/**
 * Building blocks for validating config.json with zod: each field says in words what it expects, and the first thing
 * wrong becomes one UserError line with file, field, found and expected.
 */
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { floatFromJson, type JsonObject, shown } from '../../util/lenient-json.js';

/** An integer from `min` to `max`, which bounds what a damaged config can make us allocate. */
export const count = (max: number, min = 1) =>
  z.custom<number>((v) => Number.isSafeInteger(v) && (v as number) >= min && (v as number) <= max, {
    error: `an integer from ${min} to ${max}`,
  });

/** Taps of the convolution: fewer keep no state, more are in no Mamba2 and in no convolution unit. */
export const CONV_TAPS = { least: 2, most: 8 } as const;
export const taps = () => count(CONV_TAPS.most, CONV_TAPS.least);

/** True or false. */
export const flag = () => z.custom<boolean>((v) => typeof v === 'boolean', { error: 'true or false' });

/** A finite number above zero. */
export const positive = () =>
  z.custom<number>((v) => typeof v === 'number' && Number.isFinite(v) && v > 0, {
    error: 'a number above 0',
  });

/** One of some fixed values. */
export const oneOf = <T extends string | boolean | number>(...values: T[]) =>
  z.custom<T>((v) => values.includes(v as T), { error: values.map((v) => JSON.stringify(v)).join(' or ') });

/** [least, largest] of dt after softplus; infinity in any spelling. */
export const timeStepLimit = () =>
  z
    .custom<[unknown, unknown]>(
      (v) => {
        if (!Array.isArray(v) || v.length !== 2) return false;
        const [low, high] = v.map(floatFromJson);
        return (
          low !== undefined && high !== undefined && low >= 0 && high >= low && low < Number.POSITIVE_INFINITY
        );
      },
      { error: 'two numbers [least, largest] with 0 <= least <= largest' },
    )
    .transform(([low, high]) => ({ dtMin: floatFromJson(low)!, dtMax: floatFromJson(high)! }));

/** Largest values that any dimension may take: far above every known model, low enough to multiply safely. */
export const LIMITS = { width: 1 << 20, layers: 1 << 12, vocab: 1 << 24 } as const;

/** Applies `schema` to the object that `file` holds; throws UserError for the first field that is wrong. */
export function validate<S extends z.ZodType>(
  schema: S,
  config: JsonObject,
  file: string,
  unknownField = 'an option that Mamba2 does not have',
): z.output<S> {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue.code === 'unrecognized_keys') {
    const field = [...issue.path, issue.keys[0]].join('.');
    throw new UserError(`${file}: field ${field}: found ${unknownField}, expected none of this name`);
  }
  let found: unknown = config;
  for (const key of issue.path) found = (found as JsonObject | undefined)?.[key as string];
  const expected =
    issue.code === 'custom' ? issue.message : issue.message.replace(/^Invalid input: expected /, '');
  throw fieldError(file, issue.path.join('.'), found, expected);
}

/** The error for one field: what was found there and what was expected. */
export function fieldError(file: string, field: string, found: unknown, expected: string): UserError {
  return new UserError(`${file}: field ${field}: found ${shown(found)}, expected ${expected}`);
}
