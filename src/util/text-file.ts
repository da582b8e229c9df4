/**
 * Small files read whole: text, and JSON in one way for every file of a user. A byte order mark of UTF-8 is read over; what
 * is UTF-16 is called so, since editors write it where nobody sees it.
 */
import { access } from 'node:fs/promises';
import { UserError } from '../errors.js';
import { type JsonObject, parseLenientJson, parseLenientJsonObject } from './lenient-json.js';
import { openForReading } from './random-access-file.js';

/** The whole text of a file; UserError when it is missing, larger than `maxBytes` or not UTF-8. */
export async function readTextFile(path: string, maxBytes: number): Promise<string> {
  const file = await openForReading(path);
  try {
    if (file.size > maxBytes) {
      throw new UserError(`${path}: found ${file.size} bytes, expected at most ${maxBytes}`);
    }
    return decodeText(await file.read(0, file.size), path);
  } finally {
    await file.close();
  }
}

/** Any JSON of a file; UserError as `readTextFile` and when it is not valid. */
export async function readJson(path: string, maxBytes: number): Promise<unknown> {
  return parseLenientJson(await readTextFile(path, maxBytes), path);
}

/** The JSON object of a file; UserError as `readJson` and when it is anything else. */
export async function readJsonObject(path: string, maxBytes: number): Promise<JsonObject> {
  return parseLenientJsonObject(await readTextFile(path, maxBytes), path);
}

/** The same for a file that may be absent: undefined then. */
export async function readJsonObjectIfThere(path: string, maxBytes: number): Promise<JsonObject | undefined> {
  return (await isThere(path)) ? readJsonObject(path, maxBytes) : undefined;
}

/** Whether something of this name is there. */
export function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function decodeText(bytes: Buffer, path: string): string {
  const mark = bytes.toString('hex', 0, 2);
  if (mark === 'fffe' || mark === 'feff') {
    throw new UserError(`${path}: found UTF-16 text, expected UTF-8; save it as UTF-8`);
  }
  const hasMark = bytes.toString('hex', 0, 3) === 'efbbbf';
  return bytes.toString('utf8', hasMark ? 3 : 0);
}
