/** The emitted C++ as an engine: its kernels, compiled, driven call by call as the host drives the board. */
import { buildCsim } from '../../tools/csim/csim.js';
import { CsimSession } from '../../verify/csim-session.js';
import { type Chain, type ChainOptions, emitStep, planSteps } from './chain.js';
import type { Engine } from './engine.js';
import type { ModelFolder } from './model-folder.js';
import type { Tell } from './progress.js';

/** Quantizes, plans, emits and compiles first, as far as that was not done before. Throws ToolMissing without a compiler. */
export async function csimEngine(model: ModelFolder, options: ChainOptions, tell: Tell): Promise<Engine> {
  const chain: Chain = {};
  for (const { title, run } of [...planSteps(model, options, chain), emitStep(options, chain)]) {
    tell(title);
    await run(tell);
  }
  tell('compiling the kernels');
  const { artifact } = chain.prepared!;
  const { shape, layer } = chain.planned!;
  const parts = { shape, ...layer };
  const program = await buildCsim(chain.project!);
  const session = await CsimSession.start(program, chain.project!, parts, chain.image!, artifact);
  const scale = 2 ** -artifact.manifest.head.logitFracBits;
  const toFloat = (logits: Int16Array) => Float64Array.from(logits, (value) => value * scale);
  const { vocabSize, paddedVocabSize } = artifact.config;
  return {
    vocabSize,
    paddedVocabSize,
    last: async (tokens) => toFloat(await session.feed(tokens, 'last')),
    all: async (tokens) => toFloat(await session.feed(tokens, 'all')),
    close: () => session.close(),
  };
}
