/** Cycles of calls by the timed simulation of the scheduled layer network, with the device's memory at its ports. */
import { CheckFailed } from '../../errors.js';
import { type OnWait, type SimulationReport, simulate } from '../../kernel/simulate/simulate.js';
import type { Schedule } from '../../schedule/schedule.js';
import { slotsIn, wholePart } from '../../units/layer/call.js';
import type { LayerNetwork } from '../../units/layer/network.js';
import type { AcceleratorShape } from '../../units/shape.js';
import type { Device } from '../board/device.js';
import { portAddresses } from '../board/layout.js';
import { type BoardOptions, boardMemory } from '../board/memory.js';
import type { CallKind } from '../board/memory-model.js';
import { streamBytesPerCycle } from '../board/stream-rate.js';
import { headCall, layerCall } from './call.js';
import { headTraffic, layerTraffic, totalBytes } from './traffic.js';

/** What all calls of a plan are timed with; FIFOs are as deep as the network says. */
export interface TimedAccelerator {
  readonly layer: LayerNetwork;
  readonly schedule: Schedule;
  readonly shape: AcceleratorShape;
  readonly device: Device;
}

/** One timed call. */
export interface TimedCall extends CallKind {
  readonly cycles: number;
  /** Bytes it moves. */
  readonly bytes: number;
  /** Share of the cycles that the memory needs for them, as long streams get it. */
  readonly memoryShare: number;
  /** Busy share of each process, by name. */
  readonly busy: Readonly<Record<string, number>>;
}

/** Times a call. Throws CheckFailed where it deadlocks. */
export function timeCall(timed: TimedAccelerator, call: CallKind): TimedCall {
  const { shape, device } = timed;
  const report = runCall(timed, call);
  const { kind, tokens, parts } = call;
  const bytes = totalBytes(
    kind === 'head' ? headTraffic(shape, tokens) : layerTraffic(shape, tokens, parts?.length),
  );
  const { cycles } = report;
  const shareOf = (busy: number) => (cycles === 0 ? 0 : busy / cycles);
  return {
    ...call,
    cycles,
    bytes,
    memoryShare: shareOf(bytes / streamBytesPerCycle(device)),
    busy: Object.fromEntries(report.processes.map((p) => [p.process, shareOf(p.busyCycles)])),
  };
}

/**
 * Simulates a call with the board's memory, and tells `onWait` of every wait. Throws CheckFailed where it deadlocks.
 */
export function runCall(
  { layer, schedule, shape, device }: TimedAccelerator,
  call: CallKind,
  board: BoardOptions = {},
  onWait?: OnWait,
): SimulationReport {
  const report = simulate(layer.network, callScalars(layer, shape, call), {
    timings: schedule.nests,
    memory: boardMemory(layer.network, device, {
      addresses: portAddresses(shape, layer.network.ports, device, call.parts ? slotsIn(call.parts) : 1),
      ...board,
    }),
    ...(onWait ? { onWait } : {}),
  });
  if (report.outcome === 'done') return report;
  throw new CheckFailed(
    `plan: a ${call.kind} call of ${call.tokens} tokens: ${report.deadlock?.message ?? report.outcome}`,
  );
}

/** Cycles of a call with the board's memory as co-simulation has it, cycle by cycle. Throws CheckFailed where it deadlocks. */
export function callCycles(timed: TimedAccelerator, call: CallKind, board: BoardOptions = {}): number {
  return runCall(timed, call, board).cycles;
}

/** Scalars of a call, by name. */
export function callScalars(
  layer: LayerNetwork,
  shape: AcceleratorShape,
  { kind, tokens, parts = wholePart(tokens) }: CallKind,
): Record<string, number> {
  return kind === 'head' ? headCall(layer, shape, tokens) : layerCall(layer, shape, parts);
}
