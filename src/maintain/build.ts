/**
 * The build of dist/: the library, the command line and the worker of the evaluation, with what they share beside them. Whatever else belongs to
 * the package is found by src/util/package-path.ts. With `--types` it adds the library's declarations, in one file; with `--bench` it makes the
 * benches in build/bench, which run as the command line does.
 */
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

await build(program);
if (process.argv.includes('--types')) await build(types);
if (process.argv.includes('--bench')) await build(bench);
