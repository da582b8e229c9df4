/**
 * Speed of the emitted MAT array in C simulation: O x I int8 products a step, two in one packed multiply and one by one, compiled with g++ as
 * `csim` does. The figure is multiply-accumulates a second inside the kernel, on one core.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emitCpp } from '../emit/cpp/project.js';
import { writeProject } from '../emit/project/write-project.js';
import { VectorWriter } from '../emit/testbench/vectors.js';
import { NetworkBuilder } from '../kernel/build/network-builder.js';
import { sint, typeOf } from '../kernel/type.js';
import { buildCsim, runScript } from '../tools/csim/csim.js';
import { mat } from '../units/compute/mat.js';
import { Random } from '../util/random.js';
import type { BenchResult } from './measure.js';

const ROWS = 64;
const COLS = 64;
const TOKENS = 64;
const ROW_TILES = 16;
const COL_TILES = 8;
const CHUNKS = 8;
const PORTS = 2;
const LANES = 64;

/** Emits, compiles and runs both forms of the array; each figure is the best of three runs. */
export async function benchCsim(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const packed of [true, false]) {
    const seconds = await matSeconds(packed);
    const products = CHUNKS * TOKENS * ROW_TILES * COL_TILES * ROWS * COLS;
    const name = packed ? 'MAT, two products a DSP' : 'MAT, one product a DSP';
    results.push({ name, value: products / seconds / 1e6, unit: 'million MAC/s' });
  }
  return results;
}

async function matSeconds(packed: boolean): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'fastmamba-bench-'));
  try {
    const project = join(folder, 'mat');
    const { network, weights, input } = matNetwork(packed);
    const banner = { model: 'bench', planDigest: 'none', command: 'npm run bench csim' };
    await writeProject(project, emitCpp(network, banner));
    const vectors = new VectorWriter(join(project, 'vectors'));
    const random = new Random(1);
    const bytes = (count: number) => Int8Array.from({ length: count }, () => random.integer(-128, 127));
    const tiles = CHUNKS * ROW_TILES * COL_TILES;
    for (const channel of weights) vectors.feed(channel, bytes((tiles * ROWS * COLS) / PORTS));
    vectors.feed(input, bytes(tiles * TOKENS * COLS));
    vectors.call({ chunks: CHUNKS });
    const script = vectors.finish();
    const program = await buildCsim(project);
    const runs: number[] = [];
    // Nothing is expected of the output, so that every word of it counts as a mismatch: only the time is looked at.
    for (let i = 0; i < 3; ++i) runs.push((await runScript(program, project, { script })).seconds);
    return Math.min(...runs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function matNetwork(packed: boolean) {
  const net = new NetworkBuilder('mat_bench', 'A MAT array by itself.');
  const chunks = net.scalar('chunks', 0, CHUNKS, 'chunks');
  const weights = Array.from({ length: PORTS }, (_, i) =>
    net.channel(`weights_${i}`, typeOf(sint(8), LANES), 'weight words'),
  );
  const input = net.channel('input', typeOf(sint(8), COLS), 'inputs');
  const output = net.channel('output', typeOf(sint(32), ROWS), 'accumulators');
  mat(net, 'mat', {
    tile: { rows: ROWS, cols: COLS, ports: PORTS, weightLanes: LANES },
    weights,
    input,
    output,
    chunks,
    chunkTokens: TOKENS,
    lastTokens: TOKENS,
    rowTiles: ROW_TILES,
    colTiles: COL_TILES,
    slots: TOKENS,
    minSlots: 8,
    lutRows: packed ? 0 : ROWS,
  });
  return { network: net.build(), weights, input };
}
