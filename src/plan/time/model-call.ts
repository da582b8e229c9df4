/**
 * Cycles of a call of the whole model: its layers and the head, which overlap. Some layers are simulated; all further ones take as long as the
 * last of these that another one follows.
 */
import { type CallKind, partsOf } from '../board/memory-model.js';
import { streamBytesPerCycle } from '../board/stream-rate.js';
import { layersOf, runCalls, type TimedAccelerator } from './timing.js';
import { layerTraffic, totalBytes } from './traffic.js';

/** Layers that are simulated: a call is steady after the second one, and the last one is not followed by another that reads its states beside it. */
const SIMULATED_LAYERS = 4;

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
  const { shape, device } = timed;
  // The first layers find memory read ahead for them, and the last ones read ahead for nobody: no layer of many takes less than its bytes do.
  const bytes = totalBytes(layerTraffic(shape, partsOf(call)));
  const between = simulated > 2 ? steadyLayer(ends.slice(0, simulated)) : last / simulated;
  const layerCycles = Math.ceil(Math.max(between, bytes / streamBytesPerCycle(device)));
  return wholeCall(layers, {
    layerCycles,
    headCycles: head.length > 0 ? ends[simulated] - last : 0,
    fillCycles: Math.max(0, last - simulated * layerCycles),
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
