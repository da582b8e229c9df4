/**
 * The whole emitted project of a planned accelerator for one quantized model: C++, plan, memory image in streaming order with its
 * manifest, and test cases with what the golden model says of them. Written under a temporary name and renamed when whole.
 */
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedAccelerator } from '../plan/plan.js';
import type { QuantizedModel } from '../quant/types.js';
import { regionOfPort } from '../units/layer/ports.js';
import { acceleratorAsserts, acceleratorSizes } from './accelerator-sizes.js';
import { emitCpp } from './cpp-project.js';
import { AcceleratorMemory } from './golden/accelerator-memory.js';
import { writeModelCase } from './golden/model-case.js';
import { standardCases } from './golden/standard-cases.js';
import { memoryLayout } from './image/layout.js';
import { type ImageFile, regionLayout, writeImage } from './image/write-image.js';
import { writeProject } from './project.js';
import { VectorWriter } from './vectors.js';

const IMAGE = 'image';
/** Letters of the plan's digest that files carry. */
const DIGEST_LETTERS = 12;

/** What to call things in the project, and how to tell what is being done. */
export interface ProjectNames {
  readonly model: string;
  readonly command: string;
  readonly tell: (line: string) => void;
}

/** Where the scripts of the cases lie in a project. The first is the one that Makefile and Tcl run unless told otherwise. */
export const CASE_SCRIPTS = {
  model: join('vectors', 'script.txt'),
  lengths: join('vectors', 'lengths', 'script.txt'),
} as const;

/** Writes the project to `folder`, which is replaced when it is one. Returns the paths of all its files, relative and sorted. */
export async function writeAcceleratorProject(
  folder: string,
  planned: PlannedAccelerator,
  model: QuantizedModel,
  { model: name, command, tell }: ProjectNames,
): Promise<string[]> {
  const { plan, shape, layer } = planned;
  const layout = memoryLayout(shape, model.config.nLayers);
  tell('C++');
  const files = emitCpp(layer.network, {
    model: name,
    planDigest: plan.digest.slice(0, DIGEST_LETTERS),
    command,
    sizes: acceleratorSizes(shape),
    asserts: acceleratorAsserts(),
    device: { part: plan.device.part, periodNanoseconds: 1000 / plan.device.clockMHz },
    cosimWords: (port) => regionLayout(layout, regionOfPort(port.name)).words,
  });
  let all: string[] = [];
  await writeProject(folder, files, async (temporary) => {
    writeFileSync(join(temporary, 'plan.json'), json(plan));
    const image = await writeImage(model, shape, join(temporary, IMAGE), (done, of) =>
      tell(`memory image: ${done} of ${of}`),
    );
    writeFileSync(join(temporary, IMAGE, 'manifest.json'), json(imageManifest(name, planned, image)));
    await writeCases(temporary, planned, model, image, tell);
    all = filesIn(temporary);
  });
  return all;
}

const json = (value: object) => `${JSON.stringify(value, null, 1)}\n`;

/** What each file of the image is, for whoever loads it into the board's memory. */
function imageManifest(model: string, { plan, shape }: PlannedAccelerator, files: readonly ImageFile[]) {
  const regions = memoryLayout(shape, plan.model.layers);
  return { format: 'fastmamba-image', version: 1, model, plan: plan.digest, regions, files };
}

async function writeCases(
  project: string,
  { shape, layer }: PlannedAccelerator,
  model: QuantizedModel,
  image: readonly ImageFile[],
  tell: ProjectNames['tell'],
): Promise<void> {
  const { nLayers, vocabSize } = model.config;
  for (const { name, calls, detail } of standardCases(shape, nLayers, vocabSize)) {
    const script = CASE_SCRIPTS[name];
    const depth = script.split('/').length - 1;
    const toImage = join(...new Array<string>(depth).fill('..'), IMAGE);
    const vectors = new VectorWriter(join(project, script, '..'));
    const memory = new AcceleratorMemory(
      { shape, ...layer },
      vectors,
      nLayers,
      model.scalars,
      image,
      toImage,
    );
    await writeModelCase(memory, model, calls, detail, (done, of) =>
      tell(`test case ${name}: call ${done} of ${of}`),
    );
    vectors.finish();
  }
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}
