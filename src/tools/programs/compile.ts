/**
 * Compiles C++, on all cores, with a cache of objects by content: key is the compiler, the flags, the source and every file of the
 * project that it includes. A source that was compiled before costs nothing, whichever project it stands in.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheFolderFor } from '../../util/cache-folder.js';
import { findCompiler, machineFlags, machineLibraries } from '../cpp-compiler.js';
import { run } from './run.js';

export interface CompileOptions {
  /** Folders for -I. */
  readonly includes: readonly string[];
  readonly flags?: readonly string[];
  /** Libraries to link, as -l takes them. */
  readonly libraries?: readonly string[];
  /** Where logs and the program go. */
  readonly buildFolder: string;
  readonly program: string;
  readonly cacheFolder?: string;
}

/** A translation unit: several sources together compile faster than alone. */
export interface Unit {
  readonly name: string;
  readonly sources: readonly string[];
  /** -O3 for kernels; the testbench needs less and compiles faster. */
  readonly optimize: 0 | 1 | 2 | 3;
}

const FLAGS = ['-std=c++14', '-Wno-unknown-pragmas', '-Wno-unused-label'];
const TIMEOUT_SECONDS = 600;

/** Compiles and links; returns the program's path. Throws ToolMissing without a compiler, CheckFailed with the compiler's words and the log. */
export async function compile(units: readonly Unit[], options: CompileOptions): Promise<string> {
  const { includes, buildFolder, program } = options;
  const { program: compiler, kind, about } = await findCompiler();
  const cache = options.cacheFolder ?? cacheFolderFor('objects');
  mkdirSync(cache, { recursive: true });
  mkdirSync(buildFolder, { recursive: true });
  const flags = [...FLAGS, ...machineFlags(kind), ...(options.flags ?? [])];
  const common = `${about}\n${flags.join(' ')}`;

  const objects: string[] = new Array(units.length);
  const waiting = units.map((unit, i) => ({ unit, i }));
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) objects[next.i] = await object(next.unit);
  };
  const object = async ({ name, sources, optimize }: Unit): Promise<string> => {
    const hash = createHash('sha256').update(`${common} -O${optimize}`);
    const seen = new Set<string>();
    for (const path of sources) hashClosure(path, includes, seen, hash);
    const key = hash.digest('hex').slice(0, 40);
    const cached = join(cache, `${key}.o`);
    if (existsSync(cached)) return cached;
    const own = join(buildFolder, `${name}.o`);
    const args = [
      ...flags,
      `-O${optimize}`,
      ...includes.map((folder) => `-I${folder}`),
      // Not by a file of #include lines: those cannot hold every letter that a folder's name can.
      ...sources.flatMap((path) => ['-include', path]),
      ...['-x', 'c++', '-c', '-o', own, '/dev/null'],
    ];
    await run(compiler, args, {
      log: join(buildFolder, `${name}.log`),
      timeoutSeconds: TIMEOUT_SECONDS,
      outputs: [own],
    });
    const part = `${cached}.part-${process.pid}`;
    copyFileSync(own, part);
    renameSync(part, cached);
    return cached;
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const target = join(buildFolder, program);
  const log = join(buildFolder, 'link.log');
  const libraries = [...(options.libraries ?? []), ...machineLibraries(kind)].map((name) => `-l${name}`);
  await run(compiler, ['-o', target, ...objects, ...libraries], {
    log,
    timeoutSeconds: TIMEOUT_SECONDS,
    outputs: [target],
  });
  return target;
}

/** A file and, once each, the files it includes with quotes from its own folder or `includes`. */
function hashClosure(
  path: string,
  includes: readonly string[],
  seen: Set<string>,
  hash: ReturnType<typeof createHash>,
): void {
  if (seen.has(path)) return;
  seen.add(path);
  const text = readFileSync(path, 'utf8');
  // Lines that are comments, such as banners with a plan's digest, do not change the object.
  hash.update(text.replace(/^[ \t]*\/\/.*\n/gm, '')).update('\0');
  for (const [, name] of text.matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) {
    const found = [dirname(path), ...includes].map((folder) => join(folder, name)).find(existsSync);
    if (found) hashClosure(found, includes, seen, hash);
  }
}
