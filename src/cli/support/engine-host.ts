/** Opens what the emitted project runs on: the board, its RTL in simulation, or its C++ kernels, each behind fastmamba-host. */
import type { Engine } from '../../serve/engine/engine.js';
import { hostEngine } from '../../serve/engine/host.js';
import type { HostDevice } from '../../tools/host/build.js';
import { HostSession } from '../../verify/host-session.js';
import { type ChainRequest, emitStep, quantizeAndPlan } from './chain.js';
import type { RunStep, Tell } from './progress.js';

/**
 * Quantizes, plans, emits, compiles and writes the image to the device first, as far as that was not done before. Throws ToolMissing without
 * a compiler or a board.
 */
export async function openHostEngine(
  device: HostDevice,
  request: ChainRequest & { readonly slots?: number },
  tell: Tell,
): Promise<Engine> {
  const step: RunStep = (title, work) => {
    tell(title);
    return work(tell);
  };
  const planned = await quantizeAndPlan(request, step);
  const project = await emitStep(planned, request, step);
  tell(`building fastmamba-host for ${device}`);
  const { slots = 1 } = request;
  const session = await HostSession.start(project, { device, slots, tell });
  const { config, manifest } = planned.artifact;
  return hostEngine({ session, config, logitFracBits: manifest.head.logitFracBits });
}
