/**
 * Cycles of a call of the whole model: its layers and the head, which overlap. Some layers are simulated; all further ones take as long as the
 * last of these.
 */
import type { CallKind } from '../board/memory-model.js';
import { layersOf, runCalls, type TimedAccelerator } from './timing.js';

/** Layers that are simulated: a call is steady after the second one. */
const SIMULATED_LAYERS = 3;

/** Cycles of a call of the whole model. */
export interface ModelCall {
  readonly cycles: number;
  /** Of a layer in the steady state: from the end of the one before it to its own. */
  readonly layerCycles: number;
  /** What the head adds. */
  readonly headCycles: number;
  /** What the first layers take more: the way through a layer that is not hidden behind another one's work. */
  readonly fillCycles: number;
}

/** Times a call of `layers` layers and, where `rows` is not 0, of the head over so many rows. Throws CheckFailed where it deadlocks. */
export function timeModel(timed: TimedAccelerator, layers: number, call: CallKind, rows: number): ModelCall {
  const simulated = Math.min(layers, SIMULATED_LAYERS);
  const head: CallKind[] = rows > 0 ? [{ kind: 'head', tokens: rows }] : [];
  const { ends } = runCalls(timed, [...layersOf(simulated, call), ...head]);
  const last = ends[simulated - 1];
  // The head takes the place of a further layer: the last but one has followers as all others have.
  const layerCycles = simulated > 1 ? last - ends[simulated - 2] : last;
  return wholeCall(layers, {
    layerCycles,
    headCycles: head.length > 0 ? ends[simulated] - last : 0,
    fillCycles: last - simulated * layerCycles,
  });
}

/**
 * Cycles of a layer in the steady state, from where each of some layers alone has ended: of the last one that another one follows.
 */
export function steadyLayer(ends: readonly number[]): number {
  const at = Math.max(0, ends.length - 2);
  return ends[at] - (at > 0 ? ends[at - 1] : 0);
}

/** The sum of its parts. */
export function wholeCall(layers: number, parts: Omit<ModelCall, 'cycles'>): ModelCall {
  return { ...parts, cycles: parts.fillCycles + layers * parts.layerCycles + parts.headCycles };
}
