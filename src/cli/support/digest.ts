/**
 * What a quantized artifact depends on, as one digest: the checkpoint's bytes, the calibration file's, the options and the
 * quantizer itself. Contents are hashed rather than dates compared: about a second a gigabyte, and never wrong.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { quantizerDigest } from '../../quant/code-digest.js';
import type { RanOn } from '../../schema/common.js';
import { packagePath } from '../../util/package-path.js';

const MODEL_FILE =
  /^((generation_)?config\.json|tokenizer(_config)?\.json|.*\.safetensors|.*\.bin|.*\.index\.json)$/;

/** SHA-256 over everything that an artifact of the checkpoint in `folder` comes from. `choices` must be plain JSON. */
export async function sourceDigest(
  folder: string,
  calibrationFile: string | undefined,
  choices: object,
): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(choices));
  hash.update(quantizerDigest(() => packagePath('src')));
  await addFolder(hash, folder, MODEL_FILE);
  if (calibrationFile !== undefined) await addFile(hash, calibrationFile);
  return hash.digest('hex');
}

/** SHA-256 over the files of a checkpoint that a result depends on. */
export async function checkpointDigest(folder: string): Promise<string> {
  const hash = createHash('sha256');
  await addFolder(hash, folder, MODEL_FILE);
  return hash.digest('hex');
}

/** The digests of checkpoint, quantized model and text that an evaluation ran on. */
export async function ranOn(checkpoint: string, artifact: string, text: string): Promise<RanOn> {
  return {
    checkpoint: await checkpointDigest(checkpoint),
    artifact: await fileDigest(join(artifact, 'manifest.json')),
    text: await fileDigest(text),
  };
}

/** SHA-256 of a file. */
export async function fileDigest(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

async function addFolder(hash: Hash, folder: string, wanted: RegExp): Promise<void> {
  for (const name of (await readdir(folder)).sort()) {
    if (wanted.test(name)) await addFile(hash, join(folder, name));
  }
}

async function addFile(hash: Hash, path: string): Promise<void> {
  let bytes = 0;
  const content = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
    content.update(piece as Buffer);
    bytes += (piece as Buffer).length;
  }
  hash.update(`${basename(path)} ${bytes} ${content.digest('hex')}\n`);
}
