/** What the emitted project runs on, as an engine: the board, its RTL in simulation, or its C++ kernels, each behind fastmamba-host. */
import type { HostDevice } from '../../tools/host/build.js';
import { HostSession } from '../../verify/host-session.js';
import { type ChainRequest, emitStep, quantizeAndPlan } from './chain.js';
import type { Engine, KernelCall } from './engine.js';
import type { RunStep, Tell } from './progress.js';

/**
 * Quantizes, plans, emits, compiles and writes the image to the device first, as far as that was not done before. Throws ToolMissing without
 * a compiler or a board.
 */
export async function hostEngine(device: HostDevice, request: ChainRequest, tell: Tell): Promise<Engine> {
  const step: RunStep = (title, work) => {
    tell(title);
    return work(tell);
  };
  const planned = await quantizeAndPlan(request, step);
  const project = await emitStep(planned, request, step);
  tell(`building fastmamba-host for ${device}`);
  const session = await HostSession.start(project, { device, tell });
  const { config, manifest } = planned.artifact;
  const scale = 2 ** -manifest.head.logitFracBits;
  const calls: KernelCall[] = [];
  const feed = async (tokens: readonly number[], wanted: 'last' | 'all') => {
    const { logits, cycles } = await session.feed(tokens, wanted);
    calls.push({ tokens: tokens.length, cycles });
    return Float64Array.from(logits, (value) => value * scale);
  };
  const { clockMHz } = session;
  return {
    vocabSize: config.vocabSize,
    paddedVocabSize: config.paddedVocabSize,
    last: (tokens) => feed(tokens, 'last'),
    all: (tokens) => feed(tokens, 'all'),
    ...(device === 'csim' ? {} : { kernel: { clockMHz, calls } }),
    close: () => session.close(),
  };
}
