/**
 * JSON as checkpoints really hold it: strict, except that Python writes the bare words Infinity, -Infinity and NaN for
 * values that JSON has none for. They are accepted outside strings only. Infinity also comes as the string "Infinity"
 * and, from transformers 5, as {"__float__": "Infinity"}; `floatFromJson` reads all three.
 */
import { UserError } from '../errors.js';

/** A JSON object before validation. */
export type JsonObject = Record<string, unknown>;

const STRING_OR_BARE_WORD = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/gs;

/**
 * Parses the text of `file` (named in errors) as a JSON object; bare non-finite words become {"__float__": ...}.
 * Throws UserError when it is not JSON or not an object.
 */
export function parseLenientJsonObject(text: string, file: string): JsonObject {
  const strict = text.replace(STRING_OR_BARE_WORD, (token) =>
    token.startsWith('"') ? token : `{"__float__":"${token}"}`,
  );
  let value: unknown;
  try {
    value = JSON.parse(strict);
  } catch (error) {
    throw new UserError(`${file}: not valid JSON (${(error as Error).message.split('\n')[0]})`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(`${file}: found ${shown(value)}, expected a JSON object`);
  }
  return value as JsonObject;
}

const NON_FINITE = new Map([
  ['Infinity', Number.POSITIVE_INFINITY],
  ['inf', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
]);

/** The number that a JSON value stands for, in any of the spellings of infinity; undefined when it is no number. */
export function floatFromJson(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return NON_FINITE.get(value);
  if (typeof value === 'object' && value !== null && '__float__' in value) {
    const inner = (value as { __float__: unknown }).__float__;
    return typeof inner === 'string' ? NON_FINITE.get(inner) : undefined;
  }
  return undefined;
}

/** A found value for an error message: JSON, on one line, cut at 60 characters. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
