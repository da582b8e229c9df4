/**
 * C simulation of an emitted accelerator against the golden model: one layer over several chunk lengths with bounded streams, and the whole
 * model over a prompt and then token by token. Everything the golden model says is compared, unit by unit.
 */
import { join } from 'node:path';
import { VectorWriter } from '../emit/testbench/vectors.js';
import type { QuantizedModel } from '../quant/types.js';
import { buildCsim, type CsimReport, runScript } from '../tools/csim/csim.js';
import { stateValueBytes } from '../units/movement/state-pack.js';
import type { AcceleratorShape } from '../units/shape.js';
import { imageFolder, layerVectors } from './accelerator.js';
import { AcceleratorMemory } from './expected/accelerator-memory.js';
import { oneSequence } from './expected/golden-call.js';
import { type CaseDetail, writeModelCase } from './expected/model-case.js';
import type { Project, Tell } from './project.js';

/** What was compared at one unit (a process, or a memory region). */
export interface UnitResult {
  readonly name: string;
  readonly words: number;
  readonly mismatches: number;
}

/** What C simulation found; `mismatches` counts a run that stopped, too. */
export interface ModelCsimResult {
  readonly units: readonly UnitResult[];
  readonly words: number;
  readonly mismatches: number;
  readonly seconds: number;
  /** First differences and failures, a line each. */
  readonly problems: readonly string[];
}

/** What to run. */
export interface ModelCsimRequest {
  /** Tokens to run: prefilled but for `decode` of them, which follow one by one. */
  readonly tokens: readonly number[];
  readonly decode: number;
  readonly tell?: Tell | undefined;
}

/** Bytes of a value in each memory that is compared, 1 where it is not named: memories are counted in values. */
export type ValueBytes = Readonly<Record<string, number>>;

/** Those of an accelerator. */
export function valueBytesOf({ dims }: AcceleratorShape): ValueBytes {
  return { residual: 4, state: stateValueBytes(dims.stateBits), conv_state: 2, logits: 2 };
}

/** Channel words are written for comparison only while they stay below this: full-size models compare memories and logits instead. */
const maxVectorBytes = 400e6;

/** Compiles the project and runs both cases. */
export async function csimModel(project: Project, request: ModelCsimRequest): Promise<ModelCsimResult> {
  const { folder } = project;
  const { tokens, decode, tell = () => {} } = request;
  tell('compiling the kernels');
  const program = await buildCsim(folder);

  tell('one layer, streams bounded to their depths');
  const layerScript = join(folder, layerVectors, 'script.txt');
  const layer = await runScript(program, folder, { script: layerScript, mode: 'checking' });

  const prefill = tokens.slice(0, tokens.length - decode);
  const calls = [prefill, ...tokens.slice(tokens.length - decode).map((token) => [token])];
  const script = await writeWholeModel(project, calls, tell);
  tell(`whole model, ${tokens.length} tokens, ${decode} of them one by one`);
  const whole = await runScript(program, folder, { script });
  return summarize([layer, whole], valueBytesOf(project.planned.shape));
}

async function writeWholeModel(
  project: Project,
  calls: readonly (readonly number[])[],
  tell: Tell,
): Promise<string> {
  const { folder, model } = project;
  const vectors = new VectorWriter(join(folder, layerVectors, 'model'));
  const memory = new AcceleratorMemory(project, vectors, join('..', '..', imageFolder));
  const progress = (done: number, of: number) => tell(`golden model, call ${done} of ${of}`);
  await writeModelCase(memory, {
    model,
    calls: calls.map(oneSequence),
    detail: detailFor(model, calls),
    progress,
  });
  return vectors.finish();
}

/** Most bytes go into the state words: every token's whole state, in every layer. */
function detailFor({ config }: QuantizedModel, calls: readonly (readonly number[])[]): CaseDetail {
  const tokens = calls.reduce((sum, call) => sum + call.length, 0);
  const bytes = tokens * config.nLayers * config.dInner * (config.dState * 4 + 64);
  return bytes <= maxVectorBytes ? 'channels' : 'memory';
}

/** What some runs of csim found, unit by unit. A run that stopped counts as a mismatch. */
export function summarize(reports: readonly CsimReport[], bytesOf: ValueBytes = {}): ModelCsimResult {
  const units = new Map<string, { words: number; mismatches: number }>();
  const count = (name: string, words: number, mismatches: number) => {
    const unit = units.get(name) ?? { words: 0, mismatches: 0 };
    units.set(name, { words: unit.words + words, mismatches: unit.mismatches + mismatches });
  };
  const problems: string[] = [];
  for (const report of reports) {
    if (report.failure !== null) problems.push(report.failure);
    const differences: { call: number; text: string }[] = [];
    for (const { name, process, words, mismatches, firstMismatch } of report.channels) {
      if (words > 0) count(process, words, mismatches);
      if (firstMismatch) {
        const { call, word, lane, expected, found } = firstMismatch;
        const text = `${name} of ${process}: call ${call}, word ${word}, lane ${lane}: expected ${expected}, found ${found}`;
        differences.push({ call, text });
      }
    }
    // A wrong value spreads to everything in later calls: what broke is the first channel, in data order, of the first call.
    problems.push(...differences.sort((a, b) => a.call - b.call).map(({ text }) => text));
    for (const { memory, bytes, wrongBytes, firstWrong } of report.memories) {
      const valueBytes = bytesOf[memory] ?? 1;
      count(`memory ${memory}`, bytes / valueBytes, Math.ceil(wrongBytes / valueBytes));
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
