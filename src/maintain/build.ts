/**
 * The build of dist/: the library, the command line and the modules of worker threads, with what they share beside them, and the WebAssembly
 * modules. Whatever else belongs to the package is found by src/util/package-path.ts. With `--types` it adds the library's declarations, in one file; with `--bench` it makes the
 * benches in build/bench, which run as the command line does.
 */
import { join } from 'node:path';
import { main as compileAssemblyScript } from 'assemblyscript/asc';
import { type BuildOptions, build } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { codeDigest } from '../quant/code-digest.js';
import { packagePath } from '../util/package-path.js';

const common: BuildOptions = {
  cwd: packagePath(),
  platform: 'node',
  // What npm installs stays outside.
  external: /^[^./]/,
  checks: { pluginTimings: false },
};

const program: BuildOptions = {
  ...common,
  input: {
    index: 'src/index.ts',
    'cli/main': 'src/cli/main.ts',
    'eval/worker': 'src/eval/worker.ts',
    'quant/worker': 'src/quant/gptq/worker.ts',
    'serve/worker': 'src/serve/worker.ts',
  },
  transform: {
    target: 'node20',
    define: { QUANTIZER_DIGEST: JSON.stringify(codeDigest(packagePath('src'))) },
  },
  output: { dir: 'dist', cleanDir: true, chunkFileNames: 'shared/[name].js' },
};

const types: BuildOptions = {
  ...common,
  input: { index: 'src/index.ts' },
  plugins: [dts({ emitDtsOnly: true, tsconfig: packagePath('tsconfig.json') })],
  output: { dir: 'dist' },
};

const bench: BuildOptions = {
  ...program,
  input: { main: 'src/bench/main.ts' },
  output: { dir: 'build/bench', cleanDir: true },
};

/** Sources of the WebAssembly modules, whose names they get in dist/wasm. */
const wasmModules = { quant: 'src/quant/fast/wasm/index.ts', float: 'src/model/float/wasm/index.ts' };

async function buildWasm(name: string, source: string): Promise<void> {
  const out = join('dist', 'wasm', `${name}.wasm`);
  const { error, stderr } = await compileAssemblyScript([
    ...[source, '--outFile', out, '--baseDir', packagePath()],
    ...['-O3', '--noAssert', '--enable', 'simd'],
    // The memory comes from outside and holds nothing but what is put there: no allocator, no data of the module's own.
    ...['--runtime', 'stub', '--importMemory', '--noExportMemory'],
    // Functions that other files call are exported too; no v128 leaves the module.
    ...['--disableWarning', '112'],
  ]);
  if (error) throw new Error(`${source}: ${stderr.toString()}${error.message}`);
}

await build(program);
for (const [name, source] of Object.entries(wasmModules)) await buildWasm(name, source);
if (process.argv.includes('--types')) await build(types);
if (process.argv.includes('--bench')) await build(bench);
