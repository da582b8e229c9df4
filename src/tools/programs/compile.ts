/**
 * Compiles C++, on all cores, with a cache of objects by content: key is the compiler, the flags, the source and every file of the
 * project that it includes. A source that was compiled before costs nothing, whichever project it stands in.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { cached } from '../../util/content-cache.js';
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
}

/** A translation unit: several sources together compile faster than alone. */
export interface Unit {
  readonly name: string;
  readonly sources: readonly string[];
  /** -O3 for kernels; the testbench needs less and compiles faster. */
  readonly optimize: 0 | 1 | 2 | 3;
  /** In addition to those of the program. */
  readonly flags?: readonly string[];
}

const FLAGS = ['-std=c++14', '-Wno-unknown-pragmas', '-Wno-unused-label'];
const TIMEOUT_SECONDS = 600;

/** Compiles and links; returns the program's path. Throws ToolMissing without a compiler, CheckFailed with the compiler's words and the log. */
export async function compile(units: readonly Unit[], options: CompileOptions): Promise<string> {
  const { includes, buildFolder, program } = options;
  const { program: compiler, kind, about } = await findCompiler();
  mkdirSync(buildFolder, { recursive: true });
  const common = [...FLAGS, ...machineFlags(kind), ...(options.flags ?? [])];

  const objects: string[] = new Array(units.length);
  const waiting = units.map((unit, i) => ({ unit, i }));
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) objects[next.i] = await object(next.unit);
  };
  const object = async ({ name, sources, optimize, flags: own = [] }: Unit): Promise<string> => {
    const flags = [...common, ...own];
    const texts = new Map<string, string>();
    for (const path of sources) addClosure(path, includes, texts);
    const input = [about, ...flags, `-O${optimize}`, ...texts.values()];
    const args = [
      ...flags,
      `-O${optimize}`,
      ...includes.map((folder) => `-I${folder}`),
      // Not by a file of #include lines: those cannot hold every letter that a folder's name can.
      ...sources.flatMap((path) => ['-include', path]),
    ];
    return cached({ kind: 'objects', input, extension: '.o' }, async (path) => {
      await run(compiler, [...args, '-x', 'c++', '-c', '-o', path, '/dev/null'], {
        log: join(buildFolder, `${name}.log`),
        timeoutSeconds: TIMEOUT_SECONDS,
        outputs: [path],
      });
    });
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

/** Adds the text of a file and, once each, of the files it includes with quotes from its own folder or `includes`. */
function addClosure(path: string, includes: readonly string[], texts: Map<string, string>): void {
  if (texts.has(path)) return;
  const text = readFileSync(path, 'utf8');
  // Lines that are comments, such as banners with a plan's digest, do not change the object.
  texts.set(path, text.replace(/^[ \t]*\/\/.*\n/gm, ''));
  for (const [, name] of text.matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) {
    const found = [dirname(path), ...includes].map((folder) => join(folder, name)).find(existsSync);
    if (found) addClosure(found, includes, texts);
  }
}
