/**
 * The emitted project of a planned accelerator for one quantized model: C++ kernels, testbench and scripts, the plan, the
 * memory image in streaming order with its manifest, and vectors for one layer and the head.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emitBoard } from '../emit/board/board-project.js';
import { bindingsOf } from '../emit/cpp/bindings.js';
import type { EmitOptions } from '../emit/cpp/options.js';
import { emitCpp } from '../emit/cpp/project.js';
import { DescribedModel, type HostImage, hostImageFiles, writeHostImage } from '../emit/image/host-image.js';
import { type ImageFile, type ImageManifest, imageManifestFile } from '../emit/image/manifest.js';
import { writeImage } from '../emit/image/write-image.js';
import { descriptorWords } from '../emit/network/descriptor-words.js';
import { bannerOf } from '../emit/project/banner.js';
import { hostProgram } from '../emit/project/host-program.js';
import { writeProject } from '../emit/project/write-project.js';
import { emitRtl } from '../emit/rtl/project.js';
import { emitCosimBench } from '../emit/testbench/cosim-bench.js';
import { VectorWriter } from '../emit/testbench/vectors.js';
import { boardOf } from '../plan/board/board.js';
import { memoryLayout, regionLayout } from '../plan/board/layout.js';
import { bufferWordsOn } from '../plan/board/memory-model.js';
import { memoryTiming } from '../plan/board/memory-timing.js';
import type { PlannedAccelerator } from '../plan/plan.js';
import type { Plan } from '../plan/plan-types.js';
import type { QuantizedModel } from '../quant/types.js';
import { regionOfPort } from '../units/layer/ports.js';
import type { ModelDims } from '../units/shape.js';
import { AcceleratorMemory } from './expected/accelerator-memory.js';
import { mixedCalls, oneSequence } from './expected/golden-call.js';
import { writeModelCase } from './expected/model-case.js';
import type { WrittenProject } from './project.js';

/** What to emit. */
export interface AcceleratorProject {
  readonly model: QuantizedModel;
  readonly planned: PlannedAccelerator;
  /** For the banners: the command that makes this project again. */
  readonly command: string;
  /** Token ids that the project's own vectors are made of; without them it has none. */
  readonly tokens?: readonly number[];
  /** Called after each layer of the memory image. */
  readonly progress?: ((done: number, of: number) => void) | undefined;
}

/** Sequences of those vectors. */
const CASE_SLOTS = 3;

/** Folder of the memory image in a project, and the folder of the project's own vectors: one layer and the head. */
export const imageFolder = 'image';
export const layerVectors = 'vectors';

/** Writes the project into `folder`, whole or not at all. Throws UserError for a folder that holds something else. */
export async function emitAccelerator(project: AcceleratorProject, folder: string): Promise<WrittenProject> {
  const { planned, model, progress } = project;
  let image: ImageFile[] = [];
  const files = await writeProject(folder, textFiles(project), async (temporary) => {
    const described = new DescribedModel(model, planned.shape);
    image = await writeImage(described, planned.shape, join(temporary, imageFolder), progress);
    await writeJson(join(temporary, imageFolder, imageManifestFile), imageDescription(project, image));
    await writeHostImage(hostImage(described, planned, image), join(temporary, imageFolder));
    await writeJson(join(temporary, 'plan.json'), planned.plan);
    if (project.tokens) await writeLayerCase(project, project.tokens, image, join(temporary, layerVectors));
  });
  const imageFiles = image.map(({ file }) => join(imageFolder, file));
  const vectorFiles = project.tokens
    ? ['script.txt', 'vectors.bin'].map((name) => join(layerVectors, name))
    : [];
  const own = ['plan.json', ...[imageManifestFile, ...hostImageFiles].map((name) => join(imageFolder, name))];
  return { folder, planned, model, image, files: [...files, ...own, ...imageFiles, ...vectorFiles] };
}

/** C++, RTL, the testbenches of both, and the host program. */
function textFiles(project: AcceleratorProject): Map<string, string> {
  const { layer, device } = project.planned;
  const { network } = layer;
  const options = emitOptions(project);
  const banner = bannerOf(network, options);
  const bufferWords = bufferWordsOn(device);
  const board = boardOf(device);
  return new Map([
    ...emitCpp(network, options),
    ...emitRtl(network, project.planned.schedule, {
      banner,
      planDigest: project.planned.plan.digest,
      bufferWords,
    }),
    ...(board ? emitBoard({ ...options, network, device, board, banner, bufferWords }) : []),
    ...emitCosimBench(network, {
      schedule: project.planned.schedule,
      banner,
      periodNanoseconds: 1000 / device.clockMHz,
      memory: memoryTiming(device),
    }),
    ...hostProgram(),
  ]);
}

/**
 * Vectors for one layer and the head, over calls of one token, of chunks that are not full, full, and several, and then of several sequences:
 * what csim and the vendor's tools run when nothing else is asked. The states go on from call to call.
 */
async function writeLayerCase(
  { model, planned }: AcceleratorProject,
  tokens: readonly number[],
  image: readonly ImageFile[],
  folder: string,
) {
  const { shape } = planned;
  const vectors = new VectorWriter(folder);
  const contents = { planned, model, image, slots: CASE_SLOTS };
  const memory = new AcceleratorMemory(contents, vectors, join('..', imageFolder));
  const lengths = [1, shape.chunkTokens - 1, shape.chunkTokens, 2 * shape.chunkTokens + 3, 1];
  let at = 0;
  const calls = lengths
    .filter((length) => length > 0)
    .map((length) => oneSequence(Array.from({ length }, () => tokens[at++ % tokens.length])));
  await writeModelCase(memory, {
    model: firstLayers(model, 1),
    calls: [...calls, ...mixedCalls(tokens)],
    detail: 'channels',
  });
  vectors.finish();
}

/** The same model with its first layers only. */
export function firstLayers(model: QuantizedModel, layers: number): QuantizedModel {
  return {
    config: { ...model.config, nLayers: layers },
    options: model.options,
    scalars: model.scalars,
    layer: (index) => model.layer(index),
    head: () => model.head(),
    embeddingRows: (ids) => model.embeddingRows(ids),
  };
}

const writeJson = (path: string, value: object) => writeFile(path, `${JSON.stringify(value, null, 1)}\n`);

function imageDescription(
  { planned, model }: AcceleratorProject,
  image: readonly ImageFile[],
): ImageManifest {
  return {
    format: 'fastmamba-image',
    version: 1,
    model: planned.plan.model.name,
    plan: planned.plan.digest,
    layers: model.config.nLayers,
    note: 'Words of each region in the order in which its port reads them, layer after layer, the LM head last where there is one.',
    regions: image,
  };
}

function hostImage(
  model: DescribedModel,
  planned: PlannedAccelerator,
  image: readonly ImageFile[],
): HostImage {
  const { plan, device, shape, layer } = planned;
  const { network, scalars } = layer;
  return { model, name: plan.model.name, planDigest: plan.digest, device, shape, network, scalars, image };
}

function emitOptions(project: AcceleratorProject): EmitOptions {
  const { planned, command } = project;
  const { schedule, plan, device } = planned;
  return {
    model: plan.model.name,
    planDigest: shortDigest(plan),
    identity: plan.digest,
    command,
    asserts: assertsOf(planned.shape.dims),
    bindingOf: bindingsOf(planned.layer.network, schedule.target),
    bufferWords: bufferWordsOn(device),
    device: { part: device.part, periodNanoseconds: 1000 / device.clockMHz },
    cosimWords: memoryWords(project),
  };
}

/** Words of memory that the project's own vectors need at each port. */
function memoryWords({ planned, model }: AcceleratorProject): (port: string) => number {
  const { nLayers } = model.config;
  const layout = memoryLayout(planned.shape, nLayers, CASE_SLOTS);
  return (port) =>
    port === 'descriptors'
      ? descriptorWords(planned.layer.network) * (nLayers + 1)
      : regionLayout(layout, regionOfPort(port)).words;
}

const shortDigest = (plan: Plan) => plan.digest.slice(0, 12);

/** What must divide what, in words. */
function assertsOf({ weights }: ModelDims) {
  const divides = (part: string, whole: string) => ({
    condition: `${whole} % ${part} == 0`,
    message: `${part} must divide ${whole}`,
  });
  const fills = (side: 'in' | 'out') => {
    const words = `tile_words_${side} * weight_ports * weight_lanes`;
    const tile = `${side}_proj_rows * ${side}_proj_cols`;
    return {
      condition: weights ? `${words} * 8 == ${tile} * weight_bits` : `${words} == ${tile}`,
      message: `the words of the ports must fill a tile of ${side}_proj exactly`,
    };
  };
  return [
    divides('norm_lanes', 'd_model'),
    divides('in_proj_cols', 'd_model'),
    divides('out_proj_cols', 'd_inner'),
    divides('rescale_lanes', 'in_proj_rows'),
    divides('add_lanes', 'out_proj_rows'),
    divides('conv_lanes', 'd_inner'),
    divides('conv_lanes', '(n_groups * d_state)'),
    divides('ssm_rows', 'head_dim'),
    divides('ssm_cols', 'd_state'),
    divides('gate_lanes', 'head_dim'),
    divides('n_groups', 'n_heads'),
    { condition: 'n_heads * head_dim == d_inner', message: 'the heads must fill d_inner' },
    fills('in'),
    fills('out'),
  ];
}
