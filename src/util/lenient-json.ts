/**
 * JSON as Python writes it: strict, except for the bare words Infinity, -Infinity and NaN for
 * values that JSON has none for. They are accepted outside strings only. Infinity also comes as the string "Infinity"
 * and, from transformers 5, as {"__float__": "Infinity"}; `floatFromJson` reads all three.
 */
import { UserError } from '../errors.js';

/** A JSON object before validation. */
export type JsonObject = Record<string, unknown>;

const STRING_OR_BARE_WORD = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/gs;

/**
 * Parses the text of `file` (named in errors) as JSON; bare non-finite words become {"__float__": ...}. Throws UserError
 * when it is not JSON.
 */
export function parseLenientJson(text: string, file: string): unknown {
  const strict = text.replace(STRING_OR_BARE_WORD, (token) =>
    token.startsWith('"') ? token : `{"__float__":"${token}"}`,
  );
  try {
    return JSON.parse(strict);
  } catch (error) {
    // A zero is in no JSON, and in every second byte of UTF-16 without its mark.
    const reason = text.includes('\0') ? 'found UTF-16 text or bytes, expected UTF-8' : visible(error);
    throw new UserError(`${file}: not valid JSON (${reason})`);
  }
}

/** The first line of an error's message, with invisible characters spelled out. */
function visible(error: unknown): string {
  const [line] = (error as Error).message.split('\n');
  return line.replace(/\p{C}/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for a file that must hold an object; UserError when it holds anything else. */
export function parseLenientJsonObject(text: string, file: string): JsonObject {
  const value = parseLenientJson(text, file);
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
