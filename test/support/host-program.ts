/** A small emitted project for the host program, the program with a stand-in for driver and board, and a run of it. */
import { join } from 'node:path';
import { execa } from 'execa';
import { hostFolder } from '../../src/emit/project/host-program.js';
import { loadDevice } from '../../src/plan/board/device.js';
import { planAccelerator } from '../../src/plan/plan.js';
import { GoldenModel } from '../../src/quant/golden/model.js';
import { randomModel } from '../../src/quant/synthetic/random-model.js';
import { sample } from '../../src/serve/sample.js';
import { csimIncludes, kernelUnits, testbenchFolder } from '../../src/tools/csim/csim.js';
import { hostUnits } from '../../src/tools/host/units.js';
import { compile, type Unit } from '../../src/tools/programs/compile.js';
import { packagePath } from '../../src/util/package-path.js';
import { Random } from '../../src/util/random.js';
import { emitAccelerator, imageFolder } from '../../src/verify/accelerator.js';
import type { Project } from '../../src/verify/project.js';
import { smallShape } from './small-shape.js';

const VOCAB = 97;
export const hostModel = randomModel(
  { dModel: 64, nLayers: 3, nHeads: 4, headDim: 32, dState: 32, vocabSize: VOCAB },
  5,
);
/** Longer than a call, and no whole number of chunks. */
export const hostPrompt = Array.from({ length: 90 }, (_, i) => (i * i * 7 + 3) % VOCAB);

/** Emits the project of `hostModel`. */
export async function emitHostProject(folder: string): Promise<Project> {
  const device = await loadDevice('vc709');
  const { dims } = smallShape;
  const planned = planAccelerator({ name: 'random', layers: 3, dims, device, shape: smallShape });
  return emitAccelerator({ model: hostModel, planned, command: 'test' }, folder);
}

/** Tokens of the golden model after the prompt: the most likely ones, or draws as `run` makes them. */
export async function goldenTokens(
  prompt: readonly number[],
  count: number,
  draw?: { temperature: number; topK?: number; seed: number },
): Promise<number[]> {
  const golden = new GoldenModel(hostModel, { resident: true });
  const scale = 2 ** -(await hostModel.head()).logitFracBits;
  const random = new Random(draw?.seed ?? 0, 'sampling');
  const sampling = { temperature: draw?.temperature ?? 0, topK: draw?.topK, random };
  const tokens: number[] = [];
  let logits = await golden.prefill(prompt, 'last');
  while (tokens.length < count) {
    const id = sample(
      Float64Array.from(logits.subarray(0, VOCAB), (value) => value * scale),
      sampling,
    );
    tokens.push(id);
    if (tokens.length < count) logits = await golden.step(id);
  }
  return tokens;
}

const SANITIZERS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-g'];

/** fastmamba-host on the C++ kernels, alone and behind the stand-in, with sanitizers. */
export function buildStandIn({ folder }: Project): Promise<string> {
  const sanitized = (unit: Unit): Unit => ({
    ...unit,
    optimize: 1,
    flags: [...(unit.flags ?? []), ...SANITIZERS],
  });
  const standIn: Unit = {
    name: 'stand_in',
    sources: [packagePath('test', 'host', 'runtime', 'stand_in.cpp')],
    optimize: 1,
    flags: ['-std=c++17'],
  };
  const bench = ['network.cpp', 'identity.cpp'].map(
    (name): Unit => ({ name, sources: [join(folder, testbenchFolder, name)], optimize: 1 }),
  );
  const host = [...hostUnits(folder, 'csim_device.cpp'), standIn].map(sanitized);
  return compile([...host, ...bench, ...kernelUnits(folder, 3)], {
    includes: [
      ...csimIncludes(folder),
      join(folder, testbenchFolder),
      join(folder, ...hostFolder.split('/')),
    ],
    libraries: ['asan', 'ubsan'],
    buildFolder: join(folder, 'build', 'host-stand-in'),
    program: 'fastmamba-host',
  });
}

/** Runs it on the project's image. */
export async function runHost(program: string, { folder }: Project, args: readonly string[], input = '') {
  const { exitCode, stdout, stderr } = await execa(program, [join(folder, imageFolder), ...args], {
    reject: false,
    input,
    timeout: 600_000,
    env: { ASAN_OPTIONS: 'detect_leaks=0' },
  });
  const lines = stderr.split('\n').filter((line) => !/^(upload|read back): /.test(line));
  return { exitCode, stdout, stderr: lines.join('\n') };
}
