/** The emitted C++ as an engine: its kernels, compiled, driven call by call as the host drives the board. */
import { CsimSession } from '../../verify/csim-session.js';
import { type ChainRequest, emitStep, quantizeAndPlan } from './chain.js';
import type { Engine } from './engine.js';
import type { RunStep, Tell } from './progress.js';

/** Quantizes, plans, emits and compiles first, as far as that was not done before. Throws ToolMissing without a compiler. */
export async function csimEngine(request: ChainRequest, tell: Tell): Promise<Engine> {
  const step: RunStep = (title, work) => {
    tell(title);
    return work(tell);
  };
  const planned = await quantizeAndPlan(request, step);
  const project = await emitStep(planned, request, step);
  tell('compiling the kernels');
  const session = await CsimSession.start(project);
  const { config, manifest } = planned.artifact;
  const scale = 2 ** -manifest.head.logitFracBits;
  const toFloat = (logits: Int16Array) => Float64Array.from(logits, (value) => value * scale);
  return {
    vocabSize: config.vocabSize,
    paddedVocabSize: config.paddedVocabSize,
    last: async (tokens) => toFloat(await session.feed(tokens, 'last')),
    all: async (tokens) => toFloat(await session.feed(tokens, 'all')),
    close: () => session.close(),
  };
}
