/**
 * C simulation of an emitted accelerator against the golden model: one layer over several chunk lengths with bounded streams, and the whole
 * model over a prompt and then token by token. Everything the golden model says is compared, unit by unit.
 */
import { join } from 'node:path';
import { imageFolder } from '../emit/accelerator.js';
import { AcceleratorMemory, type AcceleratorParts } from '../emit/golden/accelerator-memory.js';
import { type CaseDetail, writeModelCase } from '../emit/golden/model-case.js';
import type { ImageFile } from '../emit/image/write-image.js';
import { VectorWriter } from '../emit/vectors.js';
import type { QuantizedModel } from '../quant/types.js';
import { buildCsim, type CsimMode, type CsimReport, runScript } from './csim.js';

/** What was compared at one unit (a process, or a memory region). */
export interface UnitResult {
  readonly name: string;
  readonly words: number;
  readonly mismatches: number;
}

export interface ModelCsimResult {
  readonly units: readonly UnitResult[];
  readonly words: number;
  readonly mismatches: number;
  readonly seconds: number;
  /** First differences and failures, a line each. */
  readonly problems: readonly string[];
}

export interface ModelCsimRequest {
  /** The emitted project's folder. */
  readonly project: string;
  readonly parts: AcceleratorParts;
  readonly image: readonly ImageFile[];
  readonly model: QuantizedModel;
  /** Tokens to run: prefilled but for `decode` of them, which follow one by one. */
  readonly tokens: readonly number[];
  readonly decode: number;
  readonly tell?: (line: string) => void;
}

/** Channel words are written for comparison only while they stay below this: full-size models compare memories and logits instead. */
const maxVectorBytes = 400e6;

/** Compiles the project and runs both cases. */
export async function csimModel(request: ModelCsimRequest): Promise<ModelCsimResult> {
  const { project, model, tokens, decode, tell = () => {} } = request;
  const { chunkTokens } = request.parts.shape;
  tell('compiling the kernels with g++');
  const program = await buildCsim(project);

  const lengths = [1, chunkTokens - 1, chunkTokens, 2 * chunkTokens + 3, 1].filter((n) => n > 0);
  const oneLayer = firstLayers(model, 1);
  const layerCalls = split(tokens, lengths);
  const prefill = tokens.slice(0, tokens.length - decode);
  const modelCalls = [prefill, ...tokens.slice(tokens.length - decode).map((token) => [token])];
  const runs = [
    { name: 'layer', model: oneLayer, calls: layerCalls, mode: 'checking' },
    { name: 'model', model, calls: modelCalls, mode: 'sequential' },
  ] as const;
  const reports: CsimReport[] = [];
  for (const { name, model: own, calls, mode } of runs) {
    tell(`${name}: golden model over ${calls.reduce((sum, call) => sum + call.length, 0)} tokens`);
    const detail = detailFor(own, calls);
    const script = await writeCase(request, own, calls, detail, name);
    tell(`${name}: C simulation, ${mode}`);
    reports.push(await runScript(program, project, { script, mode: mode as CsimMode }));
  }
  return summarize(reports);
}

async function writeCase(
  { project, parts, image, tell }: ModelCsimRequest,
  model: QuantizedModel,
  calls: readonly (readonly number[])[],
  detail: CaseDetail,
  name: string,
): Promise<string> {
  const vectors = new VectorWriter(join(project, 'vectors', name));
  // Weights are addressed from the start of the image: the head lies behind the layers of the whole model.
  const memory = new AcceleratorMemory(
    parts,
    vectors,
    imageLayers(image),
    model.scalars,
    image,
    join('..', '..', imageFolder),
  );
  await writeModelCase(memory, model, calls, detail, (done, of) =>
    tell?.(`${name}: golden model, call ${done} of ${of}`),
  );
  return vectors.finish();
}

/** Layers that an image holds. */
function imageLayers(image: readonly ImageFile[]): number {
  const params = image.find((file) => file.region === 'layer_params')!;
  return params.bytes / params.wordBytes / params.layerWords;
}

/** The same model with its first layers only. */
function firstLayers(model: QuantizedModel, layers: number): QuantizedModel {
  return {
    config: { ...model.config, nLayers: layers },
    options: model.options,
    scalars: model.scalars,
    layer: (index) => model.layer(index),
    head: () => model.head(),
    embeddingRows: (tokens) => model.embeddingRows(tokens),
  };
}

/** Calls of these lengths, tokens taken round and round. */
function split(tokens: readonly number[], lengths: readonly number[]): number[][] {
  let at = 0;
  return lengths.map((length) => Array.from({ length }, () => tokens[at++ % tokens.length]!));
}

/** Most bytes go into the state words: every token's whole state, in every layer. */
function detailFor({ config }: QuantizedModel, calls: readonly (readonly number[])[]): CaseDetail {
  const tokens = calls.reduce((sum, call) => sum + call.length, 0);
  const bytes = tokens * config.nLayers * config.dInner * (config.dState * 4 + 64);
  return bytes <= maxVectorBytes ? 'channels' : 'memory';
}

function summarize(reports: readonly CsimReport[]): ModelCsimResult {
  const units = new Map<string, { words: number; mismatches: number }>();
  const count = (name: string, words: number, mismatches: number) => {
    const unit = units.get(name) ?? { words: 0, mismatches: 0 };
    units.set(name, { words: unit.words + words, mismatches: unit.mismatches + mismatches });
  };
  const problems: string[] = [];
  for (const report of reports) {
    if (report.failure !== null) problems.push(report.failure);
    for (const { name, process, words, mismatches, firstMismatch } of report.channels) {
      if (words > 0) count(process, words, mismatches);
      if (firstMismatch) {
        const { call, word, lane, expected, found } = firstMismatch;
        problems.push(
          `${name} of ${process}: call ${call}, word ${word}, lane ${lane}: expected ${expected}, found ${found}`,
        );
      }
    }
    for (const { memory, bytes, wrongBytes, firstWrong } of report.memories) {
      count(`memory ${memory}`, bytes, wrongBytes);
      if (wrongBytes > 0)
        problems.push(`memory ${memory}: ${wrongBytes} of ${bytes} bytes differ, first at ${firstWrong}`);
    }
  }
  const all = [...units].map(([name, unit]) => ({ name, ...unit }));
  const total = (of: (unit: UnitResult) => number) => all.reduce((sum, unit) => sum + of(unit), 0);
  return {
    units: all,
    words: total((unit) => unit.words),
    // A simulation that stopped is a mismatch, whatever it had compared by then.
    mismatches: Math.max(
      total((unit) => unit.mismatches),
      problems.length,
    ),
    seconds: reports.reduce((sum, report) => sum + report.seconds, 0),
    problems,
  };
}
