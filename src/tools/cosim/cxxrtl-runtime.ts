/** Headers that C++ written by Yosys includes: those of the very Yosys that wrote it. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CheckFailed } from '../../errors.js';
import { cached } from '../../util/content-cache.js';
import { writeText } from '../../util/write-error.js';
import { run } from '../programs/run.js';
import type { FoundYosys } from '../yosys/yosys-find.js';

type Tree = { [name: string]: Tree | Uint8Array | string };

const PLACE = ['share', 'include', 'backends', 'cxxrtl', 'runtime'];

/** The folder that has cxxrtl/cxxrtl.h. Those of the npm package are unpacked into the cache. Throws CheckFailed where there are none. */
export async function cxxrtlRuntime(tool: FoundYosys, log: string): Promise<string> {
  const folder =
    tool.kind === 'yosys' ? await nativeRuntime(log) : await packageRuntime(tool.module, tool.version);
  if (existsSync(join(folder, 'cxxrtl', 'cxxrtl.h'))) return folder;
  throw new CheckFailed(`yosys ${tool.version}: cannot find the headers of CXXRTL in ${folder}`);
}

async function nativeRuntime(log: string): Promise<string> {
  const { output } = await run('yosys-config', ['--datdir'], { log, timeoutSeconds: 60 });
  return join(output.trim(), ...PLACE.slice(1));
}

async function packageRuntime(module: string, version: string): Promise<string> {
  return cached({ kind: 'cxxrtl-runtime', input: [version] }, async (folder) => {
    // The package keeps its data files beside its module, which does not give them out.
    const resources = new URL('resources-yosys.js', module).href;
    const { filesystem } = (await import(resources)) as { filesystem: Tree };
    const tree = PLACE.reduce<Tree>((at, name) => (at[name] ?? {}) as Tree, filesystem);
    mkdirSync(folder);
    unpack(tree, folder);
  });
}

function unpack(tree: Tree, folder: string): void {
  for (const [name, entry] of Object.entries(tree)) {
    const path = join(folder, name);
    if (typeof entry === 'string' || entry instanceof Uint8Array) {
      mkdirSync(dirname(path), { recursive: true });
      writeText(path, entry);
    } else unpack(entry, path);
  }
}
